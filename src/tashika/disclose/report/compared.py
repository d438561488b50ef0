"""A report in the form that ``evidence.changes`` compares; the command and the difference between years share it."""

from tashika.core.ids import StatementId, sha256_hex
from tashika.core.strict_json import Json, canonical
from tashika.disclose.report.model import AnswerRow, ClaimRow, ItemRow, Report, Words
from tashika.evidence.changes import Comparable


def comparables(report: Report) -> tuple[Comparable, ...]:
    """The report in the form that ``evidence.changes`` compares.

    One row an item (key: item id), an answer (``answers/<topic>``, so that a claim may be called like a topic) and a
    claim of an answer (claim id). Years are not part of the keys, so that the reports of two years can be compared.
    """
    withdrawn = {row.id for row in report.evidence if row.withdrawn is not None}
    rows = [_of_item(item) for item in report.items()]
    for answer in report.answers:
        rows.append(_of_answer(answer))
        rows.extend(_of_claim(claim, withdrawn) for claim in answer.claims)
    return tuple(rows)


def answer_key(topic: str) -> str:
    """What both sides of a comparison call an answer."""
    return f"answers/{topic}"


def _of_answer(answer: AnswerRow) -> Comparable:
    said = answer.text or answer.na_reason
    words = {"en": said.en, "ja": said.ja} if said else None
    whole: Json = {"options": sorted(answer.options), "text": words, "withheld": answer.withheld}
    return Comparable(
        key=answer_key(answer.topic),
        text_sha256=sha256_hex(canonical(whole)),
        state="not-applicable" if answer.na_reason else "answered",
    )


def _of_item(item: ItemRow) -> Comparable:
    return Comparable(
        key=item.id,
        text_sha256=_digest(*(claim.text for claim in item.claims)),
        state=item.state,
        grade=item.grade,
        evidence_ids=frozenset(StatementId(one) for one in item.evidence_ids),
        figures={row.id: row.value for row in item.figures if row.value is not None},
        withdrawn=any(row.code == "withdrawn" for row in item.requirements) and not item.evidence_ids,
    )


def _of_claim(claim: ClaimRow, withdrawn: set[str]) -> Comparable:
    return Comparable(
        key=claim.id,
        text_sha256=_digest(claim.text),
        state="answered",
        grade=claim.grade,
        evidence_ids=frozenset(StatementId(one) for one in claim.evidence_ids),
        withdrawn=bool(claim.evidence_ids) and withdrawn.issuperset(claim.evidence_ids),
    )


def _digest(*texts: Words) -> str:
    return sha256_hex(canonical([{"en": text.en, "ja": text.ja} for text in texts]))
