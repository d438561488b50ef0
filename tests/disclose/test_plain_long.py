"""Hundreds of reports of every length through the two-page PDF."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_worlds import answered_report, recorded_report, stretched, untested_report
from test_plain import pages, texts

from tashika.disclose.render.plain import two_pages
from tashika.disclose.render.view import printable


@pytest.mark.soak
@pytest.mark.timeout(900)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    texts=texts,
    times=st.integers(1, 20_000),
    world=st.sampled_from([answered_report, recorded_report, untested_report]),
    lang=st.sampled_from(["en", "ja"]),
)
def test_two_pages_suffice_for_any_report(texts, times, world, lang):
    assert pages(two_pages(printable(stretched(world(), texts, times=times)), lang)) <= 2
