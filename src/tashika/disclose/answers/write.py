"""Writes an answer as the file that a person reads: fixed order, comments, one way of writing every value.

``parse_answer(to_toml(answer)) == answer`` for every answer. Characters that a person cannot see (control characters,
bidirectional overrides) are written as escapes, so that an editor shows what is there.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tashika.core.text import LANGUAGES
from tashika.disclose.answers.model import Answer, AnswerClaim, MappedQuestion, OneOrBoth, Tool
from tashika.disclose.errors import AnswerError

LONG: Final = 100
"""Characters from which a text stands on lines of its own."""
_HIDDEN: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)
_HEAD: Final = """\
# One answer. Edit it here, with `tashika answer`, or in `tashika studio`; `tashika lint` checks it.
"""
_TEXT: Final = """\
# author: "human" wrote or accepted the words; "machine" made them, and the report says so.
"""
_CLAIMS: Final = """\
# Claims: single sentences that are signed, each with what it rests on. An id is never used again.
"""
_QUESTIONS: Final = "# The questions that this answer serves, with the version of the form that was shown.\n"
_CONFIDENTIAL: Final = "# Never published: the report shows that something is withheld, and a digest of it.\n"
_PROPOSAL: Final = "# Where the answer started from. Leave it as it is: the report shows whether a person changed it.\n"


def to_toml(answer: Answer) -> bytes:
    """The bytes of ``answers/<topic>.toml``.

    Raises:
        AnswerError: a text holds half of a surrogate pair, which no file can hold.
    """
    text = "\n".join(_parts(answer))
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise AnswerError(
            "a text holds half of a character (a lone surrogate)", where=answer.topic, hint="type that place again"
        ) from error


def _parts(answer: Answer) -> Iterator[str]:
    yield _head(answer)
    if answer.text:
        yield f"{_TEXT}[text]\n{_languages(answer.text)}author = {_inline(answer.text.author.model_dump())}\n"
    if answer.not_applicable:
        yield f"[not_applicable]\n{_languages(answer.not_applicable)}"
    for index, claim in enumerate(answer.claims):
        yield ("" if index else _CLAIMS) + _claim(claim)
    for number, question in enumerate(answer.questions):
        yield ("" if number else _QUESTIONS) + _question(question)
    yield from (_tool(tool) for tool in answer.tools)
    if answer.confidential:
        yield f"{_CONFIDENTIAL}[confidential]\n{_languages(answer.confidential)}"
    if answer.proposal:
        one = answer.proposal
        lines = (
            _list("origin", one.origin),
            f"confidence = {_string(one.confidence)}",
            f"sha256 = {_string(one.sha256)}",
        )
        yield f"{_PROPOSAL}[proposal]\n" + "\n".join(lines) + "\n"


def _head(answer: Answer) -> str:
    options = f"{_list('options', answer.options)}\n" if answer.options else ""
    return f"{_HEAD}topic = {_string(answer.topic)}\n{options}"


def _claim(claim: AnswerClaim) -> str:
    lines = [
        "[[claims]]",
        f"id = {_string(claim.id)}",
        *(f"text.{lang} = {_value(claim.text.model_dump()[lang])}" for lang in LANGUAGES),
        *([_list("evidence", claim.evidence)] if claim.evidence else []),
    ]
    return "\n".join(lines) + "\n"


def _question(question: MappedQuestion) -> str:
    return f"[[questions]]\nid = {_string(question.id)}\nversion = {_string(question.version)}\n"


def _tool(tool: Tool) -> str:
    return f"[[tools]]\nname = {_string(tool.name)}\nurl = {_string(tool.url)}\n"


def _languages(text: OneOrBoth) -> str:
    return "".join(f"{lang} = {_value(said)}\n" for lang in LANGUAGES if (said := text.in_(lang)) is not None)


def _list(name: str, values: Iterable[str]) -> str:
    written = [_string(value) for value in values]
    line = f"{name} = [{', '.join(written)}]"
    if len(line) <= LONG:
        return line
    return f"{name} = [\n" + "".join(f"    {value},\n" for value in written) + "]"


def _inline(table: Mapping[str, str | None]) -> str:
    return "{ " + ", ".join(f"{key} = {_string(value)}" for key, value in table.items() if value is not None) + " }"


def _value(text: str) -> str:
    """A text in one line, or, when it is long, on lines of its own; the reader strips the last line break again."""
    if len(text) < LONG and "\n" not in text:
        return _string(text)
    escaped = _escaped(text).replace('"""', '""\\"')
    return f'"""\n{escaped}\n"""'


def _string(text: str) -> str:
    return '"' + _escaped(text).replace('"', '\\"').replace("\n", "\\n") + '"'


def _escaped(text: str) -> str:
    return _HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04X}", text.replace("\\", "\\\\"))
