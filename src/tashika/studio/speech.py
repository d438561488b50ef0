"""One language of the studio: what templates say, and how they show what stands in files."""

import re
from dataclasses import dataclass
from typing import Final, Protocol

from markupsafe import Markup, escape

from tashika.catalogue.model import TopicGroup
from tashika.core.text import LANGUAGES, Lang, translator
from tashika.ui import labels
from tashika.ui.visible import visible

OTHER: Final[dict[Lang, Lang]] = {"en": "ja", "ja": "en"}
LANGUAGE_NAMES: Final[dict[Lang, str]] = {"en": "English", "ja": "日本語"}
_JAPANESE: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def _(message: str) -> str:
    """Mark for translation; :meth:`Speaker.say` translates."""
    return message


STANDINGS: Final = {
    "answered": _("answered"),
    "not-applicable": _("not applicable"),
    "withheld": _("withheld"),
    "open": _("open"),
    "not-asked": _("not asked of you"),
}
SHAPES: Final = {
    "answered": "covered",
    "not-applicable": "not-applicable",
    "withheld": "not-observable",
    "open": "not-assessed",
    "not-asked": "",
}
"""Shapes of the report that fit: a full dot is answered, a broken ring is open."""
SEVERITIES: Final = {"error": _("Has to be put right"), "warning": _("To look at"), "information": _("To know")}
EVIDENCE: Final = {
    "withdrawn": _("withdrawn"),
    "superseded": _("replaced by a newer one"),
    "expired": _("expired"),
    "disputed": _("disputed"),
    "older": _("about an earlier version of the system"),
}


class InTwo(Protocol):
    """A text that may be missing in one language."""

    @property
    def en(self) -> str | None:
        """English."""
        ...

    @property
    def ja(self) -> str | None:
        """Japanese."""
        ...


@dataclass(frozen=True)
class Speaker:
    """Speaks one language."""

    lang: Lang

    def say(self, message: str, **values: object) -> str:
        """A fixed sentence with values filled in; control characters in the values are shown, not obeyed."""
        shown = {name: visible(value) if isinstance(value, str) else value for name, value in values.items()}
        return translator(self.lang)(message).format(**shown)

    def t(self, text: InTwo | None) -> str:
        """A text in this language, else in the other one; made visible."""
        if text is None:
            return ""
        first, second = (text.en, text.ja) if self.lang == "en" else (text.ja, text.en)
        return visible(first or second or "")

    def state(self, state: str) -> str:
        """A standing in a word."""
        return labels.word(STANDINGS, state, self.lang)

    def group(self, group: TopicGroup) -> str:
        """A group of topics in words."""
        return labels.word(labels.TOPIC_GROUPS, group, self.lang)

    def severity(self, severity: str) -> str:
        """How grave a remark is."""
        return labels.word(SEVERITIES, severity, self.lang)

    def evidence(self, standing: str) -> str:
        """Why evidence does not hold."""
        return labels.word(EVIDENCE, standing, self.lang)

    def confidence(self, confidence: str) -> str:
        """How sure a proposal is."""
        return labels.word(labels.CONFIDENCES, confidence, self.lang)

    def join(self, parts: list[str]) -> str:
        """A list of short things in a line."""
        return (", " if self.lang == "en" else "、").join(parts)


def lines(text: str | None) -> list[str]:
    """A text of a person or a file line by line, made visible; for reading, not for editing."""
    return [visible(line) for line in (text or "").split("\n")]


def hidden_marks(text: str | None) -> bool:
    """Whether a text holds characters that a text box does not show."""
    return any("⟨U+" in visible(line) for line in (text or "").replace("\t", " ").split("\n"))


def coded(sentence: str) -> Markup:
    """A sentence of ours with what stands in backticks as code."""
    parts = str(escape(sentence)).split("`")
    return Markup("".join(f"<code>{one}</code>" if odd % 2 else one for odd, one in enumerate(parts)))  # noqa: S704


def script_of(text: str) -> Lang:
    """The language box in which a text without a language belongs.

    >>> script_of("Board"), script_of("取締役会")
    ('en', 'ja')
    """
    return "ja" if _JAPANESE.search(text) else "en"


def language(text: str) -> Lang | None:
    """The language that a part of an address names."""
    return next((lang for lang in LANGUAGES if lang == text), None)
