"""One remark, and how grave a set of them is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, get_args

from tashika.core.strict_json import Json
from tashika.core.text import Text

Severity = Literal["error", "warning", "information"]
SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What a reader of the report would stumble over.

    Attributes:
        code: stable: ``evidence.withdrawn``.
        severity: ``error``: the report would be wrong or cannot be made; ``warning``: a person has to look;
            ``information``: worth knowing.
        where: file and place in it: ``answers/readiness.toml: claims.tests-before-release``.
        topic: None for what belongs to no topic.
        message, hint: what is the matter, and what to do.
    """

    code: str
    severity: Severity
    where: str
    topic: str | None
    message: Text
    hint: Text

    def as_json(self) -> dict[str, Json]:
        """For ``--json``."""
        return {
            "code": self.code,
            "severity": self.severity,
            "where": self.where,
            "topic": self.topic,
            "message": {"en": self.message.en, "ja": self.message.ja},
            "hint": {"en": self.hint.en, "ja": self.hint.ja},
        }


def worst(remarks: Iterable[Remark]) -> Severity | None:
    """The gravest severity; None without remarks."""
    found = {remark.severity for remark in remarks}
    return next((severity for severity in SEVERITIES if severity in found), None)
