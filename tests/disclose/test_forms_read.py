"""The importer on forms in the known layout, in every way that Word makes a box."""

import docx
import form_sample as fs
import pytest
from form_sample import EN, JA, TICKABLE, VARIANTS, Q, build, paragraphs, save
from hypothesis import given, settings
from hypothesis import strategies as st

from tashika.catalogue.loader import load
from tashika.core.errors import TashikaError, TooLargeError, UsageError
from tashika.disclose.answers.forms.errors import NoQuestionsError
from tashika.disclose.answers.forms.filled import answers_of, same_form
from tashika.disclose.answers.forms.patterns import actions_of, header, local_number, numbered, roles_in
from tashika.disclose.answers.forms.pin import read_form_bytes
from tashika.disclose.answers.forms.wording import slug_of
from tashika.disclose.answers.model import Answer

CATALOGUE = load()


def read(data: bytes, **options):
    return read_form_bytes(data, CATALOGUE, **options)


def shape(found):
    """Everything of a form but its pin."""
    sections = [(s.id, s.title, s.actions) for s in found.form.sections]
    questions = [
        (q.number, q.section, q.text, q.type, q.options, q.roles, q.actions, q.items, q.replaces)
        for q in found.form.questions
    ]
    return found.form.title, sections, questions


LAYOUTS = ("paragraph", "table", "behind", "line")
# A bullet stands before a paragraph of its own; brackets count only at the start of a line.
WAYS = [
    (variant, layout)
    for variant in VARIANTS
    for layout in LAYOUTS
    if not (variant == "bullet" and layout != "paragraph") and (variant, layout) != ("ascii", "line")
]


@pytest.mark.parametrize("words", [EN, JA], ids=["en", "ja"])
@pytest.mark.parametrize(("variant", "layout"), WAYS)
def test_every_way_to_make_a_box_reads_the_same(words, variant, layout):
    found = read(build(words, variant=variant, layout=layout))
    assert shape(found) == shape(read(build(words)))
    assert found.filled == 0


def test_what_is_read():
    found = read(build())
    form = found.form
    assert form.id == f"v2.0-{found.sha256[:8]}"
    assert form.version == f"v2.0@sha256:{found.sha256}"
    assert [s.id for s in form.sections] == ["profile", "s1", "s2", "s4"]
    assert form.sections[1].actions == ("A1", "A4", "A6", "A10")
    numbers = [q.number for q in form.questions]
    assert numbers[:6] == ["Profile: roles", "Profile: size", "1", "1A", "2", "2.A"]
    assert numbers[-1] == "40"
    by = {q.number: q for q in form.questions}
    assert by["1A"].roles == ("model-developer",)
    assert by["1A"].parent == f"{form.id}:1"
    assert by["1A"].type == "text"
    assert by["40"].roles == ("model-developer", "application-developer", "deployer")
    assert by["2"].type == "choice-text"
    assert by["3"].type == "choice"
    assert by["1"].type == "multi-choice"
    assert [o.id for o in by["Profile: size"].options] == ["1-9", "10-49", "50-249", "250-or-more"]
    assert [o.id for o in by["Profile: roles"].options] == ["model-developer", "application-developer", "deployer"]


def test_words_are_confirmed_and_mappings_are_a_proposal():
    form = read(build()).form
    assert form.status == "confirmed"
    assert {q.status for q in form.questions} == {"confirmed"}
    by = {q.number: q for q in form.questions}
    assert by["1"].replaces == ("v2.0:1", "v1:1a")
    assert by["1"].items == ("A1.8",)
    assert by["1"].mapping == "proposal"
    assert by["40"].replaces == ()
    assert by["40"].items == ()


def test_the_other_language_is_a_paraphrase_or_says_that_it_is_not_translated():
    by = {q.number: q for q in read(build()).form.questions}
    assert by["1"].text.ja == CATALOGUE.questions["v2.0:1"].text.ja
    assert by["40"].text.ja == f"（未翻訳）{by['40'].text.en}"
    assert by["3"].options[0].text.ja == "はい"
    japanese = {q.number: q for q in read(build(JA)).form.questions}
    assert japanese["1"].text.ja == "どのようなリスクの分類を用いていますか。"
    assert japanese["1"].options[0].text.en == "(not translated) 自社の分類"
    assert japanese["1"].roles == ("model-developer", "deployer")


def test_options_of_several_questions_have_ids_of_their_own():
    """One answer may serve several questions; a shared id would tick boxes that nobody ticked."""
    ids = [option.id for q in read(build()).form.questions for option in q.options]
    assert len(ids) == len(set(ids))


