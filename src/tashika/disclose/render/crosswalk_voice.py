"""What the crosswalk page and its Markdown say, worded once for both."""

from collections.abc import Iterator, Sequence
from typing import Final

from tashika.core.text import Lang
from tashika.disclose.crosswalk.view import CrosswalkView, FrameworkView, ReferenceView, RelationView, UnansweredView
from tashika.disclose.render.voice import Voice
from tashika.disclose.report.model import Report
from tashika.ui import labels


def _(message: str) -> str:
    """Mark for translation; :func:`tashika.ui.labels.word` translates."""
    return message


RELATIONS: Final = {
    "equal": _("both ask the same"),
    "subset": _("the Code asks less"),
    "superset": _("the Code asks more"),
    "overlaps": _("they overlap"),
    "none": _("nothing in common"),
}
RELATION_MEANINGS: Final = {
    "equal": _("Whatever one asks for, the other asks for as well."),
    "subset": _("All that the Code asks for here is asked for there, and more."),
    "superset": _("All that is asked for there is asked for in the Code, and more."),
    "overlaps": _("Something is asked for in both; each also asks for something that the other does not."),
}
STRENGTHS: Final = {
    1: _("1 of 3: little in common"),
    2: _("2 of 3: much in common"),
    3: _("3 of 3: nearly the same ground"),
}
REVIEWS: Final = {
    "draft": _("a draft that nobody outside this project has reviewed"),
    "community": _("reviewed by somebody outside this project"),
    "official": _("confirmed by the body behind the text"),
}
REVIEWED: Final = {
    "draft": _("{n} drafts that nobody outside this project has reviewed"),
    "community": _("{n} reviewed by somebody outside this project"),
    "official": _("{n} confirmed by the body behind the text"),
}


class CrosswalkVoice(Voice):
    """A voice that speaks about rows and references."""

    def __init__(self, report: Report, view: CrosswalkView, lang: Lang) -> None:
        super().__init__(report, lang)
        self.view: Final = view
        self._actions = {action.id: action.title for action in report.actions}
        self._items = {item.id: item.text for item in report.items()}

    def refs(self, refs: Sequence[str]) -> str:
        """References in a line; many hold commas of their own."""
        return ("; " if self.lang == "en" else "；").join(refs)

    def relation(self, row: RelationView) -> str:
        """How the Code stands to the references, in words."""
        return labels.word(RELATIONS, row.relation, self.lang)

    def closeness(self, strength: int) -> str:
        """``2 of 3: much in common``."""
        return self.say(STRENGTHS[strength]) if strength in STRENGTHS else f"{strength}"

    def review(self, review: str) -> str:
        """Who looked at a row."""
        return labels.word(REVIEWS, review, self.lang)

    def beside(self, row: RelationView) -> str:
        """``Action 7``, or ``A7.4``."""
        return row.item or self.heading(row.action)

    def subject(self, row: RelationView) -> str:
        """What the action or item is about; empty when the report does not know it."""
        words = self._items.get(row.item) if row.item else self._actions.get(row.action)
        return self.t(words) if words else ""

    def level(self, row: RelationView) -> str:
        """Whether the row speaks about one item, or coarsely about a whole action."""
        return self.say("one item") if row.level == "item" else self.say("whole action: coarse")

    def shown(self, row: RelationView) -> str:
        """The states of the items that a row is about, counted; and their grades."""
        states = self.tally(row.states) or self.say("not in this report")
        if not row.grades:
            return states
        grades = self.join(self.say("{n} {state}", n=n, state=self.grade(grade)) for grade, n in row.grades.items())
        return self.say("{states} (grades: {grades})", states=states, grades=grades)

    def reviews(self, one: FrameworkView) -> str:
        """How many rows were looked at by whom."""
        return self.join(self.say(REVIEWED[review], n=n) for review, n in one.reviews.items())

    def topic(self, topic: str) -> str:
        """The title of an answer."""
        return next((self.t(answer.title) for answer in self.report.answers if answer.topic == topic), topic)

    def levels(self, one: FrameworkView) -> str:
        """How many rows speak about single items."""
        items = sum(row.level == "item" for row in one.rows)
        return self.say(
            "{items} about one item, {actions} about a whole action", items=items, actions=len(one.rows) - items
        )

    def left(self, one: UnansweredView) -> str:
        """Items of an action that nothing answers to, and why."""
        note = self.t(one.note) if one.note else self.say("No row was written.")
        items = self.join(one.items)
        return self.say("{title}: {items}. {note}", title=self.t(one.title), items=items, note=note)

    def warnings(self) -> list[str]:
        """What no row says."""
        rows = sum(sum(one.reviews.values()) for one in self.view.frameworks)
        drafts = sum(one.reviews.get("draft", 0) for one in self.view.frameworks)
        texts = [
            self.say(
                "A row says that two texts touch the same ground. It never says that the other text is fulfilled."
            ),
            self.say(
                "{drafts} of {rows} rows are drafts that nobody outside this project has reviewed. No body behind these"
                " texts has seen this page.",
                drafts=drafts,
                rows=rows,
            ),
            self.say(
                "A reference has no state of its own. Beside it stand the states of the items of the Code that touch"
                " it, counted one by one."
            ),
            self.say(
                "A row about a whole action is coarse: nobody said which of the action's items touch the reference. A"
                " row with several references speaks about them together."
            ),
        ]
        if self.view.catalogue != self.view.report_catalogue:
            texts.append(
                self.say(
                    "The report was made from catalogue {report}, the rows come from {rows}.",
                    report=self.view.report_catalogue.version,
                    rows=self.view.catalogue.version,
                )
            )
        return texts


def touching(one: FrameworkView) -> Iterator[tuple[ReferenceView, RelationView]]:
    """Every reference with every row that touches it, in order."""
    rows = {row.id: row for row in one.rows}
    return ((reference, rows[name]) for reference in one.references for name in reference.rows)
