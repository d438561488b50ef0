"""Answers as rows of the report, one a topic, each claim graded by the evidence it cites; forms in their own order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tashika.catalogue.model import Question, Questionnaire, Topic
from tashika.core.ids import ClaimAddress, ClaimId, OrgId, Sha256Hex, SystemName
from tashika.core.text import LANGUAGES, Lang
from tashika.disclose.answers.evidence import Evidence
from tashika.disclose.answers.model import Answer, AnswerClaim, AnswerText, Author, OneOrBoth
from tashika.disclose.answers.options import EarlierOption
from tashika.disclose.answers.topics import Asked, question_options
from tashika.disclose.claims import check_command
from tashika.disclose.errors import AnswerError
from tashika.disclose.facts import EvidenceFact
from tashika.disclose.report.model import (
    AnswerRow,
    ClaimRow,
    EarlierOptionRow,
    FormRow,
    OptionRow,
    PartWords,
    ProposalRow,
    QuestionRow,
    SectionRow,
    ServedRow,
    Standing,
    ToolRef,
    Words,
)
from tashika.disclose.status import fact_grade
from tashika.evidence.grade import Grade, weakest


@dataclass(frozen=True, kw_only=True)
class AnswerInputs:
    """What the answers of a report are made of.

    Attributes:
        answers: of the organisation and the system, one a topic.
        asked: every topic as it is put to this organisation, with the questions that it serves.
        forms: which are filled in, in their own order.
        withheld: commitment to the confidential part, by topic.
        earlier: chosen options that only an earlier form offers, by topic.
    """

    answers: Sequence[Answer] = ()
    asked: Sequence[Asked] = ()
    forms: Sequence[Questionnaire] = ()
    withheld: Mapping[str, Sha256Hex] = field(default_factory=dict)
    earlier: Mapping[str, Sequence[EarlierOption]] = field(default_factory=dict)


def answer_rows(
    inputs: AnswerInputs, facts: Sequence[EvidenceFact], *, org: str, system: str, year: int
) -> tuple[AnswerRow, ...]:
    """One row for every answer, in the order in which topics are asked, then unknown topics.

    Raises:
        AnswerError: a claim cites a statement that is not there.
    """
    known = Evidence(facts=tuple(facts))
    topics = {one.topic.id: one.topic for one in inputs.asked}
    order = {topic: position for position, topic in enumerate(topics)}
    rows = []
    for answer in sorted(inputs.answers, key=lambda one: (order.get(one.topic, len(order)), one.topic)):
        claims = tuple(_claim(claim, known, answer.topic, org=org, system=system, year=year) for claim in answer.claims)
        rows.append(_row(answer, topics.get(answer.topic), claims, inputs))
    return tuple(rows)


def _row(answer: Answer, topic: Topic | None, claims: tuple[ClaimRow, ...], inputs: AnswerInputs) -> AnswerRow:
    proposal = answer.proposal
    return AnswerRow(
        topic=answer.topic,
        group=topic.group if topic else None,
        title=Words(en=topic.title.en, ja=topic.title.ja) if topic else Words(en=answer.topic, ja=answer.topic),
        questions=tuple(ServedRow(id=one.id, version=one.version) for one in answer.questions),
        items=topic.items if topic else (),
        card=topic.card if topic else None,
        options=answer.options,
        earlier_options=tuple(_earlier(one) for one in inputs.earlier.get(answer.topic, ())),
        text=_words(answer.text),
        author=_authors(answer.text),
        claims=claims,
        tools=tuple(ToolRef(name=tool.name, url=tool.url) for tool in answer.tools),
        na_reason=_words(answer.not_applicable),
        withheld=inputs.withheld.get(answer.topic) if answer.confidential else None,
        proposal=ProposalRow(origin=proposal.origin, confidence=proposal.confidence, overridden=answer.overridden)
        if proposal
        else None,
    )


def _earlier(one: EarlierOption) -> EarlierOptionRow:
    words = Words(en=one.option.text.en, ja=one.option.text.ja)
    return EarlierOptionRow(id=one.option.id, text=words, question=one.question.id, version=one.question.version)


def form_rows(inputs: AnswerInputs) -> tuple[FormRow, ...]:
    """Every form with its sections and questions, each with what became of it."""
    by_question: dict[str, Asked] = {question.id: one for one in inputs.asked for question in one.questions}
    answers = {answer.topic: answer for answer in inputs.answers}
    return tuple(_form(form, by_question, answers) for form in inputs.forms)


def _form(form: Questionnaire, asked: Mapping[str, Asked], answers: Mapping[str, Answer]) -> FormRow:
    sections = tuple(
        SectionRow(
            id=section.id,
            title=Words(en=section.title.en, ja=section.title.ja),
            actions=section.actions,
            questions=tuple(
                _question(question, asked[question.id], answers.get(asked[question.id].topic.id))
                for question in form.questions
                if question.section == section.id
            ),
        )
        for section in form.sections
    )
    standings = [question.standing for section in sections for question in section.questions]
    return FormRow(
        id=form.id,
        version=form.version,
        title=Words(en=form.title.en, ja=form.title.ja),
        gaps=Words(en=form.gaps.en, ja=form.gaps.ja) if form.gaps else None,
        answered=sum(one in {"answered", "not-applicable", "withheld"} for one in standings),
        asked=sum(one != "not-asked" for one in standings),
        sections=sections,
    )


def _question(question: Question, asked: Asked, answer: Answer | None) -> QuestionRow:
    chosen = set(answer.options) if answer else set()
    return QuestionRow(
        id=question.id,
        number=question.number,
        text=Words(en=question.text.en, ja=question.text.ja),
        topic=asked.topic.id,
        standing=_standing(asked, answer),
        options=tuple(
            OptionRow(id=one.id, text=Words(en=one.text.en, ja=one.text.ja), chosen=one.id in chosen)
            for one in question_options(question)
        ),
    )


def _standing(asked: Asked, answer: Answer | None) -> Standing:
    if answer is None:
        return "unanswered" if asked.required else "not-asked"
    if answer.not_applicable:
        return "not-applicable"
    return "answered" if answer.text or answer.options else "withheld"


def _claim(claim: AnswerClaim, known: Evidence, topic: str, *, org: str, system: str, year: int) -> ClaimRow:
    cited: dict[str, EvidenceFact] = {}
    # A named kind of evidence that this system does not have leaves the sentence declared, and the lint says so; a
    # statement id that is not there is a mistake.
    for ref in claim.evidence:
        found = known.resolve(ref)
        if not found and ":" not in ref:
            raise AnswerError(
                f"claim {claim.id!r} cites {ref}, which is not in the log of this system",
                where=f"answers/{topic}.toml",
                hint="`tashika log show` lists the statements; `tashika assess` signs records and measures",
            )
        cited |= {str(fact.id): fact for fact in found}
    address = ClaimAddress(OrgId(org), SystemName(system), year, ClaimId(claim.id))
    return ClaimRow(
        id=claim.id,
        address=str(address),
        text=Words(en=claim.text.en, ja=claim.text.ja),
        evidence_ids=tuple(sorted(cited)),
        grade=_grade(tuple(cited.values())),
        check=check_command(address),
    )


def _grade(cited: Sequence[EvidenceFact]) -> Grade:
    living = [fact for fact in cited if fact.withdrawn is None]
    if len(living) < len(cited) or not living:
        return "declared"  # with nothing, or with something withdrawn underneath, a sentence is only said
    return weakest(fact_grade(fact) for fact in living)


def _authors(text: AnswerText | None) -> dict[Lang, Author]:
    return {lang: who for lang in LANGUAGES if text and (who := text.author.in_(lang))}


def _words(text: OneOrBoth | None) -> PartWords | None:
    return PartWords(en=text.en, ja=text.ja) if text else None
