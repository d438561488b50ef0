"""The Japanese catalogue is complete, in step with the source, and Japanese."""

import importlib.util
import re
from pathlib import Path

import pytest

from tashika.core.text import translator
from tashika.ui import labels

ROOT = Path(__file__).resolve().parents[2]
SAME = {"{title} {value} (n = {n})", "{value} ({method})"}
"""Sentences that are the same in both languages."""


@pytest.fixture(scope="module")
def messages():
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_nothing_is_untranslated_and_both_files_are_in_step(messages):
    assert messages.problems() == []


def test_translations_are_japanese(messages):
    script = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
    plain = [m.id for m in messages.updated() if m.id and not script.search(m.string) and m.id not in SAME]
    assert plain == [
        "{sign} {value}: {result} ({source})",
        "{value} ({interval}, n = {n}, {method})",
        "{n} {state}",
    ] or all(re.fullmatch(r"[^a-z]*(\{[a-z]+\}[^a-z]*)+", re.sub(r"\bn\b", "", one)) for one in plain)


def test_words_of_values_come_from_the_catalogue():
    assert labels.word(labels.STATES, "gap", "ja") == "未充足"
    assert labels.word(labels.STATES, "gap", "en") == "not met"
    assert labels.word(labels.STATES, "unheard-of", "ja") == "unheard-of"
    assert translator("ja")("Limits") == "限界"
