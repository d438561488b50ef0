"""An old answer stays tied to the old text: pins are added, never rewritten."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tashika.catalogue.catalogue import Catalogue
from tashika.catalogue.errors import ChangedTextError
from tashika.catalogue.loader import load
from tashika.catalogue.model import Bilingual, Question
from tashika.catalogue.pins import digests, pinned_again, read_pins, unpinned


def _changed() -> Catalogue:
    base = load()
    item = base.items["A1.1"].model_copy(update={"text": Bilingual(en="Other words.", ja="別の言葉。")})
    return replace(base, items={**base.items, "A1.1": item})


def test_every_text_of_this_version_is_pinned() -> None:
    assert read_pins()[load().version] == digests(load())


def test_a_changed_text_needs_a_new_version() -> None:
    with pytest.raises(ChangedTextError, match=r"items\[A1.1\]"):
        pinned_again(_changed(), read_pins())
    renewed = replace(_changed(), version="2027.01")
    pins = pinned_again(renewed, read_pins())
    assert pins["2026.11"] == read_pins()["2026.11"]
    assert pins["2027.01"]["items[A1.1]"] != pins["2026.11"]["items[A1.1]"]
    assert list(unpinned(renewed, pins)) == []


def test_replacing_is_said_aloud() -> None:
    pins = pinned_again(_changed(), read_pins(), replace=True)
    assert list(unpinned(_changed(), pins)) == []
    assert len(list(unpinned(load(), pins))) == 1


def _question(base: Question, **changes: object) -> str:
    return base.model_copy(update=changes).text_digest


def test_a_question_is_tied_to_text_type_and_options() -> None:
    base = load().questions["v1:1a"]
    assert base.text_digest == _question(base, actions=(), roles=("user",))
    assert base.text_digest != _question(base, type="choice")
    assert base.text_digest != _question(base, text=Bilingual(en=base.text.en, ja=base.text.ja + "?"))


@given(en=st.text(min_size=1, max_size=20), ja=st.text(min_size=1, max_size=20))
def test_digest_is_a_function_of_both_languages(en: str, ja: str) -> None:
    base = load().items["A1.1"]
    text = Bilingual.model_construct(en=en, ja=ja)
    swapped = Bilingual.model_construct(en=ja, ja=en)
    digest = base.model_copy(update={"text": text}).text_digest
    assert digest == base.model_copy(update={"text": text}).text_digest
    assert (digest == base.model_copy(update={"text": swapped}).text_digest) == (en == ja)
