"""What a form brought: texts with ordinary line ends, and files. Nothing in it is trusted."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tashika.core.errors import TooLargeError
from tashika.core.limits import MIB
from tashika.studio.errors import FormError

PARTS: Final = 20_000
"""Fields of one form: a topic with two thousand claims, or a thousand with evidence."""
TEXT: Final = 2 * MIB
"""Characters; twice what the file of an answer or a record may have."""
NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,160}")


@dataclass(frozen=True)
class Upload:
    """A file that came with a form. ``name``: as the person's computer calls it."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Form:
    """The fields of one form."""

    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    @classmethod
    def of(cls, items: Iterable[tuple[str, str]], uploads: Mapping[str, Upload] | None = None) -> "Form":
        """From pairs.

        Raises:
            FormError: a name that none of our forms has.
            TooLargeError: more text than any file of ours holds.
        """
        pairs = list(items)
        if sum(len(value) for _, value in pairs) > TEXT:
            raise TooLargeError(f"more than {TEXT} characters in one form")
        texts: dict[str, list[str]] = {}
        for name, value in pairs:
            if not NAME.fullmatch(name):
                raise FormError("a field with a name that no form of the studio has")
            texts.setdefault(name, []).append(value.replace("\r\n", "\n").replace("\r", "\n"))
        return cls(texts={name: tuple(values) for name, values in texts.items()}, uploads=uploads or {})

    def one(self, name: str) -> str:
        """The text of a field, trimmed; empty when it is not there."""
        return self.texts.get(name, ("",))[0].strip()

    def many(self, name: str) -> tuple[str, ...]:
        """Every value of a field that may stand several times, each once."""
        return tuple(dict.fromkeys(value.strip() for value in self.texts.get(name, ()) if value.strip()))

    def ticked(self, name: str) -> bool:
        """Whether a box is ticked."""
        return name in self.texts

    def rows(self, prefix: str) -> list[int]:
        """Numbers of the rows ``<prefix>-<number>-…``, in order."""
        pattern = re.compile(rf"{re.escape(prefix)}-([0-9]{{1,5}})-")
        return sorted({int(match[1]) for name in self.texts if (match := pattern.match(name))})


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something that a person has to change. ``field``: id of the control it is about."""

    field: str
    message: str
    english: bool = False
    """The message comes from a room below, which speaks English only."""
