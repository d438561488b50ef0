"""Calls git: fixed arguments, no shell, no hooks, no prompt, one protocol, a time limit, bounded output."""

import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from tashika.core.limits import KIB, MIB
from tashika.disclose.publish.targets.errors import RemoteFailedError, TargetError
from tashika.ui.visible import visible

SECONDS: Final = 600
"""For one call. A tree of some megabytes takes seconds; a remote that hangs must not hold the workspace for ever."""
OUTPUT_BYTES: Final = 64 * MIB
"""Enough to list a tree of the largest size that we publish."""
_MESSAGE_BYTES: Final = 4 * KIB
# What a user may have set up to reach a remote. Everything else that begins with GIT_ could point git somewhere else.
_KEPT: Final = frozenset(
    {"GIT_ASKPASS", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSL_CAINFO", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"}
)
_SETTINGS: Final = (
    "core.hooksPath=/dev/null",
    "core.attributesFile=/dev/null",
    "core.fsmonitor=false",
    "core.symlinks=false",
    "core.autocrlf=false",
    "core.protectHFS=true",
    "core.protectNTFS=true",
    "core.quotePath=true",
    "fetch.fsckObjects=true",
    "fetch.recurseSubmodules=false",
    "submodule.recurse=false",
    "push.recurseSubmodules=no",
    "push.gpgSign=false",
    "gc.auto=0",
    "maintenance.auto=false",
)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What git said."""

    code: int
    out: bytes
    message: str


class Git:
    """git on one private repository with a work tree of its own.

    Args:
        folder: holds ``repo.git`` and ``tree``.
        protocol: the only one that may be used.
    """

    def __init__(self, folder: Path, protocol: str) -> None:
        self.repository = folder / "repo.git"
        self.tree = folder / "tree"
        self._environment = _environment(protocol, self.repository, self.tree)

    def run(self, *arguments: str, also: Mapping[str, str] | None = None) -> bytes:
        """Call git and take its output.

        Raises:
            RemoteFailedError: it failed or took too long.
            TargetError: git is not installed, or the output is too large.
        """
        answer = self.call(*arguments, also=also)
        if answer.code != 0:
            raise RemoteFailedError(f"git {arguments[0]} failed: {answer.message}", hint="check access, then repeat")
        return answer.out

    def call(self, *arguments: str, also: Mapping[str, str] | None = None) -> Answer:
        """The same, for calls that may fail."""
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as error:
            code = self._start(["git", *settings, *arguments], out, error, {**self._environment, **(also or {})})
            out.seek(0)
            error.seek(0)
            data = out.read(OUTPUT_BYTES + 1)
            if len(data) > OUTPUT_BYTES:
                raise TargetError("git answered with more than a published tree can be", where=arguments[0])
            return Answer(code=code, out=data, message=_clean(error.read(_MESSAGE_BYTES)))

    def _start(self, command: Sequence[str], out: IO[bytes], error: IO[bytes], environment: Mapping[str, str]) -> int:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=error, env=environment, start_new_session=True
            )
        except OSError as failure:
            raise TargetError("git could not be started", hint="install git, or publish to a folder") from failure
        try:
            return process.wait(timeout=SECONDS)
        except BaseException as failure:
            os.killpg(process.pid, signal.SIGKILL)  # its helpers too: a session of its own
            process.wait()
            if isinstance(failure, subprocess.TimeoutExpired):
                raise RemoteFailedError(f"git did not answer within {SECONDS} seconds") from failure
            raise


def _environment(protocol: str, repository: Path, tree: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in _KEPT}
    return {
        "GIT_SSH_COMMAND": "ssh -oBatchMode=yes",
        **kept,
        "GIT_DIR": str(repository),
        "GIT_WORK_TREE": str(tree),
        "GIT_ALLOW_PROTOCOL": protocol,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
    }


def _clean(data: bytes) -> str:
    """The end of what git complained about, on one line, without anything between ``//`` and ``@``."""
    text = " ".join(data.decode("utf-8", "replace").split())
    return visible(re.sub(r"//[^/\s@]*@", "//", text))[-400:] or "no message"
