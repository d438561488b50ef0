"""A draft becomes a questionnaire of the catalogue: ids, both languages, and a proposal of what each question maps to.

``status`` is ``confirmed``: the words, options and roles were read in the file that the version pins. ``mapping`` is
``proposal``: the actions come from the section's header, items and earlier questions from ours of the same number, and
from the form of the same version that was imported before (:mod:`~tashika.disclose.answers.forms.carry`).
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from tashika.catalogue.catalogue import Catalogue
from tashika.catalogue.model import Bilingual, Option, Question, Questionnaire, Section
from tashika.core.errors import UsageError
from tashika.core.ids import QuestionId, Sha256Hex
from tashika.core.text import Lang
from tashika.disclose.answers.forms.carry import carried
from tashika.disclose.answers.forms.draft import Draft, DraftOption, DraftQuestion
from tashika.disclose.answers.forms.patterns import local_number, numbered, roles_in, same_number
from tashika.disclose.answers.forms.wording import both, language_of, paraphrase, slug_of

_BASE: Final = re.compile(r"v[0-9]{1,3}(\.[0-9]{1,3})?")
_YES_NO: Final = frozenset({"yes", "no", "はい", "いいえ"})
_ROLES: Final = "Profile: roles"
_SIZE: Final = "Profile: size"
_SIZES: Final = (("1-9", 1, 9), ("10-49", 10, 49), ("50-249", 50, 249))
_LARGEST: Final = "250-or-more"
_GAPS: Final = Bilingual(
    en="Read by a program from a Word file. Lines that it did not understand are listed by `tashika form import`.",
    ja="Wordファイルをプログラムで読み取ったものです。読み取れなかった行は「tashika form import」で一覧にされます。",
)


@dataclass(kw_only=True)
class Mapped:
    """A questionnaire and the draft question that each of its questions came from.

    Attributes:
        options: the ids of each question's options, in the order of the draft.
    """

    form: Questionnaire
    lang: Lang
    drafts: Mapping[str, DraftQuestion]
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def source_id(form_id: str) -> str:
    """The catalogue source of an imported form: ``form-v2-0-3f9a1c2b``."""
    return f"form-{form_id.replace('.', '-')}"


def check_base(base: str) -> str:
    """A version of the form: ``v2.0``.

    Raises:
        UsageError: anything else.
    """
    if not _BASE.fullmatch(base):
        raise UsageError(f"no version of a form: {base[:40]!r}", where="--as", hint="write it like v2.0")
    return base


def to_questionnaire(draft: Draft, catalogue: Catalogue, *, base: str, sha256: Sha256Hex) -> Mapped:
    """Give ids and both languages.

    Args:
        draft: what was read.
        catalogue: holds our own table of the same version, when there is one.
        base: ``v2.0``.
        sha256: digest of the file: the pin.
    """
    form_id = f"{check_base(base)}-{sha256[:8]}"
    ours = _ours(catalogue, base)
    lang = language_of([question.text for question in draft.questions if question.text])
    build = _Builder(draft, form_id, lang, ours)
    questions = tuple(build.question(one) for one in draft.questions)
    form = Questionnaire(
        id=form_id,
        version=f"{base}@sha256:{sha256}",
        title=both(draft.title or f"Reporting form {base}", lang),
        complete=True,
        gaps=_GAPS,
        sections=tuple(build.section(position) for position in range(len(draft.sections))),
        questions=questions,
        sources=(source_id(form_id),),
        status="confirmed",
    )
    return Mapped(form=carried(form, catalogue), lang=lang, drafts=build.drafts, options=build.options)


def _ours(catalogue: Catalogue, base: str) -> dict[str, Question]:
    own = catalogue.questionnaires.get(base)
    found: dict[str, Question] = {}
    for question in own.questions if own else ():
        found.setdefault(same_number(question.number), question)
    return found


class _Builder:
    def __init__(self, draft: Draft, form_id: str, lang: Lang, ours: Mapping[str, Question]) -> None:
        self.draft = draft
        self.form_id = form_id
        self.lang: Lang = lang
        self.ours = ours
        self.drafts: dict[str, DraftQuestion] = {}
        self.options: dict[str, tuple[str, ...]] = {}
        self._sections = _section_ids(draft)
        slugs = [{_plain_id(question, option) for option in question.options} for question in draft.questions]
        self._shared = {slug for slug, count in Counter(one for each in slugs for one in each).items() if count > 1}

    def section(self, position: int) -> Section:
        one = self.draft.sections[position]
        return Section(id=self._sections[position], title=both(one.title, self.lang), actions=tuple(one.actions))

    def question(self, draft: DraftQuestion) -> Question:
        identifier = self._id(draft)
        ours = self.ours.get(same_number(draft.number))
        options = self._options(draft, ours)
        printed = tuple(self.draft.sections[draft.section].actions)
        actions = printed or (ours.actions if ours else ())
        self.drafts[identifier] = draft
        self.options[identifier] = tuple(option.id for option in options)
        mapped = bool(actions or ours)
        return Question(
            id=QuestionId(identifier),
            section=self._sections[draft.section],
            number=draft.number[:200],
            parent=self._parent(draft),
            text=both(draft.text, self.lang, other=paraphrase(ours, self.lang)),
            type=_type(draft),
            options=options,
            actions=actions,
            items=ours.items if ours else (),
            roles=tuple(draft.roles),
            mapping="proposal" if mapped else None,
            replaces=(ours.id, *ours.replaces) if ours else (),
            sources=(source_id(self.form_id),),
            status="confirmed",
        )

    def _id(self, draft: DraftQuestion) -> str:
        local = local_number(draft.number) or f"x{len(self.drafts) + 1}"
        identifier = f"{self.form_id}:{local}"
        number = 2
        while identifier in self.drafts:
            identifier, number = f"{self.form_id}:{local[:28]}-{number}", number + 1
        return identifier

    def _parent(self, draft: DraftQuestion) -> QuestionId | None:
        found = numbered(f"Q{draft.number}")
        if not found or not found.letter:
            return None
        main = f"{self.form_id}:{found.main}"
        return QuestionId(main) if main in self.drafts else None

    def _options(self, draft: DraftQuestion, ours: Question | None) -> tuple[Option, ...]:
        found: dict[str, Option] = {}
        other: Lang = "ja" if self.lang == "en" else "en"
        known = {option.id: option.text.in_(other) for option in ours.options} if ours else {}
        for option in draft.options:
            slug = self._option_id(draft, option)
            unique, number = slug, 2
            while unique in found:
                unique, number = f"{slug}-{number}", number + 1
            found[unique] = Option(id=unique, text=both(option.text, self.lang, other=known.get(unique)))
        return tuple(found.values())

    def _option_id(self, draft: DraftQuestion, option: DraftOption) -> str:
        """One answer may serve several questions: an id that several questions offer would tick all of them."""
        slug = _plain_id(draft, option)
        if slug not in self._shared:
            return slug
        return f"q{same_number(draft.number)[:12]}-{slug}"[:64].rstrip("-")


def _plain_id(draft: DraftQuestion, option: DraftOption) -> str:
    if draft.number == _ROLES:
        roles, _ = roles_in(option.text.partition(":")[0][:200])
        return roles[0] if roles else slug_of(option.text)
    if draft.number == _SIZE:
        return _size(option.text) or slug_of(option.text)
    return slug_of(option.text)


def _size(text: str) -> str | None:
    """The band of a size that our settings know too."""
    numbers = [int(one) for one in re.findall(r"[0-9]{1,6}", text.replace(",", ""))]
    if numbers[:1] == [250] and len(numbers) == 1:
        return _LARGEST
    if len(numbers) == 1 and numbers[0] in {10, 9}:  # "fewer than 10", "up to 9"
        return _SIZES[0][0]
    return next((name for name, low, high in _SIZES if numbers[:2] == [low, high]), None)


def _type(draft: DraftQuestion) -> Literal["text", "choice", "multi-choice", "choice-text"]:
    """Paper does not say whether several boxes may be ticked, except for yes and no."""
    if not draft.options:
        return "text"
    if draft.asks_text or draft.answers:
        return "choice-text"
    return "choice" if all(option.text.lower().strip(".") in _YES_NO for option in draft.options) else "multi-choice"


def _section_ids(draft: Draft) -> Sequence[str]:
    found: list[str] = []
    for position, section in enumerate(draft.sections, start=1):
        name = section.number if section.number == "profile" else f"s{section.number or f'-part-{position}'}"
        found.append(name if name not in found else f"{name}-{position}")
    return [one.replace("s-part", "part") for one in found]
