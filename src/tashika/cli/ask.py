"""Asking the person at the terminal; where nobody sits, a flag or a variable has to say it."""

import getpass
import os
import sys
from typing import Annotated

import typer

from tashika.core.errors import UsageError

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
NoPassphrase = Annotated[bool, typer.Option("--no-passphrase", help="Leave the keys unprotected; reports state it.")]


def confirm(question: str, *, yes: bool) -> None:
    """Go on only when somebody agreed.

    Raises:
        UsageError: declined, or nobody can be asked and ``--yes`` was not given.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("this needs a yes, and nobody can be asked here", hint="add --yes, or run in a terminal")
    if not typer.confirm(question, err=True):
        raise UsageError("not confirmed; nothing was changed")


def new_passphrase(*, without: bool) -> str | None:
    """The passphrase for new keys: ``TASHIKA_PASSPHRASE``, else typed twice.

    Args:
        without: the person chose to do without (``--no-passphrase``).

    Raises:
        PassphraseNeededError: nobody can be asked.
        UsageError: the two differ.
    """
    from tashika.evidence.key_errors import PassphraseNeededError
    from tashika.evidence.keys import PASSPHRASE_VARIABLE

    if without:
        return None
    if given := os.environ.get(PASSPHRASE_VARIABLE):
        return given
    if not sys.stdin.isatty():
        raise PassphraseNeededError(
            "new keys need a passphrase, and nobody can be asked here",
            hint=f"set {PASSPHRASE_VARIABLE}, run in a terminal, or choose --no-passphrase (reports state it)",
        )
    typed = getpass.getpass("Passphrase for the new keys: ", stream=sys.stderr)
    if getpass.getpass("The same again: ", stream=sys.stderr) != typed:
        raise UsageError("the two passphrases differ; nothing was changed")
    return typed
