"""Texts of an imported form in two languages: its own, and the catalogue's paraphrase or a mark that none is there."""

import re
from collections.abc import Iterable
from typing import Final

from tashika.catalogue.check import UNTRANSLATED
from tashika.catalogue.model import Bilingual, Question, Questionnaire
from tashika.core.ids import sha256_hex
from tashika.core.text import Lang
from tashika.disclose.answers.forms import limits

_JAPANESE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_MARKS: Final[dict[Lang, str]] = {"en": UNTRANSLATED, "ja": "（未翻訳）"}
_UNKNOWN: Final = re.compile(r"only its existence is known|only the top band is known")
"""A row of ours that says so is no paraphrase of anything."""
_COMMON: Final = (
    ("Yes", "はい"),
    ("No", "いいえ"),
    ("Other", "その他"),
    ("None", "なし"),
    ("None of the above", "いずれも該当しない"),
    ("Not applicable", "該当なし"),
    ("Model developer", "モデルの開発者"),
    ("Application developer", "アプリケーションの開発者"),
    ("Deployer", "導入者"),
)
_TRANSLATED: Final[dict[Lang, dict[str, str]]] = {
    "en": {en.lower(): ja for en, ja in _COMMON},
    "ja": {ja: en for en, ja in _COMMON},
}


def language_of(texts: Iterable[str]) -> Lang:
    """The language of most of the texts: a form is Japanese when at least half of them hold Japanese script."""
    all_texts = list(texts)
    japanese = sum(_JAPANESE.search(text) is not None for text in all_texts)
    return "ja" if all_texts and 2 * japanese >= len(all_texts) else "en"


def form_language(form: Questionnaire) -> Lang:
    """The language that a form was read in; our own tables count as English."""
    return "ja" if form.title.en.startswith(_MARKS["en"]) else "en"


def own_words(text: Bilingual, lang: Lang) -> str:
    """A text in the form's own language, without our mark."""
    return text.in_(lang).removeprefix(_MARKS[lang])


def unmarked(text: str) -> str:
    """A text without our mark of a missing translation, in whichever language."""
    return text.removeprefix(_MARKS["en"]).removeprefix(_MARKS["ja"])


def both(text: str, lang: Lang, *, other: str | None = None) -> Bilingual:
    """A text of the form with its other language: a paraphrase, a common word, or the same text and a mark."""
    shown = visible_text(text)
    translated = other or _TRANSLATED[lang].get(shown.rstrip(".:：。").lower() if lang == "en" else shown)
    missing: Lang = "ja" if lang == "en" else "en"
    second = translated or f"{_MARKS[missing]}{shown}"[: limits.TEXT]
    return Bilingual(en=shown, ja=second) if lang == "en" else Bilingual(en=second, ja=shown)


def paraphrase(question: Question | None, lang: Lang) -> str | None:
    """Our own wording of a question in the language that the form is not in."""
    if question is None or _UNKNOWN.search(question.text.en):
        return None
    return question.text.in_("ja" if lang == "en" else "en")


def visible_text(text: str) -> str:
    """What a catalogue text may hold: one line, no control or direction characters, not empty, not too long."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[: limits.TEXT] or "–"


def slug_of(text: str) -> str:
    """The id of an option from its words: readable where they are Latin, else a digest; stable between versions."""
    words = re.findall(r"[a-z0-9]+", text.lower()) if not _JAPANESE.search(text) else []
    slug = "-".join(words)
    if len(slug) < 1:
        return f"o-{sha256_hex(text.encode('utf-8', 'replace'))[:10]}"
    return slug if len(slug) <= 48 else f"{slug[:40].rstrip('-')}-{sha256_hex(slug.encode())[:6]}"
