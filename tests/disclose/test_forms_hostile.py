"""Broken and hostile Word files: every one ends in an error of ours, quickly."""

import io
import struct
import time
import zipfile

import form_sample as fs
import pytest
from form_sample import build, with_body, with_part
from hypothesis import given, settings
from hypothesis import strategies as st

from tashika.catalogue.loader import load
from tashika.core.errors import TashikaError, TooLargeError
from tashika.disclose.answers.forms import limits
from tashika.disclose.answers.forms.errors import NotAWordFileError, UnsafeWordFileError
from tashika.disclose.answers.forms.pin import read_form_bytes

CATALOGUE = load()
BLANK = build()


def read(data: bytes):
    return read_form_bytes(data, CATALOGUE, name="form.docx")


def refused(data: bytes, error: type[TashikaError], words: str):
    with pytest.raises(error) as caught:
        read(data)
    assert words in str(caught.value), str(caught.value)


def test_not_a_word_file():
    for data in (b"", b"hello", b"%PDF-1.7", b"PK", b"PK\x03\x04", b"PK\x03\x04" + b"\x00" * 200):
        refused(data, NotAWordFileError, "form.docx")
    refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, NotAWordFileError, "password")


def test_a_zip_without_a_document():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "hello")
    refused(out.getvalue(), NotAWordFileError, "word/document.xml")


