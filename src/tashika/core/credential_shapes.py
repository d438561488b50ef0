"""The shapes of credentials: what well-known services give out, private keys, and passwords in the open.

Sources: the services' own descriptions of their keys; RFC 5958, 7468 and 8410 (keys), RFC 7517 (JWK), RFC 7519 (JWT),
RFC 3986 (user information in an address), the manual of netrc.
"""

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

WORD_BYTES: Final = frozenset(bytes([one]) for one in range(128) if chr(one).isalnum() or chr(one) in "_-")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One kind.

    Attributes:
        kind: as a person calls it.
        anchors: one of these has to be there.
        pattern: starts with a literal, so that looking for it is quick.
        check: looks at what the pattern's named group caught.
        any_case: anchors and pattern are in lower case, and looked for in lower case.
        word: no letter, digit, underscore or hyphen may stand before (a lookbehind would be slow).
    """

    kind: str
    anchors: tuple[bytes, ...]
    pattern: re.Pattern[bytes]
    check: Callable[[bytes], bool] | None = None
    any_case: bool = False
    word: bool = False


def _shape(
    kind: str,
    anchors: str,
    pattern: str,
    check: Callable[[bytes], bool] | None = None,
    *,
    any_case: bool = False,
    word: bool = False,
) -> Shape:
    literals = tuple(one.encode() for one in anchors.split())
    compiled = re.compile(pattern.encode(), re.DOTALL)
    return Shape(kind=kind, anchors=literals, pattern=compiled, check=check, any_case=any_case, word=word)


def _token(kind: str, anchors: str, pattern: str, check: Callable[[bytes], bool] | None = None) -> Shape:
    """A token that a service gives out: a word of its own."""
    return _shape(kind, anchors, pattern, check, word=True)


def _der(kind: str, anchor: bytes, pattern: bytes) -> Shape:
    return Shape(kind=kind, anchors=(anchor,), pattern=re.compile(pattern, re.DOTALL))


def _varied(value: bytes) -> bool:
    """Shannon entropy of 3 bits a byte, where an English word of this length has about 2.5."""
    return -sum(n / len(value) * math.log2(n / len(value)) for n in Counter(value).values()) >= 3.0


def _mixed(value: bytes) -> bool:
    """Upper case, lower case and digits, as random keys have and words with hyphens have not."""
    return all(re.search(kind, value) for kind in (rb"[a-z]", rb"[A-Z]", rb"[0-9]")) and _varied(value)


def _password(value: bytes) -> bool:
    """Digits among other characters, varied, and not what documentation writes in the place of a password."""
    return bool(re.search(rb"[0-9]", value) and re.search(rb"[^0-9]", value)) and _varied(value) and _real(value)


def _real(value: bytes) -> bool:
    return not _PLACEHOLDER.search(value)


def _numbered(value: bytes) -> bool:
    return bool(re.search(rb"[0-9]", value))


_PLACEHOLDER: Final = re.compile(
    rb"[<>{}$*]|(.)\1{5}|example|placeholder|changeme|your[-_]|redacted|^(?:pass|passwd|password|pwd|secret|user)$",
    re.IGNORECASE,
)
_END: Final = r"(?![A-Za-z0-9_])"
_QUOTE: Final = r"\\?[\"']"
# In quotes, with spaces around the sign; or right behind an equals sign, as in settings and addresses. An equals sign
# before a line's end inside JSON, or before another one, is the padding of base64: any three letters stand in that.
_VALUE: Final = (
    rf"(?:{_QUOTE}?\s{{0,4}}(?:=>|:=|[:=])\s{{0,4}}{_QUOTE}(?P<quoted>[^\"'\s\\]{{8,200}}){_QUOTE}"
    r"|[a-z0-9_]{0,20}=(?P<v>(?![\\=])[^\s\"'#&;<>]{12,200}))"
)
# What a password is called: a literal, and what may follow it.
_NAMES: Final = (
    ("password", ""),
    ("passwd", ""),
    ("passphrase", ""),
    ("pwd", ""),
    ("secret", "(?:[-_]?(?:access[-_]?)?key)?"),
    ("api_key", ""),
    ("api-key", ""),
    ("apikey", ""),
    ("access", "[-_]?(?:key|token)"),
    ("private", "[-_]?key"),
    ("token", ""),
)

_KEYS: Final = (
    _shape("a private key in PEM", "PRIVATE", r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"),
    _shape("an OpenSSH private key", "openssh-key-v1", r"openssh-key-v1\0"),
    _shape("a PuTTY private key", "PuTTY-User-Key-File-", r"PuTTY-User-Key-File-[0-9]:"),
    _shape("an age secret key", "age-secret-key-1", r"age-secret-key-1[0-9a-z]{20}", any_case=True),
    _shape("a private key as JWK", '"d"', r'"d"\s*:\s*"[A-Za-z0-9_-]{42,}"'),
    # PKCS#8 (RFC 5958, RFC 8410): version 0 or 1, the Ed25519 or X25519 algorithm, an octet string in an octet string.
    _der(
        "an Ed25519 private key in DER",
        b"\x06\x03\x2b\x65",
        rb"\x30.\x02\x01[\x00\x01]\x30\x05\x06\x03\x2b\x65[\x6e\x70]\x04\x22\x04\x20",
    ),
    # PKCS#8 with id-ecPublicKey (RFC 5915 inside): the same frame around another algorithm.
    _der(
        "an EC private key in DER",
        b"\x2a\x86\x48\xce\x3d\x02\x01",
        rb"\x30.{1,2}\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01.{10}\x04.{1,2}\x30",
    ),
    # PKCS#8 with rsaEncryption (RFC 8017); a public key has a bit string (03) in the place of 04.
    _der(
        "an RSA private key in DER",
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01",
        rb"\x02\x01\x00\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x04.{1,3}\x30",
    ),
)

_TOKENS: Final = (
    _token("an AWS access key", "AKIA ASIA", rf"(?P<v>A(?:KIA|SIA)[A-Z2-7]{{16}}){_END}", _real),
    _shape("a GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{36,255}"),
    _shape("a GitHub token", "github_pat_", r"github_pat_[A-Za-z0-9_]{60,255}"),
    _shape("a GitLab token", "glpat- gldt- glrt- glptt-", r"gl(?:pat|dt|rt|ptt)-[A-Za-z0-9_-]{20,}"),
    _token("a Slack token", "xox", r"xox[abeoprs]-(?P<v>[A-Za-z0-9-]{10,})", _numbered),
    _token("a Slack token", "xapp-", r"xapp-(?P<v>[A-Za-z0-9-]{10,})", _numbered),
    _shape(
        "a Slack webhook", "hooks.slack.com/", r"hooks\.slack\.com/[a-z]{1,20}/T[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9]{8,}"
    ),
    _shape("a Discord webhook", "/api/webhooks/", r"/api/webhooks/[0-9]{10,}/[A-Za-z0-9_-]{40,}"),
    _shape("an Anthropic key", "sk-ant-", r"sk-ant-[a-z0-9]{2,10}-[A-Za-z0-9_-]{20,}"),
    _token("an OpenAI key", "sk-", r"sk-(?P<v>[A-Za-z0-9_-]{20,})", _mixed),
    _token("a Google API key", "AIza", r"AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    _shape("a Google OAuth secret", "GOCSPX-", r"GOCSPX-[A-Za-z0-9_-]{20,}"),
    _token("a Google access token", "ya29.", r"ya29\.[A-Za-z0-9_-]{20,}"),
    _token("a Hugging Face token", "hf_", rf"hf_(?P<v>[A-Za-z0-9]{{30,}}){_END}", _varied),
    _shape("a Stripe key", "_live_ _test_", r"[rs]k_(?:live|test)_[A-Za-z0-9]{20,}"),
    _shape("a Stripe key", "whsec_", r"whsec_[A-Za-z0-9]{20,}"),
    _token("a Groq key", "gsk_", r"gsk_[A-Za-z0-9]{40,}"),
    _token("an xAI key", "xai-", r"xai-(?P<v>[A-Za-z0-9]{40,})", _mixed),
    _token("a Replicate token", "r8_", rf"r8_[A-Za-z0-9]{{37}}{_END}"),
    _token("an npm token", "npm_", rf"npm_[A-Za-z0-9]{{36}}{_END}"),
    _shape("a PyPI token", "pypi-AgE", r"pypi-AgE[A-Za-z0-9_-]{50,}"),
    _shape("a Docker token", "dckr_", r"dckr_[po]at_[A-Za-z0-9_-]{20,}"),
    _shape("a DigitalOcean token", "_v1_", r"do[por]_v1_[a-f0-9]{64}"),
    _token("a Databricks token", "dapi", rf"dapi[a-f0-9]{{32}}(?:-[0-9])?{_END}"),
    _token("a SendGrid key", "SG.", r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}"),
    _token("a Vault token", "hvs.", r"hvs\.[A-Za-z0-9_-]{24,}"),
    _shape("a Terraform token", ".atlasv1.", r"\.atlasv1\.[A-Za-z0-9_-]{60,}"),
    _shape("a Telegram bot token", ":AA", r":AA(?P<v>[A-Za-z0-9_-]{33})(?![A-Za-z0-9_-])", _mixed),
    _token("a JSON web token", "eyJ", r"eyJ[A-Za-z0-9_-]{8,1000}+\.eyJ[A-Za-z0-9_-]{8,16000}+\.[A-Za-z0-9_-]{16,}"),
    _shape("an Azure connection string", "accountkey=", r"accountkey=[a-z0-9+/]{40,}", any_case=True),
    _shape("an Azure connection string", "sharedaccesskey=", r"sharedaccesskey=[a-z0-9+/]{40,}", any_case=True),
    _shape("an Azure access signature", "sig=", r"sv=20[0-9-]{8}&[^\s\"'<>]{0,400}?sig=[A-Za-z0-9%+/=]{40,}"),
)

_PASSWORDS: Final = (
    _shape(
        "an AWS secret key",
        "aws secretaccesskey",
        r"(?:aws_?secret[a-z_]{0,40}|secretaccesskey)[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?P<v>[a-z0-9/+]{40})(?![a-z0-9/+])",
        _password,
        any_case=True,
    ),
    _shape(
        "an address with a password",
        "://",
        r"://[^\s/:@\"'<>\\]{0,64}:(?P<v>[^\s/@\"'<>\\]{3,128})@[A-Za-z0-9\[]",
        _real,
    ),
    _shape(
        "a .netrc password",
        "login",
        r"login\s{1,20}\S{1,200}\s{1,20}password\s{1,20}(?P<v>\S{3,200})",
        _password,
    ),
    _shape(
        "a login header",
        "authorization",
        r"authorization[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?:basic|bearer)\s{1,4}(?P<v>[a-z0-9+/=._~-]{12,})",
        _password,
        any_case=True,
    ),
    *(_shape("a password", name, f"{name}{rest}{_VALUE}", _password, any_case=True) for name, rest in _NAMES),
    _shape(
        "a password",
        "パスワード",
        'パスワード\\s{0,4}(?:\uff1a|\uff1d|は|:|=)\\s{0,4}(?:「|")?(?P<v>[!-~]{8,200})',
        _password,
    ),
)

SHAPES: Final[tuple[Shape, ...]] = (*_KEYS, *_TOKENS, *_PASSWORDS)
