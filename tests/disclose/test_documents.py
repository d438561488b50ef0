"""The list of documents: deterministic, without PDFs when they are not wanted, open to third parties."""

from importlib.metadata import EntryPoint

import pytest
from report_sample import sample

from tashika.catalogue.loader import load
from tashika.disclose import documents as module
from tashika.disclose.documents import Source, documents
from tashika.disclose.errors import RenderError


def summary(source: Source) -> dict[str, bytes]:
    """A document of a third party."""
    return {"summary.csv": "".join(f"{item.id},{item.state}\n" for item in source.report.items()).encode()}


def clash(_source: Source) -> dict[str, bytes]:
    """One that wants a name of ours."""
    return {"report.html": b""}


def escape(_source: Source) -> dict[str, bytes]:
    """One that wants to write elsewhere."""
    return {"../elsewhere": b""}


def install(monkeypatch, function):
    point = EntryPoint(name="extra", value=f"{__name__}:{function.__name__}", group=module.ENTRY_POINTS)
    monkeypatch.setattr(EntryPoint, "load", lambda _self: function)
    monkeypatch.setattr(module, "entry_points", lambda group: [point] if group == module.ENTRY_POINTS else [])


@pytest.fixture
def source() -> Source:
    return Source(report=sample(), catalogue=load(), pdf=False)


def test_the_same_report_gives_the_same_bytes(source):
    assert documents(source) == documents(source)


def test_no_pdf_when_none_is_wanted(source):
    assert not [name for name in documents(source) if name.endswith(".pdf")]


def test_a_third_party_adds_a_document(source, monkeypatch):
    install(monkeypatch, summary)
    assert documents(source)["summary.csv"].startswith(b"A1.1,")


@pytest.mark.parametrize("function", [clash, escape])
def test_a_third_party_takes_no_name_of_ours(source, monkeypatch, function):
    install(monkeypatch, function)
    with pytest.raises(RenderError, match="wants the file name"):
        documents(source)
