"""Two languages: ``Text`` is data in both; ``translator`` serves the fixed sentences of pages and reports."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

Lang = Literal["en", "ja"]
LANGUAGES: Final[tuple[Lang, ...]] = ("en", "ja")


@dataclass(frozen=True)
class Text:
    """One text in English and Japanese; neither may be empty (the catalogue's check enforces it)."""

    en: str
    ja: str

    def in_(self, lang: Lang) -> str:
        """The text in one language."""
        return self.en if lang == "en" else self.ja


@cache
def translator(lang: Lang) -> Callable[[str], str]:
    """A function from the English sentence to the sentence in ``lang`` (gettext domain ``tashika``).

    A missing Japanese sentence is a failing test, not a silent fallback: see tests/core/test_text.py.
    """
    if lang == "en":
        return str
    # Imported here because verification uses Text and must start fast; gettext and resources cost it 10 ms.
    import gettext
    from importlib.resources import as_file, files

    with as_file(files("tashika.core") / "locales") as folder:
        return gettext.translation("tashika", folder, languages=[lang]).gettext
