"""Secret scanning: every kind of credential is found wherever it stands; what we publish ourselves is not.

All credentials are put together while the tests run: none may stand in the text of the repository.
"""

import base64
import gzip
import io
import json
import random
import string
import time
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publish_world import Lab

from tashika.core.credential_shapes import SHAPES
from tashika.core.credentials import find_secret
from tashika.disclose.publish import layers as layers_module
from tashika.disclose.publish.errors import PrivatePartError, UnsearchableError
from tashika.disclose.publish.layers import layers
from tashika.disclose.publish.private import PrivateParts

RNG = random.Random(4711)
ALNUM = string.ascii_letters + string.digits


def some(count: int, letters: str = ALNUM) -> str:
    """Random characters; among letters and digits, each kind occurs."""
    last = "aB7" if letters == ALNUM else ""
    return "".join(RNG.choices(letters, k=count - len(last))) + last


def b64url(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


UPPER32 = string.ascii_uppercase + "234567"
HEX = "0123456789abcdef"
MADE_UP = {
    "an AWS access key": "AKIA" + some(16, UPPER32),
    "an AWS secret key": "aws_secret_access_key = " + some(40),
    "a GitHub token": "ghp_" + some(36),
    "a GitHub token (fine-grained)": "github_pat_" + some(22) + "_" + some(59),
    "a GitLab token": "glpat-" + some(20),
    "a Slack token": "xoxb-" + some(12, string.digits) + "-" + some(24),
    "a Slack webhook": "https://hooks.slack.com/services/T"
    + some(8, UPPER32)
    + "/B"
    + some(8, UPPER32)
    + "/"
    + some(24),
    "a Discord webhook": "https://discord.com/api/webhooks/" + some(18, string.digits) + "/" + some(68),
    "an Anthropic key": "sk-ant-" + "api03-" + some(90) + "-" + some(8),
    "an OpenAI key": "sk-" + "proj-" + some(74),
    "an OpenAI key (old)": "sk-" + some(48),
    "a Google API key": "AIza" + some(35),
    "a Google OAuth secret": "GOCSPX-" + some(28),
    "a Hugging Face token": "hf_" + some(34),
    "a Stripe key": "sk_live_" + some(24),
    "a Stripe key (webhook)": "whsec_" + some(32),
    "a Groq key": "gsk_" + some(52),
    "an xAI key": "xai-" + some(80),
    "a Replicate token": "r8_" + some(37),
    "an npm token": "npm_" + some(36),
    "a PyPI token": "pypi-AgE" + some(90),
    "a Docker token": "dckr_pat_" + some(27),
    "a DigitalOcean token": "dop_v1_" + some(64, HEX),
    "a Databricks token": "dapi" + some(32, HEX),
    "a SendGrid key": "SG." + some(22) + "." + some(43),
    "a Vault token": "hvs." + some(90),
    "a Terraform token": some(14) + ".atlasv1." + some(67),
    "a Telegram bot token": some(10, string.digits) + ":AA" + some(33),
    "a JSON web token": ".".join((b64url({"alg": "HS256"}), b64url({"sub": "somebody"}), some(43))),
    "an Azure connection string": "AccountName=x;AccountKey=" + some(86) + "==;EndpointSuffix=core.windows.net",
    "an Azure access signature": "https://x.blob.core.windows.net/c?sv=2026-01-01&sr=c&sig=" + some(44),
    "an address with a password": "postgresql://reader:" + some(12) + "@db.internal:5432/x",
    "a .netrc password": "machine host.internal login me password " + some(12),
    "a login header": "Authorization: Bearer " + some(40),
    "a password (JSON)": json.dumps({"db": {"password": some(14)}}),
    "a password (JSON in JSON)": json.dumps({"text": json.dumps({"client_secret": some(30)})}),
    "a password (TOML)": f"api_key = '{some(24)}'",
    "a password (environment)": f"export OPENAI_API_KEY={some(40)}",
    "a password (query)": f"https://example.org/?access_token={some(30)}&x=1",
    "a password (Japanese)": f"パスワード: {some(12)}",
    "a private key in PEM": "-----BEGIN " + "EC PRIVATE KEY-----",
    "a PuTTY private key": "PuTTY-User-Key-File-" + "3: ssh-ed25519",
}


def kind_of(name: str) -> str:
    return name.split(" (", maxsplit=1)[0]


@pytest.mark.parametrize("name", MADE_UP)
def test_every_kind_is_found_and_named(name: str) -> None:
    text = f"Some words before.\n{MADE_UP[name]}\nand after.".encode()
    found = find_secret(text)
    assert found is not None
    assert found.kind == kind_of(name)
    assert text.count(b"\n", 0, found.start) == 1


def test_every_shape_is_tried() -> None:
    tried = {kind_of(name) for name in MADE_UP}
    elsewhere = {"an OpenSSH private key", "an age secret key", "a private key as JWK"}  # test_publish_private.py
    assert {shape.kind for shape in SHAPES if "DER" not in shape.kind} <= tried | elsewhere | {"a Google access token"}


HARMLESS = [
    "Our password policy: at least 12 characters. Never write a password into a record.",
    'password = "your-password-1234"',
    'password: "<PASSWORD1>"',
    "postgresql://user:password@localhost/x",
    "postgresql://user:${DB_PASSWORD}@localhost/x",
    "https://user@example.org:8443/a:b@c",
    "AKIA" + "IOSFODNN7EXAMPLE",
    "api_key_env = 'OPENAI_API_KEY'",
    "token budget: 4096 tokens; max_tokens=48",
    "the private key: Ed25519/PKCS8, see RFC 8410",
    "task-sk-learn-something-with-a-long-name-1",
    "sk-navigation-with-many-words-and-hyphens",
    "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA" + "A" * 42 + "\n-----END PUBLIC KEY-----",
    "sha256:" + "ab" * 32 + " " + "0123456789abcdef" * 4,
    "secret = " + json.dumps("a" * 40),
    "秘密の鍵は公開しません。パスワードは12文字以上です。",
    "machine learning, machine login or password resets",
    "Authorization: Bearer <TOKEN>",
    "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEi" + base64.b64encode(b"payload " * 20).decode(),
]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_passes(text: str) -> None:
    assert find_secret(text.encode()) is None


def test_our_own_tree_passes(tmp_path) -> None:
    lab = Lab(tmp_path)
    lab.fill()
    lab.publish()
    files = {str(path): path.read_bytes() for path in lab.tree.rglob("*") if path.is_file()}
    assert len(files) > 10
    PrivateParts().check(files)


TOKEN = MADE_UP["a GitHub token"].encode()


def docx(text: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr(
            "word/document.xml", b"<w:document><w:p><w:r><w:t>" + text + b"</w:t></w:r></w:p></w:document>"
        )
    return target.getvalue()


def pdf(text: bytes) -> bytes:
    return b"%PDF-1.7\n1 0 obj <</Filter /FlateDecode>>\nstream\r\n" + zlib.compress(text) + b"\nendstream\nendobj"


WRAPPED = {
    "plain": TOKEN,
    "base64": base64.b64encode(b"a line of text " + TOKEN + b" and more"),
    "base64 without padding": base64.urlsafe_b64encode(b"a line of text " + TOKEN + b"!").rstrip(b"="),
    "base64 in lines": base64.encodebytes(b"x" * 70 + TOKEN),
    "base64 in lines with CR": base64.encodebytes(b"x" * 70 + TOKEN).replace(b"\n", b"\r\n"),
    "base64 three times": base64.b64encode(base64.b64encode(base64.b64encode(b"text of some length " + TOKEN))),
    "gzip": gzip.compress(TOKEN),
    "two gzip": gzip.compress(b"first") + gzip.compress(TOKEN),
    "docx": docx(TOKEN),
    "docx in pieces": docx(TOKEN[:9] + b'</w:t></w:r><w:r w:rsidR="1"><w:t>' + TOKEN[9:]),
    "docx in gzip in base64": base64.b64encode(gzip.compress(docx(TOKEN))),
    "pdf": pdf(b"BT (" + TOKEN + b") Tj ET"),
    "truncated pdf": pdf(b"BT (" + TOKEN + b") Tj ET" + bytes(100))[:-25],
    "UTF-16": TOKEN.decode().encode("utf-16"),
    "HTML entities": b"<p>" + TOKEN.replace(b"_", b"&#95;") + b"</p>",
    "data address": b"<img src='data:text/plain;base64," + base64.b64encode(b"some words and " + TOKEN) + b"'>",
}


@pytest.mark.parametrize("name", WRAPPED)
def test_a_token_is_found_inside_and_never_printed(name: str) -> None:
    with pytest.raises(PrivatePartError) as caught:
        PrivateParts().check({"reports/a": b"harmless", "objects/sha256/x": WRAPPED[name]})
    error = caught.value
    assert error.where == "objects/sha256/x"
    assert "a GitHub token" in error.message
    for shown in (error.message, error.hint or "", repr(error)):
        assert TOKEN.decode() not in shown
        assert TOKEN.decode()[4:20] not in shown


def test_the_place_is_named() -> None:
    for content, place in (
        (b"one\ntwo\n" + TOKEN, "line 3 of it"),
        (docx(TOKEN), "in word/document.xml, line 1"),
        (base64.b64encode(docx(b"x" * 50 + TOKEN)), "in base64 / word/document.xml, line 1"),
    ):
        with pytest.raises(PrivatePartError) as caught:
            PrivateParts().check({"reports/x": content})
        assert f"({place})" in caught.value.message


def test_a_broken_member_hides_no_other() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("first", b"words " * 20)
        archive.writestr("second", TOKEN)
    broken = target.getvalue().replace(
        zlib.compress(b"words " * 20)[2:-4], b"\xff" * len(zlib.compress(b"words " * 20)[2:-4])
    )
    assert broken != target.getvalue()
    with pytest.raises(PrivatePartError, match="in second"):
        PrivateParts().check({"x": broken})


def bomb() -> bytes:
    return gzip.compress(bytes(30 * 2**20), compresslevel=1)


def test_bombs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers_module, "UNPACKED_BYTES", 20 * 2**20)
    monkeypatch.setattr(layers_module._Budget.__init__, "__defaults__", (20 * 2**20, 200_000))
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(30):
            archive.writestr(f"{number}", bytes(2**20))
    for content in (bomb(), many.getvalue(), b"%PDF-1.7 stream\n" + zlib.compress(bytes(30 * 2**20), 1)):
        with pytest.raises(UnsearchableError) as caught:
            PrivateParts().check({"objects/x": content})
        assert caught.value.where == "objects/x"


def test_nesting_without_end_is_refused() -> None:
    content = TOKEN + b" in words"
    for _ in range(12):
        content = gzip.compress(content)
    with pytest.raises(UnsearchableError, match="nested too deep"):
        list(layers(content))


def test_time_is_limited() -> None:
    moments = iter(range(0, 10**9, 50))
    with pytest.raises(UnsearchableError, match="too long"):
        list(
            layers(b" ".join(base64.b64encode(bytes([n]) * 60) for n in range(20)), clock=lambda: float(next(moments)))
        )


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 broken",
        docx(b"text")[:-30],
        b"PK\x05\x06" + bytes(18),
        b"\x1f\x8b broken",
        b"%PDF-1.4 stream\n\x78\x9c broken",
        b"\xff\xfe\x00",
        b"<" * 100_000,
        b"<a" * 50_000,
        b"A" * 300_000,
        b"A=" * 100_000,
        b"password=" * 30_000,
        b"://" * 50_000 + b":" * 50_000 + b"@",
        b"eyJ" * 50_000,
        b"sv=20" * 40_000,
        b"login " * 30_000,
        b"stream\n" * 30_000 + b"%PDF-",
        b"%PDF-" + b"stream\n\x78\x9c" * 20_000,
    ],
)
def test_broken_and_hostile_files_pass_quickly(content: bytes) -> None:
    start = time.process_time()
    PrivateParts().check({"objects/x": content})
    assert time.process_time() - start < 3


