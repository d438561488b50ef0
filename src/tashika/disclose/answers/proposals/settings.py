"""Sentences over ``tashika.toml``: what the organisation already said about itself and its system."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tashika.catalogue.model import Topic
from tashika.core.text import Text
from tashika.disclose.answers.proposals.known import Known
from tashika.disclose.answers.proposals.part import Part, same, sentences
from tashika.disclose.wording import say


def from_settings(topic: Topic, known: Known) -> Iterator[Part]:
    """What the settings say to a topic; most topics have nothing there."""
    if topic.id in _MAKERS:
        yield from _MAKERS[topic.id](known)


def _profile(known: Known) -> Iterator[Part]:
    one = known.config.organisation
    roles = [known.catalogue.roles[role].title for role in one.roles]
    said = [
        say(
            "{name} answers as: {roles}.",
            name=Text(one.name.en, one.name.ja),
            roles=Text(", ".join(role.en for role in roles), "、".join(role.ja for role in roles)),
        ),
        say("This report is about: {systems}.", systems=_systems(known)),
    ]
    if one.size:
        said.append(say("People who work here: {size}.", size=_size(one.size)))
    if one.url:
        said.append(say("Address: {url}", url=same(one.url)))
    origins = ["organisation.name", "organisation.roles", "systems"]
    origins += [f"organisation.{name}" for name in ("size", "url") if getattr(one, name)]
    yield Part(
        text=sentences(said),
        origin=tuple(f"workspace:{name}" for name in origins),
        confidence="low",
        options=(*one.roles, *([one.size] if one.size else [])),
    )


def _systems(known: Known) -> Text:
    shown = [known.system] if known.system else list(known.config.systems)
    names = [Text(f"{one.name.en} {one.version}", f"{one.name.ja} {one.version}") for one in shown]
    return Text(en=", ".join(name.en for name in names), ja="、".join(name.ja for name in names))


def _size(size: str) -> Text:
    if size == "250-or-more":
        return say("250 or more")
    low, _, high = size.partition("-")
    return say("{low} to {high}", low=low, high=high)


def _contact(known: Known) -> Iterator[Part]:
    if contact := known.config.organisation.contact:
        text = say("Anyone can report a flaw or challenge a claim at {contact}.", contact=same(contact))
        yield Part(text=text, origin=("workspace:organisation.contact",), confidence="low")


def _description(known: Known) -> Iterator[Part]:
    if known.system and (said := known.system.description):
        text = Text(said.en, said.ja)
        yield Part(text=text, origin=(f"workspace:systems.{known.system.id}.description",), confidence="low")


def _notice(known: Known) -> Iterator[Part]:
    if known.system and (said := known.system.notice):
        text = Text(said.en, said.ja)
        yield Part(text=text, origin=(f"workspace:systems.{known.system.id}.notice",), confidence="low")


_MAKERS: Final[Mapping[str, Callable[[Known], Iterator[Part]]]] = {
    "profile": _profile,
    "metrics-and-reporting-channel": _contact,
    "capabilities": _description,
    "limits": _notice,
}
