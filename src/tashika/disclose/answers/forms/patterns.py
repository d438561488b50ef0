"""How the form spells things, in English and Japanese: numbers, section headers, roles, places to write."""

import re
from dataclasses import dataclass
from typing import Final

from tashika.catalogue.model import ROLES, RoleId
from tashika.core.ids import ActionId

_SECTION: Final = re.compile(
    r"(?:(?:section|part)\s+([0-9]{1,2}|[ivx]{1,4})\b|第\s*([0-9]{1,2})\s*[部章節]|セクション\s*([0-9]{1,2}))[\s.:)–—-]*",
    re.IGNORECASE,
)
_ACTIONS: Final = re.compile(
    r"[(\[]\s*(?:code of conduct\s+)?(?:actions?|principles?|行動|アクション|原則)\s*[:.]?\s*([^()\[\]]{1,120})[)\]]",
    re.IGNORECASE,
)
_RANGE: Final = re.compile(r"([0-9]{1,2})\s*(?:-|–|~|to|から)\s*([0-9]{1,2})")
_PROFILE: Final = re.compile(
    r"profile|about (?:you|the|your) ?(?:organi[sz]ation)?|organi[sz]ation(?:al)? (?:information|details)"
    r"|general information|組織(?:について|の概要|情報)|基本情報|プロフィール|プロファイル",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(
    r"(?P<q>Q(?:uestion)?|設問|質問|問)?\s*\.?\s*(?P<n>[0-9]{1,3})"
    r"(?:(?P<dot>[.-])?(?P<s>[A-Z]|[0-9]{1,2}|[a-z])(?![0-9A-Za-z]))?(?P<end>\s*[.):、。|]|\s|$)"
)
_QUARTER: Final = re.compile(r"Q[1-4](?:\s*/\s*|\s+(?:of\s+)?)(?:(?:FY|CY)\s*(?:20)?[0-9]{2}|20[0-9]{2})\b")
"""A quarter of a year, as answers name it: ``Q4 2026``."""
_ROLE_LINE: Final = re.compile(
    r"[(\[]?\s*(?:recommended\s+for|推奨(?:される)?(?:対象|役割|者)?|推奨|対象(?:となる)?役割)\s*[:：]\s*(.*)",
    re.IGNORECASE,
)
_ROLE_WORDS: Final[dict[RoleId, re.Pattern[str]]] = {
    "model-developer": re.compile(r"model\s+(?:developer|provider)s?|モデルの?(?:開発|提供)者", re.IGNORECASE),
    "application-developer": re.compile(
        r"app(?:lication)?\s+(?:developer|provider)s?|アプリ(?:ケーション)?の?(?:開発|提供)者", re.IGNORECASE
    ),
    "deployer": re.compile(r"deployers?|デプロイヤー|導入者|展開者|配備者", re.IGNORECASE),
    "user": re.compile(r"\bend[- ]users?|\busers?\b|利用者|ユーザー", re.IGNORECASE),
}
_ALL_ROLES: Final = re.compile(r"\ball\b|every(?:one|body)|すべて|全て|全員|全役割", re.IGNORECASE)
_ROLE_FILLER: Final = re.compile(
    r"\(?and others where relevant\)?|\(?[^()]*(?:関連|該当)する場合[^()]*\)?|roles?|and|及び|および"
    r"|[/\s,;、,・()/+&|.。]"
    r"|\((?:/|or )?providers?\)|(?:/|or )providers?|提供者|の",
    re.IGNORECASE,
)
_ANSWER: Final = re.compile(
    r"(?:your\s+)?(?:answer|response|free[- ]text(?:\s+answer)?|comments?|回答欄?|自由記述|記述欄)\s*[:：]\s*(.*)",
    re.IGNORECASE,
)
_GUIDANCE: Final = re.compile(
    r"if\b|please\b|describe\b|specify\b|explain\b|provide\b|select\b|tick\b|choose\b|check\b|optional\b|note\b|e\.g\."
    r"|for example\b|maximum\b|max\b|up to\b|words\b|other\b|\(|\*"
    r"|※|注|例|該当|当てはまる|その他|任意|選択|記入|具体的に",
    re.IGNORECASE,
)
_PLACEHOLDER: Final = re.compile(
    r"(?:click|tap)(?:\s+or\s+tap)?\s+(?:here\s+)?to\s+enter\s+(?:text|a date)\.?|enter (?:your )?text(?: here)?\.?"
    r"|(?:ここを)?(?:クリック|タップ)(?:または(?:クリック|タップ))?して.{0,12}入力(?:してください)?[。.]?|[_.…‥＿\s-]{3,}",
    re.IGNORECASE,
)
_WIDE: Final = {0xFF01 + at: 0x21 + at for at in range(94)} | {0x3000: 0x20}
_LOCAL_NUMBER: Final = re.compile(r"[^0-9A-Za-z]+")


@dataclass(frozen=True)
class Numbered:
    """A line that starts like a question: main number, letter, and the words behind.

    Attributes:
        strong: written with ``Q`` or another word for question.
        dotted: with a dot between number and letter, or behind them.
    """

    main: int
    letter: str
    printed: str
    words: str
    strong: bool
    dotted: bool


@dataclass(frozen=True)
class Header:
    """A section header. ``numbered``: written ``Section 1`` or ``第1部``."""

    number: str
    title: str
    actions: tuple[ActionId, ...]
    numbered: bool
    profile: bool


def numbered(text: str, *, bare: bool = False) -> Numbered | None:
    """Read ``Q1. …``, ``1A …``, ``2.A …``, ``Q14.A``, ``設問1``; None for anything else.

    Args:
        text: a line.
        bare: also take ``1. …`` and ``1) …``, for forms that print no ``Q``.

    >>> numbered("Q14.A Describe").printed, numbered("1A How").letter, numbered("12 people") is None
    ('14.A', 'A', True)
    """
    folded = fold(text)
    found = _NUMBER.match(folded)
    if not found or _QUARTER.match(folded):
        return None
    strong, letter = found["q"] is not None, found["s"] or ""
    alone = bare and not letter and found["end"].strip() in {".", ")"}
    if not strong and not alone and (not letter or not letter.isupper()):
        return None
    middle = "." if found["dot"] else ""
    return Numbered(
        main=int(found["n"]),
        letter=letter.upper(),
        printed=f"{int(found['n'])}{middle if letter else ''}{letter}",
        words=text[found.end() :].strip(" .:)|\t–—-．：）　"),
        strong=strong,
        dotted=bool(found["dot"]) or bool(found["end"].strip()),
    )


def header(text: str) -> Header:
    """Read a section header, whatever the line is: callers decide whether it is one."""
    actions = actions_of(text)
    bare = _without(text, _ACTIONS) if actions else text.strip()
    found = _SECTION.match(fold(bare))
    number = next((group for group in found.groups() if group), "") if found else ""
    title = " ".join(bare[found.end() if found else 0 :].split())
    return Header(
        number=number.lower(),
        title=title or " ".join(bare.split()),
        actions=actions,
        numbered=found is not None,
        profile=_PROFILE.search(fold(bare)) is not None,
    )


def actions_of(text: str) -> tuple[ActionId, ...]:
    """The actions that a header prints: ``(Actions 1, 4, 6, 10)``, ``(行動1、4)``, ``(Principle 12)``.

    >>> actions_of("Section 1: Risks (Actions 1, 4-6 and 10)")
    ('A1', 'A4', 'A5', 'A6', 'A10')
    """
    found: list[ActionId] = []
    for group in _ACTIONS.findall(fold(text)):
        spread = _RANGE.sub(lambda pair: _spread(int(pair[1]), int(pair[2])), group)
        found += [
            ActionId("P12" if n == "12" else f"A{int(n)}")
            for n in re.findall(r"[0-9]+", spread)
            if 1 <= int(n[:4]) <= 12
        ]
    return tuple(dict.fromkeys(found))


def fold(text: str) -> str:
    """Full-width letters, digits and signs as ASCII, character by character, so that positions stay.

    >>> fold("設問１：Ｑ２")
    '設問1:Q2'
    """
    return text if text.isascii() else text.translate(_WIDE)


def _without(text: str, pattern: re.Pattern[str]) -> str:
    """The text less what the pattern finds in its folded form."""
    kept, end = [], 0
    for found in pattern.finditer(fold(text)):
        kept.append(text[end : found.start()])
        end = found.end()
    return " ".join((*kept, text[end:])).strip()


def _spread(first: int, last: int) -> str:
    return ", ".join(str(n) for n in range(first, min(last, 12) + 1))


def role_line(text: str) -> str | None:
    """What stands behind ``Recommended for:``; None for another line."""
    found = _ROLE_LINE.match(fold(text))
    return found[1] if found else None


def roles_in(text: str) -> tuple[tuple[RoleId, ...], str]:
    """The roles that a text names, in the catalogue's order, and what of it was not understood."""
    rest = fold(text)
    found = tuple(role for role in ROLES if _ROLE_WORDS[role].search(rest))
    for pattern in _ROLE_WORDS.values():
        rest = pattern.sub(" ", rest)
    if not found and _ALL_ROLES.search(rest):
        found = tuple(role for role in ROLES if role != "user")
    rest = _ROLE_FILLER.sub("", _ALL_ROLES.sub(" ", rest))
    return found, rest


def answer_mark(text: str) -> str | None:
    """What stands behind ``Answer:``; None for another line."""
    found = _ANSWER.fullmatch(fold(text))
    return text[found.start(1) :].strip() if found else None


def guidance(text: str) -> bool:
    """Whether a plain line speaks to the person who fills in the form."""
    folded = fold(text)
    return folded.endswith((":", "?", "...", "…")) or _GUIDANCE.match(folded) is not None


def placeholder_text(text: str) -> bool:
    """Whether a line only marks a place to write."""
    return _PLACEHOLDER.fullmatch(text) is not None


def local_number(printed: str) -> str:
    """A printed number as the second half of a question id: ``(before 14)`` → ``before-14``."""
    parts = [_LOCAL_NUMBER.sub("-", one).strip("-") for one in printed.split(".")]
    local = ".".join(part for part in parts if part)[:32].strip("-.")
    return local.lower() if ":" in printed else local


def same_number(printed: str) -> str:
    """One spelling of a number, to find it in another form: ``2.A`` and ``2A`` are one."""
    return _LOCAL_NUMBER.sub("", printed).lower()