TICKS = [("1", "Our own list"), ("2", "Other"), ("7", "Yes"), ("roles", "Deployer"), ("size", "50-249 employees")]
TEXTS = {"1A": "We look at harm.", "2": "Chess", "2.A": "A university\nand others", "40": "1. Nothing\n3D printing"}


@pytest.mark.parametrize("place", ["paragraph", "table", "control", "legacy"])
@pytest.mark.parametrize("variant", TICKABLE)
def test_a_filled_form_becomes_answers(variant, place):
    found = read(build(variant=variant, ticks=TICKS, texts=TEXTS, place=place))
    got = {answer.topic: answer for answer in answers_of(found, CATALOGUE)}
    own = "v2-0-" + found.sha256[:8]
    assert got["profile"].options == ("deployer", "50-249")
    assert got["risk-classification"].options == ("our-own-list",)
    assert got["risk-classification"].text.en == "We look at harm."
    assert got["readiness"].options == ("q2-other",)
    assert got["readiness"].text.en == "Chess"
    assert got["finding-risks"].text.en == "A university\nand others"
    assert got[f"{own}-7"].options == ("q7-yes",)
    assert got[f"{own}-40"].text.en == "1. Nothing\n3D printing"
    assert len(got) == 6
    for answer in got.values():
        assert {q.version for q in answer.questions} == {found.form.version}
        assert answer.text is None or answer.text.author.en == "human"


def test_a_blank_form_gives_no_answers():
    for place in ("paragraph", "table", "control", "legacy"):
        assert answers_of(read(build(texts={}, place=place)), CATALOGUE) == ()


def test_answers_belong_to_the_blank_form_when_it_is_known():
    blank, filled = read(build()), read(build(variant="control", ticks=TICKS, texts=TEXTS))
    import dataclasses

    known = dataclasses.replace(
        CATALOGUE,
        questionnaires={**CATALOGUE.questionnaires, blank.form.id: blank.form},
        extra_forms=frozenset({blank.form.id}),
    )
    target = same_form(filled, known)
    assert target == blank.form
    for answer in answers_of(filled, known, target=target):
        assert all(q.version == blank.form.version and q.id.startswith(blank.form.id) for q in answer.questions)
    assert same_form(filled, CATALOGUE) is None


def test_a_huge_answer_is_refused_with_its_question():
    found = read(build(texts={"1A": "x" * 20_001}))
    with pytest.raises(TooLargeError, match="question 1A") as error:
        answers_of(found, CATALOGUE)
    assert "20000" in str(error.value)


def test_plain_words_after_a_question_are_an_answer_unless_the_blank_form_has_them():
    blank = paragraphs(
        "Section 1: Risk (Action 1)", "Q1. What do you do?", "Our guide gives examples.", "Q2. And then?"
    )
    filled = paragraphs(
        "Section 1: Risk (Action 1)", "Q1. What do you do?", "Our guide gives examples.", "We test.", "Q2. And then?"
    )
    alone = read(filled)
    assert [n.why for n in alone.notes] == ["read-as-answer", "read-as-answer"]
    from tashika.disclose.answers.forms.package import open_package
    from tashika.disclose.answers.forms.paragraphs import read_lines
    from tashika.disclose.answers.forms.parse import form_lines, parse

    known = form_lines(read_lines(open_package(blank, where="b"), where="b"))
    draft = parse(read_lines(open_package(filled, where="f"), where="f"), known=known, where="f")
    assert draft.questions[0].answers == ["We test."]
    assert "Our guide gives examples." in draft.questions[0].text


def test_nothing_is_dropped_silently():
    lines = [
        "Hello.",
        "Section 1: Risk (Action 1)",
        "Q2. What?",
        "☐ A",
        "☐",
        "Q1. Backwards?",
        "Recommended for: Wizards",
    ]
    found = read(paragraphs(*lines))
    assert {n.why for n in found.notes} >= {"before-first-question", "option-without-words", "not-in-order"}
    assert any("Wizards" in n.text and n.why == "roles-not-understood" for n in found.notes)


def test_roles_may_be_icons():
    document = docx.Document()
    document.add_paragraph("Q1. What?")
    paragraph = document.add_paragraph("Recommended for: ")
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    paragraph.add_run()._r.append(
        parse_xml(f'<w:drawing {nsdecls("w", "wp")}><wp:inline><wp:docPr id="1" name="i" descr="Deployer"/></wp:inline></w:drawing>')
    )  # fmt: skip
    assert read(save(document)).form.questions[0].roles == ("deployer",)


