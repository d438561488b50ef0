"""``tashika verify``: dispatched before Typer loads, so it stays small and quick."""

import argparse
import gc
import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from tashika.core.errors import InvalidIdError, UsageError
from tashika.core.ids import parse_sha256

_DESCRIPTION = "Check evidence as an outsider would; offline unless the target is an address."
_EPILOG = """\
TARGET  a published tree (folder or https address), a bundle, envelope or
        opening (file or address), or a claim address org/system/year/claim
        together with --tree.

Without an anchor only integrity is checked: "consistent, signer unknown",
exit 3. Anchors are --policy, --key, or the trust store (tashika trust add).

exit: 0 good, 1 bad, 2 malformed, 3 policy not met, 64 usage, 75 try later"""


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """As wide as every other help. A given width also keeps argparse from importing shutil to ask the terminal."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=78)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint="tashika verify --help")


def run_verify(arguments: Sequence[str]) -> int:
    """Parse, verify, print; the verdict is the exit code."""
    options = _parser().parse_args(arguments)
    gc.disable()  # nothing that is imported is garbage; looking for some costs part of the start
    from tashika.evidence.trust import Anchors
    from tashika.evidence.verify import render_text, verify_target

    gc.enable()

    _check_keys(options.key)
    anchors = Anchors.load(policy=Path(options.policy) if options.policy else None, keys=options.key)
    answer = verify_target(options.target, anchors=anchors, tree=options.tree)
    text = json.dumps(answer.as_json(), ensure_ascii=False, indent=2) + "\n" if options.json else render_text(answer)
    with suppress(BrokenPipeError):  # the verdict stands, whoever reads the steps
        sys.stdout.write(text)
    return int(answer.verdict)


def _check_keys(keys: Sequence[str]) -> None:
    """A mistyped anchor is no verdict about the evidence."""
    for key in keys:
        try:
            parse_sha256(key)
        except InvalidIdError as error:
            raise UsageError("not a fingerprint", where=f"--key {key[:80]}", hint="64 digits 0-9 a-f") from error


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="tashika verify",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=_Formatter,
        allow_abbrev=False,
    )
    parser.add_argument("target", metavar="TARGET", help="what to check, see below")
    parser.add_argument("--key", metavar="FINGERPRINT", action="append", default=[], help="trust this key; may repeat")
    parser.add_argument("--policy", metavar="FILE", help="trust what this policy file lists")
    parser.add_argument("--tree", metavar="WHERE", help="tree that claims, envelopes and openings are looked up in")
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of text")
    return parser
