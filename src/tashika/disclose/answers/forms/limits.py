"""Limits on a Word form, each with its reason. The blank form has nine pages and 616 lines, so all are far away."""

from typing import Final

from tashika.core.limits import KIB, MIB

# A form with logos and screenshots stays below a few megabytes.
FORM_BYTES: Final = 16 * MIB
# Word writes 10 to 30 members; each picture is one more.
MEMBERS: Final = 1000
# Text of nine pages is 0.5 MB as XML; a report of 10,000 claims comes to 12 MB.
MEMBER_BYTES: Final = 32 * MIB
TOTAL_BYTES: Final = 96 * MIB
# XML of Word shrinks 5 to 30 times; deflate reaches 1032 with one repeated byte.
RATIO: Final = 200
RATIO_FROM: Final = 1 * MIB
# A table in a table in a content control is about 25 levels deep; grouped drawings reach 50.
XML_DEPTH: Final = 128
XML_NODES: Final = 1_000_000
LINES: Final = 100_000
# 47 questions in version 1; about as many are known of version 2.0.
QUESTIONS: Final = 300
SECTIONS: Final = 60
OPTIONS: Final = 100
# What the catalogue allows for one text, and the answer format for one answer.
TEXT: Final = 4000
ANSWER: Final = 20_000
# A label of a list ("Q12.", "IV)") is short; a longer one is an attack or no label.
LABEL: Final = 40
NOTE: Final = 200
STYLES_BYTES: Final = 4 * MIB
CONTENT_TYPES_BYTES: Final = 256 * KIB