def test_salts_are_found_in_every_spelling(tmp_path) -> None:
    salt = bytes(RNG.randrange(256) for _ in range(32))
    (tmp_path / "opening.json").write_text(json.dumps({"content": {"en": "x"}, "salt": salt.hex()}))
    other = bytes(RNG.randrange(256) for _ in range(32))
    (tmp_path / "samples.jsonl").write_text(json.dumps({"salt": base64.b64encode(other).decode(), "sample": {}}) + "\n")
    parts = PrivateParts(folders=[tmp_path])
    for one in (salt, other):
        for content in (
            one.hex().encode(),
            b"x " + base64.b64encode(one) + b" y",
            b'{"salt":"' + one.hex().encode() + b'"}',
        ):
            with pytest.raises(PrivatePartError, match="salt"):
                parts.check({"objects/x": content})
    parts.check({"objects/x": b"ab" * 32})


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_bytes_have_an_answer(content: bytes) -> None:
    wrapped = (content, gzip.compress(content), docx(content), pdf(content), base64.b64encode(content))
    for one in wrapped:
        for layer in layers(one):
            find_secret(layer.content)


@given(st.binary(min_size=33, max_size=300))
def test_base64_comes_out_as_it_went_in(content: bytes) -> None:
    assert any(layer.content == content for layer in layers(b'{"x":"' + base64.b64encode(content) + b'"}'))


