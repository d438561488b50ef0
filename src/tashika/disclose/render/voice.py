"""One language of a report: all that a template needs said, counted or dated. HTML, Markdown and PDF share it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final, Literal

from tashika.core.text import Lang, translator
from tashika.disclose.claims import EXACT, Asked, method_name
from tashika.disclose.report.model import (
    ClaimRow,
    EvidenceRow,
    FieldRow,
    FigureRow,
    ItemRow,
    PartWords,
    PlanRow,
    Report,
    Words,
)
from tashika.disclose.report.summary import unmeasured
from tashika.disclose.status import STATES, State
from tashika.ui import labels
from tashika.ui.numbers import interval, number

NONE: Final = "–"


class Voice:
    """Speaks one language about one report.

    Attributes:
        lang: the language.
        report: what is spoken about; evidence is looked up in it.
    """

    def __init__(self, report: Report, lang: Lang) -> None:
        self.lang: Final = lang
        self.report: Final = report
        self._evidence = {row.id: row for row in report.evidence}

    def say(self, message: str, **values: object) -> str:
        """A fixed sentence with values filled in."""
        return translator(self.lang)(message).format(**values)

    def t(self, words: Words) -> str:
        """A text of the report in this language."""
        return words.in_(self.lang)

    def part(self, words: PartWords | None) -> str:
        """A text that may be missing in this language: then the other one, and that it was not translated."""
        if words is None:
            return ""
        return words.in_(self.lang) or f"{self.say('(not translated)')} {words.in_(self.other) or ''}"

    @property
    def other(self) -> Lang:
        """The other language."""
        return "ja" if self.lang == "en" else "en"

    def join(self, parts: Iterable[str]) -> str:
        """A list of short things in a line."""
        return (", " if self.lang == "en" else "、").join(parts)

    def state(self, state: str) -> str:
        """A state in a word."""
        return labels.word(labels.STATES, state, self.lang)

    def state_meaning(self, state: str) -> str:
        """A state in a sentence."""
        return labels.word(labels.STATE_MEANINGS, state, self.lang)

    def grade(self, grade: str | None) -> str:
        """A grade in a word; a dash when nobody looked."""
        return NONE if grade is None else labels.word(labels.GRADES, grade, self.lang)

    def grade_meaning(self, grade: str) -> str:
        """A grade in a sentence."""
        return labels.word(labels.GRADE_MEANINGS, grade, self.lang)

    def topic_group(self, group: str) -> str:
        """What a group of topics is called."""
        return labels.word(labels.TOPIC_GROUPS, group, self.lang)

    def strength(self, strength: str) -> str:
        """How strongly the Code asks."""
        return labels.word(labels.STRENGTHS, strength, self.lang)

    def result(self, result: str) -> str:
        """What became of a requirement."""
        table = {"met": self.say("shown"), "unmet": self.say("not met")}
        return table.get(result) or labels.word(labels.RESULTS, result, self.lang)

    def roles(self, roles: Iterable[str]) -> str:
        """The organisation's roles."""
        return self.join(labels.word(labels.ROLES, role, self.lang) for role in roles)

    def heading(self, action: str) -> str:
        """``Action 7``, or ``Principle 12``."""
        number_ = action[1:]
        return self.say("Principle {n}", n=number_) if action.startswith("P") else self.say("Action {n}", n=number_)

    def tally(self, counts: Mapping[State, int]) -> str:
        """States that occur with their numbers."""
        return self.join(
            self.say("{n} {state}", n=n, state=self.state(state)) for state in STATES if (n := counts.get(state))
        )

    def tally_items(self, items: Iterable[ItemRow]) -> str:
        """The same from items, parts left out; the text equivalent of a strip of marks."""
        states = [item.state for item in items if item.parent is None]
        return self.tally({state: states.count(state) for state in STATES})

    def date(self, moment: str | None) -> str:
        """The ISO date of a moment."""
        return moment[:10] if moment else NONE

    def span(self, row: EvidenceRow) -> str:
        """The observation period of a statement."""
        start, end = self.date(row.observed_from), self.date(row.observed_to)
        if NONE in {start, end}:
            return self.say("signed {date}", date=self.date(row.signed_at))
        return start if start == end else f"{start} – {end}"

    def unlooked(self) -> str:
        """Why items were not assessed: for lack of a measure in this version, or for lack of a run or a record."""
        waiting = unmeasured(self.report.items())
        rest = self.report.counts.get("not-assessed", 0) - waiting
        return self.say("{n} have no measure in this version, {rest} no run or record.", n=waiting, rest=rest)

    def asked(self, row: FigureRow) -> str:
        """What stands behind a rate besides its n; empty where the statement does not count it for this figure."""
        source = self._evidence.get(row.evidence_id)
        asked = Asked.of(source.counts) if source else None
        if asked is None or row.unit != "proportion" or row.n != asked.scored:
            return ""
        return self.say(
            "asked {asked}: scored {scored}, not scorable {unscored}, failed {failed}",
            asked=asked.total,
            scored=asked.scored,
            unscored=asked.unscored,
            failed=asked.failed,
        )

    def count(self, n: int) -> str:
        """A whole number, grouped."""
        return f"{n:,}"

    def value(self, row: FigureRow) -> str:
        """The value of a figure with its unit."""
        return NONE if row.value is None else number(Decimal(row.value), row.unit, self.lang)

    def interval(self, row: FigureRow) -> str:
        """The interval of a figure."""
        if row.low is None or row.high is None or row.method == EXACT:
            return NONE
        return interval(Decimal(row.low), Decimal(row.high), row.unit, self.lang)

    def method(self, row: FigureRow) -> str:
        """How the interval was made, and whether the number was measured at all."""
        name = method_name(row.method).in_(self.lang)
        if row.boundary == "measured":
            return name
        return self.join([name, labels.word(labels.BOUNDARIES, row.boundary, self.lang)])

    def threshold(self, row: FigureRow) -> str:
        """``≤ 10.0%: beyond (set in the signed plan)``."""
        if row.threshold is None or row.result is None:
            return NONE
        sign = "≤" if row.threshold.op == "<=" else "≥"
        return self.say(
            "{sign} {value}: {result} ({source})",
            sign=sign,
            value=number(Decimal(row.threshold.value), row.unit, self.lang),
            result=labels.word(labels.RESULTS, row.result, self.lang),
            source=labels.word(labels.SOURCES, row.threshold.source, self.lang),
        )

    def figure_words(self, row: FigureRow) -> str:
        """A figure as one line of text: what a screen reader says for its drawing."""
        parts = [f"{self.value(row)} ({self.interval(row)})", f"n = {self.count(row.n)}", self.asked(row)]
        parts = [part for part in parts if part]
        if row.threshold is not None:
            parts.append(self.threshold(row))
        return self.join(parts)

    def what(self, row: EvidenceRow) -> str:
        """What a statement is."""
        if row.kind == "record":
            return self.say("record: {type}", type=self.t(row.title))
        return " / ".join(part for part in (self.t(row.title), row.tag) if part)

    def standing(self, row: EvidenceRow) -> str:
        """Withdrawn, replaced, expired, repeated, disputed: whatever applies; else that it stands."""
        return self.remarks(row) or self.say("stands")

    def cited(self, evidence_id: str) -> str:
        """What has to be known about a cited statement; empty when it stands."""
        row = self._evidence.get(evidence_id)
        return self.remarks(row) if row else ""

    def remarks(self, row: EvidenceRow) -> str:
        """The same, empty when there is nothing to remark."""
        parts = []
        if row.withdrawn is not None:
            parts.append(self.say("withdrawn: {reason}", reason=self.t(row.withdrawn)))
        if row.superseded_by:
            parts.append(self.say("replaced by {id}", id=row.superseded_by[:12]))
        if row.expired:
            parts.append(self.say("expired"))
        if row.other_version:
            parts.append(self.say("about another version of the system"))
        if row.reproduced_by:
            parts.append(self.say("repeated by {who}", who=self.join(row.reproduced_by)))
        if row.disputed_by:
            parts.append(self.say("disputed by {who}", who=self.join(row.disputed_by)))
        return self.join(parts)

    def plan(self, row: PlanRow) -> str:
        """What became of a plan."""
        due = self.date(row.due)
        match row.outcome:
            case "done":
                return self.say("signed {date}, carried out", date=self.date(row.signed_at))
            case "open":
                return self.say("signed {date}, result due {due}", date=self.date(row.signed_at), due=due)
            case "overdue":
                return self.say(
                    "signed {date}; the result was due {due} and is missing", date=self.date(row.signed_at), due=due
                )
            case "abandoned":
                return self.say("abandoned: {reason}", reason=self.t(row.reason) if row.reason else NONE)

    def circumstances(self, row: EvidenceRow) -> str:
        """Who chose the tests, with which access, and what was repeated after an interruption."""
        parts = []
        if row.chosen_by:
            parts.append(self.say("tests chosen by: {who}", who=labels.word(labels.CHOOSERS, row.chosen_by, self.lang)))
        if row.access and row.access != "unspecified":
            parts.append(self.say("access: {access}", access=labels.word(labels.ACCESS, row.access, self.lang)))
        if row.repeated:
            parts.append(self.say("calls repeated after an interruption: {n}", n=row.repeated))
        return self.join(parts)

    def fields(self, row: EvidenceRow) -> str:
        """The fields of a record in a line."""
        return "; ".join(f"{self.t(one.title)}: {self.field(one)}" for one in row.fields)

    def field(self, row: FieldRow) -> str:
        """The value of one field; what is withheld shows as withheld, with its digest."""
        if row.value is not None:
            return self.t(row.value)
        return self.say("withheld (commitment {digest})", digest=row.withheld or NONE)

    def outcomes(self, counts: Mapping[str, int]) -> str:
        """Outcomes of samples with their numbers."""
        return self.join(f"{labels.word(labels.COUNTS, name, self.lang)} {n:,}" for name, n in counts.items())

    def evidence_of(self, item: ItemRow) -> list[EvidenceRow]:
        """The statements that an item's state rests on, those of its parts left to them."""
        wanted = {row.evidence_id for row in item.requirements if row.evidence_id}
        return [self._evidence[one] for one in sorted(wanted) if one in self._evidence]

    def key(self, purpose: str) -> str:
        """What a key is for, with a capital letter: ``Statement key``."""
        name = labels.word(labels.KEYS, purpose, self.lang)
        return f"{name[:1].upper()}{name[1:]}"

    def guarded(self, protected: bool | None) -> str:
        """Whether a passphrase guards a private key."""
        if protected is None:
            return self.say("it is not known whether a passphrase guards it")
        return self.say("guarded by a passphrase") if protected else self.say("not guarded by a passphrase")

    def contact(self, contact: str | None) -> str:
        """Where a challenge can be sent."""
        if contact is None:
            return self.say("The organisation names no contact for challenges.")
        return self.say("The organisation takes challenges at {contact}.", contact=contact.removeprefix("mailto:"))

    def steps(self) -> list[str]:
        """How to check the report and how to challenge it."""
        return [
            self.say(
                "Get the fingerprint of the organisation's statement key from a place that you trust: a letter, a"
                " meeting, its own site. Not from this report: whoever could forge the report could forge that line"
                " too."
            ),
            self.say(
                "Open a terminal in the published folder that this report came in and type the command that stands"
                " beside a claim, with that fingerprint. It works offline and prints every step with what that step"
                " does not prove. Without --key everything is checked too, but the signer stays unknown (exit code 3)."
            ),
            self.say(
                "Disagree? Run the measure again, or open single samples, and sign a counter-statement with a key of"
                " your own. Its subject is the id of the statement. Monitors and this tool show it beside the claim."
            ),
        ]

    def challenge(self, claim: ClaimRow) -> str:
        """How to challenge one claim."""
        if not claim.evidence_ids:
            return self.say("To challenge it, ask for evidence: {contact}", contact=self.contact(self._contact))
        return self.say(
            "To challenge it, sign a counter-statement whose subject is the evidence id above. {contact}",
            contact=self.contact(self._contact),
        )

    def author(self, author: Mapping[Lang, Literal["human", "machine"]]) -> str:
        """Who wrote what is shown of an answer in this language."""
        return labels.word(labels.AUTHORS, self.written_by(author), self.lang)

    def written_by(self, author: Mapping[Lang, Literal["human", "machine"]]) -> str:
        """``human`` or ``machine``: of this language, else of the other one, which is then shown in its place."""
        return author.get(self.lang) or author.get(self.other) or NONE

    @property
    def _contact(self) -> str | None:
        return self.report.organisation.contact
