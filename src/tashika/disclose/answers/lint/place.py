"""Where a rule looks: one answer with everything around it. Makes remarks that name the place."""

from dataclasses import dataclass
from datetime import datetime

from tashika.catalogue.catalogue import Catalogue
from tashika.core.text import Text
from tashika.disclose.answers.evidence import Evidence
from tashika.disclose.answers.lint.remark import Remark, Severity
from tashika.disclose.answers.model import Answer, AnswerClaim
from tashika.disclose.answers.topics import Asked
from tashika.disclose.facts import EvidenceFact


@dataclass(frozen=True, kw_only=True)
class Place:
    """One answer as it stands for one system.

    Attributes:
        file: relative to the workspace.
        asked: None for a topic that nobody knows.
    """

    answer: Answer
    file: str
    asked: Asked | None
    catalogue: Catalogue
    evidence: Evidence
    now: datetime

    def remark(self, code: str, severity: Severity, message: Text, hint: Text, *, at: str = "") -> Remark:
        """A remark on this answer; ``at`` is the key in its file."""
        where = f"{self.file}: {at}" if at else self.file
        return Remark(code=code, severity=severity, where=where, topic=self.answer.topic, message=message, hint=hint)

    def holding(self, claim: AnswerClaim) -> tuple[EvidenceFact, ...]:
        """The facts that a claim cites and that hold."""
        found = (fact for ref in claim.evidence for fact in self.evidence.resolve(ref))
        return tuple(fact for fact in found if self.evidence.standing(fact, now=self.now) == "holds")
