"""The report as a Word document in the order of the reporting form: what goes back to who asked the questions.

Same report, same language, same bytes. Each answer is printed at the first question that it serves and referred to at
the others. ``answers.forms`` reads the file back to the same ticks and texts.
"""

from typing import Final

from tashika.core.text import Lang
from tashika.disclose.render.answers import STANDINGS
from tashika.disclose.render.view import cited
from tashika.disclose.render.voice import Voice
from tashika.disclose.render.word_body import Body
from tashika.disclose.render.word_file import new_document, to_bytes
from tashika.disclose.render.word_style import LANGUAGES, number_pages, prepare
from tashika.disclose.report.model import AnswerRow, ClaimRow, FormRow, PartWords, QuestionRow, Report, SectionRow
from tashika.ui.visible import visible

_TICKED: Final = {True: "☒", False: "☐"}


def render_word(report: Report, lang: Lang) -> bytes:
    """The file in one language.

    Raises:
        WordNotInstalledError: python-docx is missing.
    """
    document = new_document()
    voice = Voice(report, lang)
    prepare(document, lang)
    writer = _Writer(voice, Body(document))
    writer.front()
    for form in report.forms:
        writer.form(form)
    writer.rest()
    name = f"{voice.t(report.organisation.name)} – {voice.t(report.system.name)} {report.year}"
    before, between, behind = voice.say("Page {page} of {pages}", page="|", pages="|").split("|")
    number_pages(document, visible(name), (before, between, behind))
    return to_bytes(
        document,
        title=f"{name} – {voice.say('Answers in the order of the form')}",
        author=voice.t(report.organisation.name),
        language=LANGUAGES[lang],
        generated_at=report.generated_at,
    )


