"""Credentials in the words of an answer: `tashika publish` would refuse the whole tree for them."""

from collections.abc import Iterator

from tashika.core.credentials import find_secret
from tashika.core.text import LANGUAGES, Text
from tashika.disclose.answers.lint.place import Place
from tashika.disclose.answers.lint.remark import Remark
from tashika.disclose.wording import say


def credential_remarks(place: Place) -> Iterator[Remark]:
    """Text, claims and reasons, by the shapes that the last gate before publishing looks for; never what was found."""
    for at, said in _texts(place):
        found = find_secret(said.encode())
        if found is not None:
            yield place.remark(
                "secret.found",
                "error",
                say("This looks like {kind}. A report with it is not published.", kind=Text(found.kind, found.kind)),
                say("Take it out before the report is signed, and revoke it where it was given out."),
                at=at,
            )


def _texts(place: Place) -> Iterator[tuple[str, str]]:
    answer = place.answer
    for lang in LANGUAGES:
        if answer.text and (said := answer.text.in_(lang)):
            yield f"text.{lang}", said
        if answer.not_applicable and (said := answer.not_applicable.in_(lang)):
            yield f"not_applicable.{lang}", said
        for claim in answer.claims:
            yield f"claims.{claim.id}.text.{lang}", claim.text.en if lang == "en" else claim.text.ja