def test_three_thousand_files_take_seconds() -> None:
    """30 MB; the limit is generous for a busy machine. Measured: see docs/guides/publish-and-verify.md."""
    rows = [
        {"id": RNG.randbytes(32).hex(), "text": "A sentence about risks and how they are found. " * 4}
        for _ in range(60)
    ]
    files = {}
    for number in range(3000):
        payload = base64.b64encode(json.dumps([number, rows[number % 20 :][:12]]).encode()).decode()
        files[f"objects/{number}"] = json.dumps(
            {"payload": payload, "sig": RNG.randbytes(64).hex(), "rows": rows[:8]}
        ).encode()
    assert sum(map(len, files.values())) > 15_000_000
    start = time.process_time()
    PrivateParts().check(files)
    assert time.process_time() - start < 5


@pytest.mark.parametrize("word", ["pwd", "pWd", "PWD"])
@pytest.mark.parametrize("at", [0, 20, 38, 40])
@pytest.mark.parametrize("times", [0, 1, 2])
def test_the_padding_of_base64_is_no_setting(word: str, at: int, times: int) -> None:
    """Hashes and signatures in proofs hold any three letters, and end in an equals sign before the next line."""
    row = (b64_row()[:at] + word + b64_row())[:43] + "="
    text = "c2sp.org/tlog-proof@v1\nindex 7\n" + f"{row}\n" * 3 + f"\n— origin {row}=\n"
    for _ in range(times):
        text = json.dumps({"proof": text, "sig": row})
    assert find_secret(text.encode()) is None


def b64_row() -> str:
    return base64.b64encode(RNG.randbytes(32)).decode()
