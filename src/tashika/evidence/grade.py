"""The grade of evidence, as a verifier derives it; nobody stores it or takes it from the signer.

``declared``    it was said, and nothing is attached
``documented``  a signed record with a document is attached
``measured``    a measure ran
``reproduced``  a key that the verifier's policy lists under another organisation ran it again, the drift test that its
                counter-statement names agreed, and no such key disagreed

A claim is as good as the weakest evidence that it rests on; without any it is declared.
"""

from collections.abc import Iterable
from typing import Final, Literal, get_args

from tashika.evidence import predicate_types
from tashika.evidence.verify_steps import StatementView

Grade = Literal["declared", "documented", "measured", "reproduced"]
GRADES: Final[tuple[Grade, ...]] = get_args(Grade)
"""Weakest first."""


def evidence_grade(*, measured: bool, reproduced: bool, documented: bool) -> Grade:
    """The grade of one statement.

    Args:
        measured: it is a result of a measure; otherwise a record, or something else that was only said.
        reproduced: see the module.
        documented: a record names at least one document.
    """
    if measured:
        return "reproduced" if reproduced else "measured"
    return "documented" if documented else "declared"


def view_grade(view: StatementView) -> Grade:
    """The grade of a checked statement."""
    is_record = view.predicate_type == predicate_types.RECORD
    return evidence_grade(
        measured=view.predicate_type == predicate_types.EVAL_RESULT and view.predicate.get("outcome") == "observed",
        reproduced=view.reproduced,
        documented=is_record and bool(view.predicate.get("documents")),
    )


def weakest(grades: Iterable[Grade]) -> Grade:
    """The grade of a claim that rests on evidence of these grades."""
    return min(grades, key=GRADES.index, default="declared")
