"""What several commands need first: the workspace, its lock, its ledger, and a passphrase when keys have one."""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tashika.core.clock import SystemClock

if TYPE_CHECKING:
    from tashika.evidence.keys import KeyRing
    from tashika.evidence.ledger import Ledger
    from tashika.workspace.workspace import Workspace


def find_workspace(directory: str | None) -> "Workspace":
    """The workspace named by ``--workspace``, or the one here or above."""
    from tashika.workspace.workspace import Workspace

    return Workspace.find(Path(directory) if directory else None)


def key_ring(workspace: "Workspace") -> "KeyRing":
    """The organisation's keys; asks for a passphrase only at a terminal."""
    from tashika.core.ids import OrgId
    from tashika.evidence.keys import KeyRing, keys_folder

    folder = keys_folder(OrgId(workspace.config.organisation.id))
    return KeyRing(folder=folder, prompt=_ask if sys.stdin.isatty() else None)


@contextmanager
def open_ledger(workspace: "Workspace") -> Iterator["Ledger"]:
    """The ledger under the workspace's lock."""
    from tashika.evidence.ledger import Ledger

    workspace.require_state()
    with workspace.lock(), Ledger.open(workspace, key_ring(workspace), SystemClock()) as ledger:
        yield ledger


def _ask(key: str) -> str:
    return getpass.getpass(f"Passphrase for {key}: ", stream=sys.stderr)