class _Writer:
    def __init__(self, voice: Voice, body: Body) -> None:
        self.v = voice
        self.body = body
        self.report = voice.report
        self._answers = {row.topic: row for row in self.report.answers}
        self._printed: dict[str, tuple[str, str]] = {}
        """Topic to where its answer stands: what the place is called, and its bookmark."""
        self._places = 0

    # ---------------------------------------------------------------------------------------------------- the front

    def front(self) -> None:
        v, report = self.v, self.report
        self.body.add("Title", v.t(report.system.name))
        said = f"{v.say('Answers in the order of the form')} · {v.say('Hiroshima AI Process')} {report.year}"
        self.body.add("Subtitle", said)
        for name, text in (
            (v.say("Organisation"), v.t(report.organisation.name)),
            (v.say("Version of the system"), report.system.version),
            (v.say("Roles"), v.roles(report.organisation.roles)),
            (v.say("Report made"), v.date(report.generated_at)),
        ):
            self.body.add("Normal", f"{name}: ", text, bold_first=True)
        self.body.add("Heading 1", v.say("What this document does not say"))
        self.body.add(
            "List Bullet",
            v.say(
                "It follows the order of a reporting form. Nobody but the organisation answers for the words; who"
                " publishes the form has not checked them."
            ),
        )
        for unsaid in report.does_not_say:
            self.body.add("List Bullet", v.t(unsaid))
        self._overview()

    def _overview(self) -> None:
        v = self.v
        if not self.report.forms:
            self.body.add("Normal", v.say("No form was filled in."))
            return
        rows = [(v.t(one.title), one.version, str(one.asked), str(one.answered)) for one in self.report.forms]
        title = v.say("The forms in this document")
        self.body.add("Heading 1", title)
        self.body.table(
            [v.say("Form"), v.say("Version"), v.say("Questions asked"), v.say("Questions answered")],
            rows,
            title=title,
            description=v.say("One row a form: how many questions were put to this organisation and have an answer."),
        )

    # ---------------------------------------------------------------------------------------------------- the forms

    def form(self, form: FormRow) -> None:
        v = self.v
        self.body.add("Heading 1", v.t(form.title))
        self.body.add("Tashika Version", form.version)
        if form.gaps:
            self.body.add("Tashika Note", f"{v.say('Gaps of this form')}: {v.t(form.gaps)}")
        for section in form.sections:
            self.body.add("Heading 2", self._section(section))
            for question in section.questions:
                self._question(form, question)

    def _section(self, section: SectionRow) -> str:
        v, number = self.v, section.id.removeprefix("s")
        title = v.t(section.title)
        if number.isdecimal() and section.id.startswith("s"):
            title = v.say("Section {number}: {title}", number=number, title=title)
        numbers = v.join(one.removeprefix("A").removeprefix("P") for one in section.actions)
        return v.say("{title} (Actions {numbers})", title=title, numbers=numbers) if numbers else title

    def _question(self, form: FormRow, question: QuestionRow) -> None:
        self._places += 1
        bookmark = f"question_{self._places}"
        self.body.question(question.number, self.v.t(question.text), bookmark=bookmark)
        for option in question.options:
            self.body.add("Tashika Option", f"{_TICKED[option.chosen]} {self.v.t(option.text)}")
        answer = self._answers.get(question.topic)
        if answer is None:
            self.body.add("Tashika Note", self.v.say(STANDINGS[question.standing][1]))
        elif answer.topic in self._printed:
            place, target = self._printed[answer.topic]
            self.body.link("Tashika Note", self.v.say("The answer stands at {place}.", place=place), bookmark=target)
        else:
            place = self.v.say("question {number} of {form}", number=question.number, form=form.id)
            self._printed[answer.topic] = (place, bookmark)
            self._answer(answer)

    def rest(self) -> None:
        """Answers that no question of these forms asks for."""
        rest = [row for row in self.report.answers if row.topic not in self._printed]
        if not rest:
            return
        self.body.add("Heading 1", self.v.say("Answers that no question above asks for"))
        for row in rest:
            self.body.add("Heading 2", self.v.t(row.title))
            self._answer(row)

    # --------------------------------------------------------------------------------------------------- one answer

    def _answer(self, row: AnswerRow) -> None:
        v = self.v
        if row.na_reason:
            self.body.add("Tashika Note", f"{v.state('not-applicable')}: {v.say('the reason')}")
            self._words("Tashika Reason", row.na_reason)
        if row.text:
            self._words("Tashika Answer", row.text)
            if v.written_by(row.author) == "machine":
                self.body.add("Tashika Machine", v.author(row.author))
        if row.withheld:
            part = v.say("withheld (commitment {digest})", digest=row.withheld)
            self.body.add("Tashika Note", part)
        self._elsewhere(row)
        for claim in row.claims:
            self._claim(claim)
        for tool in row.tools:
            self.body.add("Tashika Detail", f"{v.say('Tools')}: {tool.name} – {tool.url}")

    def _words(self, style: str, words: PartWords) -> None:
        v = self.v
        own = words.in_(v.lang)
        if own is None:
            self.body.add("Tashika Not Translated", v.say("(not translated)"))
        self.body.lines(style, own or words.in_(v.other) or "", lang=None if own else v.other)

    def _elsewhere(self, row: AnswerRow) -> None:
        """Options that only another version of a form offers: still said, but not a box here."""
        offered = {
            option.id
            for form in self.report.forms
            for section in form.sections
            for question in section.questions
            if question.topic == row.topic
            for option in question.options
        }
        missing = [option for option in row.options if option not in offered]
        if missing:
            words = {one.id: self.v.t(one.text) for one in row.earlier_options}
            names = self.v.join(words.get(option, option) for option in missing)
            said = self.v.say("Chosen in another version of the form: {options}", options=names)
            self.body.add("Tashika Note", said)

    def _claim(self, claim: ClaimRow) -> None:
        v = self.v
        evidence = ", ".join(cited(v, one) for one in claim.evidence_ids) or v.say("none")
        self.body.add("Tashika Claim", f"{v.say('Claim')}: ", v.t(claim.text), bold_first=True)
        self.body.add(
            "Tashika Detail",
            f"{v.say('Grade')}: {v.grade(claim.grade)} · {v.say('Address')}: {claim.address}"
            f" · {v.say('Evidence')}: {evidence}",
        )
