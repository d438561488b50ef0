"""Sentences over files of the repository. They say that a file is there and quote it; never that it is true."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tashika.catalogue.model import Topic
from tashika.core.text import Text
from tashika.disclose.answers.proposals.components import component_count
from tashika.disclose.answers.proposals.known import Known
from tashika.disclose.answers.proposals.model_card import front_matter, quote, sections
from tashika.disclose.answers.proposals.part import Part, same
from tashika.disclose.answers.proposals.repository import RepositoryFile
from tashika.disclose.wording import say

_HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "capabilities": ("capabilities", "model description", "model details", "overview"),
    "limits": ("limitations", "bias, risks, and limitations", "known limitations", "known issues"),
    "proper-uses": ("intended use", "intended uses", "direct use", "uses"),
    "improper-uses": ("out-of-scope use", "out of scope", "misuse", "prohibited uses"),
    "effects-and-risks": ("bias, risks, and limitations", "risks", "ethical considerations", "bias"),
    "training-data": ("training data", "data", "dataset", "datasets"),
    "readiness": ("evaluation", "testing", "results"),
    "societal-risk": ("environmental impact", "carbon emissions"),
    "deployer-instructions": ("deployment", "how to get started with the model", "installation", "usage"),
    "user-instructions": ("how to use", "usage", "quick start"),
    "privacy-policy": ("privacy", "privacy policy"),
    "security": ("security",),
}
"""Topic to the headings of a README or model card that speak about it; as model cards on public hubs name them."""
_ENTRIES: Final[Mapping[str, tuple[str, ...]]] = {
    "capabilities": ("pipeline_tag", "library_name"),
    "training-data": ("datasets", "language"),
    "intellectual-property": ("license",),
}
"""Topic to the entries of a model card's front matter."""
_CONTACT: Final = re.compile(r"^contact:[ \t]*(\S{3,300})", re.IGNORECASE | re.MULTILINE)


def from_files(topic: Topic, known: Known) -> Iterator[Part]:
    """What the repository holds that speaks about a topic."""
    for file in known.files.values():
        for said in _said(topic.id, file):
            yield Part(text=said, origin=(f"repository:{quote(file.path)}",), confidence="low")


def _said(topic: str, file: RepositoryFile) -> Iterator[Text]:
    stem = file.name.partition(".")[0].replace("_", "-")
    if stem in {"readme", "model-card", "modelcard", "datasheet", "data-card"}:
        yield from _card(topic, file)
    for names, topics, make in _RULES:
        if topic in topics and (stem in names or file.name in names or file.name.endswith(names)):
            yield from make(file)
    if topic == "readiness" and (file.path.startswith(".github/workflows/") or file.name in _PIPELINES):
        yield say("A pipeline of automatic checks is set up in {path}.", path=same(quote(file.path)))


def _card(topic: str, file: RepositoryFile) -> Iterator[Text]:
    text = file.text()
    if text is None:
        return
    entries = front_matter(text)
    for name in _ENTRIES.get(topic, ()):
        if name in entries:
            values = ", ".join(entries[name])
            yield say("{path} states {name}: {values}.", path=same(quote(file.path)), name=name, values=same(values))
    wanted = _HEADINGS.get(topic, ())
    for heading, paragraph in sections(text):
        if heading in wanted:
            yield say(
                "{path} says under “{heading}”: “{quote}”",
                path=same(quote(file.path)),
                heading=same(quote(heading)),
                quote=same(paragraph),
            )
            return


def _security_txt(file: RepositoryFile) -> Iterator[Text]:
    contacts = _CONTACT.findall(file.text() or "")[:3]
    if contacts:
        yield say(
            "A file security.txt ({path}) names where to report: {contacts}.",
            path=same(quote(file.path)),
            contacts=same(", ".join(quote(one) for one in contacts)),
        )


def _security_policy(file: RepositoryFile) -> Iterator[Text]:
    if not file.name.endswith("security.txt"):
        yield say("The repository holds a security policy: {path}.", path=same(quote(file.path)))


def _licence(file: RepositoryFile) -> Iterator[Text]:
    first = next((row.strip() for row in (file.text() or "").split("\n", 50)[:50] if row.strip()), "")
    if first:
        yield say(
            "The repository states its licence in {path}: “{first}”",
            path=same(quote(file.path)),
            first=same(quote(first)),
        )


def _privacy(file: RepositoryFile) -> Iterator[Text]:
    yield say("The repository holds a privacy policy: {path}.", path=same(quote(file.path)))


def _owners(file: RepositoryFile) -> Iterator[Text]:
    rows = [row for row in (file.text() or "").splitlines() if row.strip() and not row.lstrip().startswith("#")]
    if rows:
        yield say("{path} names who has to approve a change (rules: {n}).", path=same(quote(file.path)), n=len(rows))


def _components(file: RepositoryFile) -> Iterator[Text]:
    found = component_count(file.data)
    if found:
        yield say(
            "A list of components lies in {path} ({format}, components: {n}).",
            path=same(quote(file.path)),
            format=found[0],
            n=found[1],
        )


def _updates(file: RepositoryFile) -> Iterator[Text]:
    yield say("A tool that proposes updates of components is set up in {path}.", path=same(quote(file.path)))


_PIPELINES: Final = frozenset({".gitlab-ci.yml", "jenkinsfile"})
_RULES: Final[tuple[tuple[tuple[str, ...], tuple[str, ...], Callable[[RepositoryFile], Iterator[Text]]], ...]] = (
    (("security.txt",), ("metrics-and-reporting-channel", "external-expertise"), _security_txt),
    (("security",), ("metrics-and-reporting-channel", "vulnerability-management", "security"), _security_policy),
    (("license", "licence", "copying"), ("intellectual-property",), _licence),
    (("privacy", "privacy-policy"), ("privacy-policy", "privacy-protection"), _privacy),
    (("codeowners",), ("governance",), _owners),
    ((".cdx.json", ".spdx.json", "sbom.json", "bom.json"), ("vulnerability-management", "security"), _components),
    (("dependabot.yml", "renovate.json"), ("vulnerability-management",), _updates),
)
"""Ends or stems of names, the topics they speak about, and the sentence."""
