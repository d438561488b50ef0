"""Numbered notes: what every sentence of a short document rests on: a claim, a statement, or the report itself."""

from collections.abc import Sequence

from tashika.core.strict_json import Json
from tashika.disclose.render.plain_words import claim_of
from tashika.disclose.render.voice import Voice
from tashika.disclose.report.model import AnswerRow, FigureRow, ItemRow

Line = dict[str, Json]


class Notes:
    """Collects notes; the same source gets the same number."""

    def __init__(self, v: Voice) -> None:
        self._v = v
        self._rows: dict[tuple[str, str], int] = {}

    def line(self, text: str, *notes: int) -> Line:
        """A sentence with the numbers of its notes."""
        return {"text": text, "notes": [str(one) for one in sorted(set(notes))], "code": False}

    @staticmethod
    def code(text: str) -> Line:
        """A command or a digest, shown as it is."""
        return {"text": text, "notes": [], "code": True}

    def claim(self, address: str) -> int:
        """A claim, by its address."""
        return self._number("claim", address)

    def statement(self, evidence_id: str) -> int:
        """A signed statement, by its id."""
        return self._number("statement", evidence_id)

    def report(self, where: str) -> int:
        """A place of ``report.json``: what the report says about itself."""
        return self._number("report", where)

    def answer(self, answer: AnswerRow) -> list[int]:
        """The claims of an answer; its place in the report when it has none."""
        claims = [self.claim(claim.address) for claim in answer.claims[:3]]
        return claims or [self.report(f"answers: {answer.topic}")]

    def figure(self, row: FigureRow) -> int:
        """The claim that rests on a figure, else its statement."""
        address = claim_of(self._v.report, row)
        return self.claim(address) if address else self.statement(row.evidence_id)

    def item(self, item: ItemRow) -> int:
        """The claim of an item, else its place in the report."""
        return self.claim(item.claims[0].address) if item.claims else self.report(f"items: {item.id}")

    def table(self) -> dict[str, Json]:
        """The notes as data: number, what it is, the short form, the whole form."""
        report = self._v.report
        prefix = f"{report.organisation.id}/{report.system.id}/{report.year}/"
        rows: list[Sequence[str]] = []
        for (kind, text), n in self._rows.items():
            match kind:
                case "claim":
                    row = [self._v.say("claim"), text.removeprefix(prefix), text]
                case "statement":
                    row = [self._v.say("statement"), text[:16], text]
                case _:
                    row = ["report.json", text, text]
            rows.append([str(n), *row])
        return {
            "title": self._v.say("What each sentence rests on"),
            "about": self._v.say(
                "Claim addresses begin with {prefix}. Statements are named by the first 16 signs of their id.",
                prefix=prefix,
            ),
            "rows": [list(row) for row in rows],
        }

    def _number(self, kind: str, text: str) -> int:
        return self._rows.setdefault((kind, text), len(self._rows) + 1)
