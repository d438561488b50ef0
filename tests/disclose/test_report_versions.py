"""A result about an earlier version of the system says nothing about the present one, and every document says so."""

import dataclasses

from report_sample import facts, sample

from tashika.disclose.render.markdown import render_markdown
from tashika.disclose.report.build import build


def _about(version: str):
    from report_sample import inputs

    changed = [dataclasses.replace(fact, system_version=version) if fact.kind == "result" else fact for fact in facts()]
    return build(inputs(facts=changed))


def test_results_about_an_earlier_version_do_not_count():
    before = sample()
    after = _about("some earlier version")
    measured = {item.id for item in before.items() if item.grade == "measured"}
    assert measured
    for item in after.items():
        if item.id in measured:
            assert item.grade != "measured", item.id
            assert not item.figures, item.id
    codes = {row.code for item in after.items() for row in item.requirements}
    assert "older-version" in codes


def test_the_report_says_which_statements_are_about_another_version():
    report = _about("some earlier version")
    assert all(row.other_version for row in report.evidence if row.kind == "result")
    assert not any(row.other_version for row in report.evidence if row.kind == "record")
    text = render_markdown(report).decode()
    assert "is about another version of the system" in text
    assert "このシステムの別の版に関するもの" in text


def test_results_about_this_version_count():
    report = _about(sample().system.version)
    assert not any(row.other_version for row in report.evidence)
    assert {item.id: item.state for item in report.items()} == {item.id: item.state for item in sample().items()}