def test_truncated_at_every_place():
    for end in range(0, len(BLANK) - 1, max(len(BLANK) // 40, 1)):
        with pytest.raises(TashikaError):
            read(BLANK[:end])


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes(data):
    for whole in (data, b"PK\x03\x04" + data, BLANK[: len(BLANK) // 2] + data):
        with pytest.raises(TashikaError):
            read(whole)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(BLANK) - 1), st.integers(1, 255))
def test_one_changed_byte_gives_a_form_or_our_error(at, change):
    data = bytearray(BLANK)
    data[at] ^= change
    try:
        read(bytes(data))
    except TashikaError:
        return


def test_zip_bomb():
    start = time.monotonic()
    refused(with_part(BLANK, "word/media/x.png", b"\0" * (30 * 1024 * 1024)), UnsafeWordFileError, "zip bomb")
    refused(with_part(BLANK, "word/document.xml", b" " * (33 * 1024 * 1024)), TooLargeError, "unpacks")
    assert time.monotonic() - start < 5


def test_a_size_that_lies():
    """The table says 10 bytes; what is unpacked is counted, not believed."""
    bomb = with_part(BLANK, "word/document.xml", b"<a>" + b" " * 3_000_000 + b"</a>")
    data = bytearray(bomb)
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        name = bytes(data[at + 46 : at + 46 + struct.unpack_from("<H", data, at + 28)[0]])
        if name == b"word/document.xml":
            struct.pack_into("<I", data, at + 24, 10)
        at = data.find(b"PK\x01\x02", at + 4)
    with pytest.raises(TashikaError):
        read(bytes(data))


def test_many_members():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(limits.MEMBERS + 1):
            archive.writestr(f"m{number}", b"")
    refused(out.getvalue(), TooLargeError, "members")


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/passwd", "word\\document.xml", "C:/x", "word/../../x", "a//b", "./x"]
)
def test_names_that_leave_their_folder(name):
    refused(with_part(BLANK, name, b"x"), UnsafeWordFileError, "unsafe path")


def test_two_members_of_one_name():
    out = io.BytesIO(with_part(BLANK, "word/Document.xml", b"<w/>"))
    refused(out.getvalue(), UnsafeWordFileError, "two members")


@pytest.mark.parametrize("name", ["word/vbaProject.bin", "word/activeX/activeX1.xml", "word/embeddings/oleObject1.bin"])
def test_macros_and_objects(name):
    refused(with_part(BLANK, name, b"x"), UnsafeWordFileError, "macro")


def test_a_document_with_macros_by_its_type():
    types = b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
    refused(with_part(BLANK, "[Content_Types].xml", types), UnsafeWordFileError, ".docm")


def test_a_member_under_a_password():
    data = bytearray(BLANK)
    at = data.find(b"PK\x01\x02")
    struct.pack_into("<H", data, at + 8, 1)
    refused(bytes(data), NotAWordFileError, "password")


def test_an_odd_compression():
    refused(with_part(BLANK, "x.xml", b"<x/>" * 9, compress=zipfile.ZIP_LZMA), UnsafeWordFileError, "compression")


LAUGHS = (
    '<!DOCTYPE w:document [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE w:document [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("prolog", [LAUGHS, OUTSIDE, "<!DOCTYPE x>", '<!DOCTYPE x SYSTEM "http://x.example/x.dtd">'])
def test_entities(prolog):
    data = with_body("<w:p><w:r><w:t>Q1. What?</w:t></w:r></w:p>", prolog=prolog)
    refused(data, UnsafeWordFileError, "document type")
    styles = b"<?xml version='1.0'?>" + prolog.encode() + b"<w:styles/>"
    refused(with_part(BLANK, "word/styles.xml", styles), UnsafeWordFileError, "document type")


@pytest.mark.parametrize(
    "nested",
    [
        ("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"),
        ("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>"),
        ("<w:ins>", "</w:ins>"),
        ("<x>", "</x>"),
    ],
)
def test_deep_nesting(nested):
    opened, closed = nested
    paragraph = "<w:p><w:r><w:t>Q1. What?</w:t></w:r></w:p>"
    refused(with_body(opened * 5000 + paragraph + closed * 5000), TooLargeError, "deeper")
    depth = 110 // opened.count("<")  # just below the limit: read without trouble
    if opened != "<x>":  # an unknown element hides what is in it
        assert len(read(with_body(opened * depth + paragraph + closed * depth)).form.questions) == 1


def test_text_boxes_in_text_boxes_are_read_once():
    opened = "<w:p><w:r><w:drawing><w:txbxContent>"
    closed = "</w:txbxContent></w:drawing></w:r></w:p>"
    start = time.monotonic()
    found = read(with_body(opened * 28 + "<w:p><w:r><w:t>Q1. What?</w:t></w:r></w:p>" + closed * 28))
    assert len(found.form.questions) == 1
    assert time.monotonic() - start < 2


def test_too_many_elements_and_lines():
    refused(with_body("<w:p/>" * (limits.LINES + 1), compress=zipfile.ZIP_STORED), TooLargeError, "paragraphs")
    refused(
        with_body("<w:p>" + "<w:r/>" * limits.XML_NODES + "</w:p>", compress=zipfile.ZIP_STORED),
        TooLargeError,
        "elements",
    )


def test_broken_xml_and_wrong_roots():
    for content in (b"<a", b"", b"\xff\xfe\x00", b"<w:document/>", b"<?xml version='1.0' encoding='utf-77'?><a/>"):
        refused(with_part(BLANK, "word/document.xml", content), NotAWordFileError, "form.docx")


def test_long_words_and_labels_are_bounded():
    start = time.monotonic()
    body = (
        f"<w:p><w:r><w:t>Q1. {'a ' * 200_000}?</w:t></w:r></w:p><w:p><w:r><w:t>☐ {'b' * 300_000}</w:t></w:r></w:p>"
        f"<w:p><w:r><w:t>Recommended for: {'(x' * 100_000}</w:t></w:r></w:p>"
        f"<w:p><w:r><w:t>({'(Actions 1' * 20_000}</w:t></w:r></w:p>"
    )
    found = read(with_body(body, compress=zipfile.ZIP_STORED))
    assert max(len(q.text.en) for q in found.form.questions) <= limits.TEXT
    assert "cut" in {note.why for note in found.notes}
    assert time.monotonic() - start < 5


def test_hidden_text_is_left_out_and_said():
    run = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>Q2. Hidden?</w:t></w:r>"
    found = read(with_body(f"<w:p><w:r><w:t>Q1. What?</w:t></w:r></w:p><w:p>{run}</w:p>"))
    assert len(found.form.questions) == 1
    assert [(note.why, note.text) for note in found.notes] == [("hidden-text", "11")]


def test_text_that_reorders_itself_is_shown_as_it_is():
    found = read(fs.paragraphs("Q1. What\u202e? \u200bnow?", "☐ yes\u2066"))
    question = found.form.questions[0]
    assert question.text.en == "What? now?"
    assert question.options[0].text.en == "yes"


def test_fields_that_never_end():
    open_field = '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:textInput/></w:ffData></w:fldChar></w:r>'
    start = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    body = f"<w:p><w:r><w:t>Q1. What?</w:t></w:r></w:p><w:p>{open_field * 50}{start}<w:r><w:t>text</w:t></w:r></w:p>"
    found = read(with_body(body + '<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>' * 60))
    assert found.form.questions[0].number == "1"
