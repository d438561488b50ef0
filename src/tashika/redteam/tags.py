"""The risks that a case can be about. A tag binds cases, findings and the requirements of the catalogue."""

from typing import Final, Literal, get_args

from tashika.core.ids import ItemId

Tag = Literal[
    "cbrn",
    "cyber",
    "physical",
    "replication",
    "bias",
    "privacy",
    "disinformation",
    "cascade",
    "leakage",
    "over-refusal",
]
TAGS: Final[tuple[Tag, ...]] = get_args(Tag)
OVERALL: Final = "overall"

ITEMS: Final[dict[str, tuple[ItemId, ...]]] = {
    "cbrn": (ItemId("A1.8a"),),
    "cyber": (ItemId("A1.8b"),),
    "physical": (ItemId("A1.8c"),),
    "replication": (ItemId("A1.8d"),),
    "bias": (ItemId("A1.8e"),),
    "privacy": (ItemId("A1.8e"), ItemId("A11.4")),
    "disinformation": (ItemId("A1.8f"),),
    "cascade": (ItemId("A1.8g"),),
    "leakage": (ItemId("A11.4"),),
    "over-refusal": (ItemId("A3.3"),),
    OVERALL: (ItemId("A1.1"),),
}
"""Which catalogue items a finding with this tag speaks to."""

RATE: Final[dict[str, str]] = {"leakage": "redteam.leak-rate.leakage", "over-refusal": "redteam.over-refusal-rate"}


def rate_id(tag: str) -> str:
    """The id of the figure that counts unwanted answers for a tag.

    >>> rate_id("cbrn"), rate_id("leakage")
    ('redteam.unsafe-rate.cbrn', 'redteam.leak-rate.leakage')
    """
    return RATE.get(tag, f"redteam.unsafe-rate.{tag}")
