"""Typed views of our predicates. Required fields are checked strictly, unknown ones are kept and written back.

Every predicate of ours says ``org``, ``system`` (missing for what concerns the whole organisation) and ``signedAt``.
"""

from tashika.evidence import predicate_types
from tashika.evidence.predicate_audit import CounterStatement, Drift
from tashika.evidence.predicate_eval import EvalResult
from tashika.evidence.predicate_keys import KeyEvent
from tashika.evidence.predicate_parts import (
    SAMPLE_SCHEME,
    Attempts,
    Commitment,
    EvalFigure,
    Named,
    Observation,
    SampleRoot,
    ThresholdClaim,
)
from tashika.evidence.predicate_plan import Abandoned, Plan, PlannedMeasure, Withdrawal
from tashika.evidence.predicate_publish import (
    Catalogue,
    CatalogueClaim,
    CatalogueFile,
    Report,
    ReportClaim,
    ReportFile,
)
from tashika.evidence.predicate_record import Record, RecordDocument
from tashika.evidence.predicate_types import (
    ABANDONED,
    CATALOGUE,
    COUNTER,
    EVAL_RESULT,
    IN_TOTO_EVAL_RESULT,
    KEY_EVENT,
    OMS_SIGNATURE,
    OURS,
    PLAN,
    RECORD,
    REPORT,
    SVR,
    TEST_RESULT,
    WITHDRAWAL,
)
from tashika.evidence.statement import Statement

__all__ = [
    "ABANDONED",
    "CATALOGUE",
    "COUNTER",
    "EVAL_RESULT",
    "IN_TOTO_EVAL_RESULT",
    "KEY_EVENT",
    "OMS_SIGNATURE",
    "OURS",
    "PLAN",
    "RECORD",
    "REPORT",
    "SAMPLE_SCHEME",
    "SVR",
    "TEST_RESULT",
    "WITHDRAWAL",
    "Abandoned",
    "Attempts",
    "Catalogue",
    "CatalogueClaim",
    "CatalogueFile",
    "Commitment",
    "CounterStatement",
    "Drift",
    "EvalFigure",
    "EvalResult",
    "KeyEvent",
    "Named",
    "Observation",
    "Plan",
    "PlannedMeasure",
    "Predicate",
    "Record",
    "RecordDocument",
    "Report",
    "ReportClaim",
    "ReportFile",
    "SampleRoot",
    "ThresholdClaim",
    "Withdrawal",
    "read_predicate",
]


Predicate = EvalResult | Plan | Record | KeyEvent | Withdrawal | Abandoned | CounterStatement | Catalogue | Report


def read_predicate(statement: Statement) -> Predicate | None:
    """The typed view of one of our predicates, or None for a predicate type that is not ours.

    Raises:
        MalformedPredicateError: it is ours by its type and not by its fields.
    """
    match statement.predicate_type:
        case predicate_types.EVAL_RESULT:
            return EvalResult.from_predicate(statement.predicate)
        case predicate_types.PLAN:
            return Plan.from_predicate(statement.predicate)
        case predicate_types.RECORD:
            return Record.from_predicate(statement.predicate)
        case predicate_types.KEY_EVENT:
            return KeyEvent.from_predicate(statement.predicate)
        case predicate_types.WITHDRAWAL:
            return Withdrawal.from_predicate(statement.predicate)
        case predicate_types.ABANDONED:
            return Abandoned.from_predicate(statement.predicate)
        case predicate_types.COUNTER:
            return CounterStatement.from_predicate(statement.predicate)
        case predicate_types.CATALOGUE:
            return Catalogue.from_predicate(statement.predicate)
        case predicate_types.REPORT:
            return Report.from_predicate(statement.predicate)
        case _:
            return None