def test_numbers_of_lists_count_as_numbers_of_questions():
    document = docx.Document()
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    numbering = document.part.numbering_part.element
    levels = (
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="Q%1."/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="upperLetter"/><w:lvlText w:val="%1.%2"/></w:lvl>'
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for level, text in ((0, "First?"), (1, "Why?"), (1, "How?"), (0, "Second?"), (1, "When?")):
        paragraph = document.add_paragraph(text)
        paragraph._p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>')
        )
    assert [q.number for q in read(save(document)).form.questions] == ["1", "1.A", "1.B", "2", "2.A"]


def test_a_form_without_q_is_read_too():
    lines = ["Section 1: Risk (Action 1)", "1. What do you do?", "☐ A", "1A. Why?", "2. And then?", "☐ B", "2B. When?"]
    found = read(paragraphs(*lines))
    assert [q.number for q in found.form.questions] == ["1", "1A", "2", "2B"]
    both = read(paragraphs("Q1. What?", "Answer:", "1. We test.", "2. We look.", "Q2. And?"))
    assert [q.number for q in both.form.questions] == ["1", "2"]
    assert both.mapped.drafts[both.form.questions[0].id].answers == ["1. We test.", "2. We look."]


def test_a_number_without_words_is_noted():
    assert [n.why for n in read(paragraphs("Q1.", "☐ A")).notes] == ["question-without-words"]


def test_a_file_without_questions_says_so():
    with pytest.raises(NoQuestionsError):
        read(paragraphs("Dear reader,", "this is a letter about 3D printing.", "1. One", "2. Two"))
    with pytest.raises(NoQuestionsError):
        read(save(docx.Document()))


def test_limits_on_questions_and_options():
    with pytest.raises(TooLargeError, match="questions"):
        read(paragraphs(*(f"Q{n}. What?" for n in range(1, 400))))
    with pytest.raises(TooLargeError, match="options"):
        read(paragraphs("Q1. What?", *(f"☐ {n}" for n in range(200))))


def test_a_version_is_checked():
    for base in ("", "2.0", "v2.0/../x", "v2.0-aaaaaaaa", "V2"):
        with pytest.raises(UsageError):
            read(build(), base=base)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Q1. What", "1"),
        ("Q14.A", "14.A"),
        ("1A How", "1A"),
        ("2.A How", "2.A"),
        ("設問１２ 何", "12"),
        ("Q 3: x", "3"),
    ],
)
def test_numbers(text, printed):
    assert numbered(text).printed == printed


@pytest.mark.parametrize("text", ["12 people", "1. First", "Q4 2026 results", "2026", "A1", "", "1a what", "100% of"])
def test_not_numbers(text):
    assert numbered(text) is None


def test_headers_and_roles():
    assert actions_of("(Actions 1, 4-6 and 10)") == ("A1", "A4", "A5", "A6", "A10")
    assert actions_of("（行動１、１２）") == ("A1", "P12")
    assert actions_of("(Actions 0, 13, 99999)") == ()
    assert header("Section 3 – Being open (Action 3)").title == "Being open"
    assert header("第２部　管理（行動2）").number == "2" or header("第２部　管理（行動2）").number == "２"
    assert roles_in("Model developer, deployers (and others where relevant)") == (("model-developer", "deployer"), "")
    assert local_number("(before 14)") == "before-14"


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_every_form_reads_back_as_it_was_made(data):
    """Questions in random number, with random options: numbers, words and ticks come back in order."""
    word = st.text(st.sampled_from("abcdefgh "), min_size=1, max_size=20).map(lambda s: " ".join(s.split()) or "x")
    count = data.draw(st.integers(1, 8))
    made, ticks = [], []
    for n in range(1, count + 1):
        options = tuple(dict.fromkeys(data.draw(st.lists(word, max_size=4))))
        made.append(Q(f"Q{n}.", f"{data.draw(word)}?", options))
        ticks += [(str(n), option) for option in options if data.draw(st.booleans())]
    variant = data.draw(st.sampled_from(TICKABLE))
    found = read(build(variant=variant, ticks=ticks, sections=[("Section 1: Risk (Action 1)", made)]))
    drafts = [d for d in found.mapped.drafts.values() if not d.number.startswith("Profile")]
    assert [(f"Q{d.number}.", d.text) for d in drafts] == [(q.number, q.text) for q in made]
    assert [(d.number, o.text) for d in drafts for o in d.options if o.checked] == [
        (n, " ".join(o.split())) for n, o in ticks
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=12))
def test_any_words_give_a_form_or_our_error(lines):
    try:
        found = read(fs.paragraphs(*("".join(c for c in line if c.isprintable()) for line in ["Q1. What?", *lines])))
    except TashikaError:
        return
    for answer in answers_of(found, CATALOGUE):
        assert isinstance(answer, Answer)


@given(st.text(max_size=200))
def test_option_ids_are_slugs(text):
    import re

    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?", slug_of(text))
