"""An answer while it is being written: exactly what stands in the boxes, right or wrong, so that nothing is ever lost.

Who wrote a text is decided here. A text that a machine made stays a machine's until its words change or the person
ticks that the text was read and is accepted; a person can also say that a machine helped.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tashika.core.ids import Sha256Hex, sha256_hex
from tashika.core.text import LANGUAGES, Lang, Text
from tashika.disclose.answers.model import Answer, AnswerClaim, Author, OneOrBoth, Proposal, content_digest
from tashika.studio.form import Form

CLAIM: Final = "claim"
TOOL: Final = "tool"


def empty() -> dict[Lang, str]:
    """Nothing in either language."""
    return dict.fromkeys(LANGUAGES, "")


@dataclass(frozen=True, kw_only=True)
class ClaimDraft:
    """One row of the claims."""

    id: str = ""
    en: str = ""
    ja: str = ""
    evidence: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """A row in which nothing was said; the id alone says nothing."""
        return not (self.en or self.ja or self.evidence)


@dataclass(frozen=True, kw_only=True)
class ToolDraft:
    """One row of the tools."""

    name: str = ""
    url: str = ""

    @property
    def empty(self) -> bool:
        """A row in which nothing stands."""
        return not (self.name or self.url)


@dataclass(frozen=True, kw_only=True)
class TopicDraft:
    """What stands in the boxes of a topic.

    Attributes:
        texts, confidential, reason: by language; empty when nothing stands there. ``reason``: why it does not apply.
        machine: digest of the machine-made text that was shown; empty when a person wrote it.
        accepted: ticked: "I have read and accept this text".
        helped: ticked: "a machine wrote or translated this text".
        outside: ticked: the topic does not apply.
        proposal: what the answer started from.
    """

    options: tuple[str, ...] = ()
    texts: Mapping[Lang, str] = field(default_factory=empty)
    machine: Mapping[Lang, str] = field(default_factory=empty)
    accepted: frozenset[Lang] = frozenset()
    helped: frozenset[Lang] = frozenset()
    claims: tuple[ClaimDraft, ...] = ()
    tools: tuple[ToolDraft, ...] = ()
    confidential: Mapping[Lang, str] = field(default_factory=empty)
    outside: bool = False
    reason: Mapping[Lang, str] = field(default_factory=empty)
    proposal: Proposal | None = None

    @classmethod
    def of(cls, answer: Answer | None) -> "TopicDraft":
        """What stands in a file."""
        if answer is None:
            return cls()
        text = answer.text
        return cls(
            options=answer.options,
            texts=_both(text),
            machine={
                lang: _mark(text.in_(lang) or "") if text and text.author.in_(lang) == "machine" else ""
                for lang in LANGUAGES
            },
            claims=claim_drafts(answer.claims),
            tools=tuple(ToolDraft(name=one.name, url=one.url) for one in answer.tools),
            confidential=_both(answer.confidential),
            outside=answer.not_applicable is not None,
            reason=_both(answer.not_applicable),
            proposal=answer.proposal,
        )

    @classmethod
    def from_form(cls, form: Form, proposal: Proposal | None) -> "TopicDraft":
        """What a person sent."""
        return cls(
            options=form.many("options"),
            texts={lang: form.one(f"text-{lang}") for lang in LANGUAGES},
            machine={lang: form.one(f"machine-{lang}") for lang in LANGUAGES},
            accepted=frozenset(lang for lang in LANGUAGES if form.ticked(f"accept-{lang}")),
            helped=frozenset(lang for lang in LANGUAGES if form.ticked(f"helped-{lang}")),
            claims=tuple(_claim(form, number) for number in form.rows(CLAIM)),
            tools=tuple(
                ToolDraft(name=form.one(f"{TOOL}-{number}-name"), url=form.one(f"{TOOL}-{number}-url"))
                for number in form.rows(TOOL)
            ),
            confidential={lang: form.one(f"confidential-{lang}") for lang in LANGUAGES},
            outside=form.ticked("outside"),
            reason={lang: form.one(f"reason-{lang}") for lang in LANGUAGES},
            proposal=proposal,
        )

    def author(self, lang: Lang) -> Author | None:
        """Who wrote a text, as it will be saved; None when there is none."""
        text = self.texts.get(lang, "")
        if not text:
            return None
        if lang in self.helped:
            return "machine"
        return "machine" if self.by_machine(lang) and lang not in self.accepted else "human"

    def by_machine(self, lang: Lang) -> bool:
        """Whether the words in the box are the machine's own, unchanged."""
        text = self.texts.get(lang, "")
        return bool(text) and self.machine.get(lang, "") == _mark(text)

    def taking(
        self, text: Text, options: Sequence[str], claims: Sequence[ClaimDraft], proposal: Proposal
    ) -> "TopicDraft":
        """With what is proposed in place of text and options, and claims for what no claim cites; the rest stays."""
        cited = {ref for claim in self.claims for ref in claim.evidence}
        kept = tuple(claim for claim in self.claims if not claim.empty)
        return replace(
            self,
            options=tuple(options),
            texts={lang: text.in_(lang) for lang in LANGUAGES},
            machine={lang: _mark(text.in_(lang)) for lang in LANGUAGES},
            claims=(*kept, *(claim for claim in claims if cited.isdisjoint(claim.evidence))),
            accepted=frozenset(),
            helped=frozenset(),
            outside=False,
            proposal=proposal,
        )

    def with_claim(self, claim: ClaimDraft) -> "TopicDraft":
        """With one more row of claims."""
        return replace(self, claims=(*self.claims, claim))

    def without_claim(self, position: int) -> "TopicDraft":
        """Without one row of claims."""
        return replace(self, claims=_without(self.claims, position))

    def with_tool(self) -> "TopicDraft":
        """With one more row of tools."""
        return replace(self, tools=(*self.tools, ToolDraft()))

    def without_tool(self, position: int) -> "TopicDraft":
        """Without one row of tools."""
        return replace(self, tools=tuple(one for index, one in enumerate(self.tools) if index != position))

    @property
    def digest(self) -> Sha256Hex:
        """As an override of a proposal is recognised by."""
        said = {lang: text for lang, text in self.texts.items() if text}
        return content_digest(OneOrBoth(**said) if said else None, self.options)


def claim_drafts(claims: Iterable[AnswerClaim]) -> tuple[ClaimDraft, ...]:
    """Rows of claims as they stand in a file or a proposal."""
    return tuple(ClaimDraft(id=one.id, en=one.text.en, ja=one.text.ja, evidence=one.evidence) for one in claims)


def _claim(form: Form, number: int) -> ClaimDraft:
    at = f"{CLAIM}-{number}"
    return ClaimDraft(
        id=form.one(f"{at}-id"),
        en=form.one(f"{at}-en"),
        ja=form.one(f"{at}-ja"),
        evidence=form.many(f"{at}-evidence"),
    )


def _without(rows: tuple[ClaimDraft, ...], position: int) -> tuple[ClaimDraft, ...]:
    return tuple(one for index, one in enumerate(rows) if index != position)


def _both(text: OneOrBoth | None) -> dict[Lang, str]:
    return {lang: (text.in_(lang) or "") if text else "" for lang in LANGUAGES}


def _mark(text: str) -> Sha256Hex:
    """Texts that read the same have the same mark: line ends and blanks around do not count."""
    return sha256_hex("\n".join(line.rstrip() for line in text.strip().splitlines()).encode("utf-8", "replace"))
