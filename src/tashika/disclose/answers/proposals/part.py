"""One thing that is known, as sentences in both languages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tashika.core.text import Text
from tashika.disclose.answers.model import Confidence


@dataclass(frozen=True, kw_only=True)
class ClaimStart:
    """A sentence that could be signed: it holds no number, so it stays true while the evidence is renewed."""

    ref: str
    text: Text


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of a proposal.

    Attributes:
        origin: ``statement:<id>``, ``record:<file>``, ``workspace:<setting>``, ``repository:<path>``.
        confidence: high for signed measurements and signed records with a document; medium for other records;
            low for settings and for what was found in the repository.
        options: ids that this speaks for; offered or not.
    """

    text: Text
    origin: tuple[str, ...]
    confidence: Confidence
    options: tuple[str, ...] = ()
    claim: ClaimStart | None = None


def lines(texts: Iterable[Text]) -> Text:
    """Texts below each other."""
    known: Sequence[Text] = tuple(texts)
    return Text(en="\n".join(one.en for one in known), ja="\n".join(one.ja for one in known))


def sentences(texts: Iterable[Text]) -> Text:
    """Texts behind each other."""
    known: Sequence[Text] = tuple(texts)
    return Text(en=" ".join(one.en for one in known), ja="".join(one.ja for one in known))


def same(text: str) -> Text:
    """A name or quotation that stands in both languages as it is."""
    return Text(en=text, ja=text)
