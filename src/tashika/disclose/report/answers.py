"""Answers to questionnaires as rows of the report, one row a question, each claim graded by the evidence it cites."""

from collections.abc import Iterable, Sequence

from tashika.core.ids import ClaimAddress, ClaimId, OrgId, SystemName
from tashika.disclose.answers.model import Answer, AnswerClaim, Bilingual
from tashika.disclose.claims import check_command
from tashika.disclose.errors import AnswerError
from tashika.disclose.facts import EvidenceFact
from tashika.disclose.report.model import AnswerRow, ClaimRow, Words
from tashika.disclose.status import fact_grade
from tashika.evidence.grade import Grade, weakest


def answer_rows(
    answers: Iterable[Answer], facts: Sequence[EvidenceFact], *, org: str, system: str, year: int
) -> tuple[AnswerRow, ...]:
    """One row for every question that an answer serves, sorted by question.

    Raises:
        AnswerError: a claim cites a statement that is not there.
    """
    known = {str(fact.id): fact for fact in facts}
    rows: list[AnswerRow] = []
    for answer in answers:
        claims = tuple(_claim(claim, known, answer.topic, org=org, system=system, year=year) for claim in answer.claims)
        rows.extend(
            AnswerRow(
                question=question.id,
                version=question.version,
                options=answer.options,
                text=_words(answer.text),
                author={"en": answer.text.author.en, "ja": answer.text.author.ja} if answer.text else {},
                claims=claims,
                na_reason=_words(answer.not_applicable),
            )
            for question in answer.questions
        )
    return tuple(sorted(rows, key=lambda row: row.question))


def _claim(
    claim: AnswerClaim, known: dict[str, EvidenceFact], topic: str, *, org: str, system: str, year: int
) -> ClaimRow:
    missing = [one for one in claim.evidence if one not in known]
    if missing:
        raise AnswerError(
            f"claim {claim.id!r} cites the statement {missing[0]}, which is not in the log of this system",
            where=f"answers/{topic}.toml",
            hint="`tashika log show` lists the statements",
        )
    address = ClaimAddress(OrgId(org), SystemName(system), year, ClaimId(claim.id))
    cited = [known[one] for one in claim.evidence]
    return ClaimRow(
        id=claim.id,
        address=str(address),
        text=Words(en=claim.text.en, ja=claim.text.ja),
        evidence_ids=tuple(sorted(claim.evidence)),
        grade=_grade(cited),
        check=check_command(address),
    )


def _grade(cited: Sequence[EvidenceFact]) -> Grade:
    living = [fact for fact in cited if fact.withdrawn is None]
    if len(living) < len(cited) or not living:
        return "declared"  # with nothing, or with something withdrawn underneath, a sentence is only said
    return weakest(fact_grade(fact) for fact in living)


def _words(text: Bilingual | None) -> Words | None:
    return Words(en=text.en, ja=text.ja) if text else None
