"""Limits on everything that is read from outside, each with its reason. Rooms import them; nobody hides numbers."""

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB

# 64 levels: the deepest of our own formats (a bundle holding a statement) uses 9.
JSON_DEPTH: Final = 64
# RFC 8785 numbers are IEEE 754 doubles; beyond 2^53 - 1 two readers may see two integers.
JSON_MAX_INT: Final = 2**53 - 1
JSON_BYTES: Final = 8 * MIB

# C2SP tlog-tiles: an entry's length is a uint16, so 65,535 bytes is the hard ceiling of a bundle entry.
LOG_ENTRY_BYTES: Final = 64 * KIB - 1
STATEMENT_BYTES: Final = 4 * MIB
ENVELOPE_BYTES: Final = 8 * MIB
ENVELOPE_SIGNATURES: Final = 16
BUNDLE_BYTES: Final = 16 * MIB
BUNDLE_STATEMENTS: Final = 1024
# C2SP signed-note asks readers to accept at least 16 signatures; a megabyte is far beyond any real note.
NOTE_BYTES: Final = 1 * MIB
NOTE_SIGNATURES: Final = 100
# An inclusion proof of a tree below 2^63 has at most 63 hashes (RFC 9162).
PROOF_HASHES: Final = 63
POLICY_BYTES: Final = 1 * MIB

CONFIG_BYTES: Final = 1 * MIB
RECORD_BYTES: Final = 1 * MIB
DOCUMENT_BYTES: Final = 256 * MIB
CASE_SET_BYTES: Final = 64 * MIB
CASES: Final = 1_000_000

# A model's answer: far more than any max_tokens we send, far less than a bomb.
ANSWER_BYTES: Final = 8 * MIB

FETCH_BYTES: Final = 64 * MIB
FETCH_SECONDS: Final = 60.0
FETCH_REDIRECTS: Final = 5

TREE_FILES: Final = 200_000
TREE_BYTES: Final = 4096 * MIB

# NTP steps of a few minutes are ordinary; more means that the clock was set back.
CLOCK_TOLERANCE_S: Final = 300
