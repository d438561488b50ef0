"""``tashika init``: a workspace, asking the few questions it must, or by flags."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from tashika.cli.output import JsonFlag, print_json, say
from tashika.core.errors import InvalidIdError, UsageError
from tashika.core.ids import parse_slug

ROLES = ("model-developer", "application-developer", "deployer", "user")
SIZES = ("1-9", "10-49", "50-249", "250-or-more")


def init(
    directory: Annotated[str, typer.Argument(help="Folder of the workspace; made if missing.")] = ".",
    *,
    org: Annotated[str | None, typer.Option(help="Organisation id, a slug that never changes: example-lab.")] = None,
    org_name: Annotated[str | None, typer.Option(help="Name of the organisation in English.")] = None,
    org_name_ja: Annotated[str | None, typer.Option(help="Name in Japanese; default: the English one.")] = None,
    role: Annotated[str | None, typer.Option(help=f"One of {', '.join(ROLES)}.")] = None,
    size: Annotated[
        str | None, typer.Option(help=f"People who work there: {', '.join(SIZES)}. Below 50 fewer topics are asked.")
    ] = None,
    system: Annotated[str | None, typer.Option(help="System id, a slug: small-model.")] = None,
    system_name: Annotated[str | None, typer.Option(help="Name of the system in English.")] = None,
    system_name_ja: Annotated[str | None, typer.Option(help="Name in Japanese; default: the English one.")] = None,
    system_version: Annotated[str, typer.Option(help="Version of the system.")] = "1",
    base_url: Annotated[str | None, typer.Option(help="OpenAI-compatible endpoint; default: embedded model.")] = None,
    model: Annotated[str | None, typer.Option(help="Model name that the endpoint expects.")] = None,
    api_key_env: Annotated[str | None, typer.Option(help="Name of the variable that holds the endpoint's key.")] = None,
    no_target: Annotated[bool, typer.Option("--no-target", help="No software reaches it.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Make a workspace: settings, folders, nothing else. Keys come with `tashika keys new`."""
    from tashika.workspace.workspace import InitAnswers, Workspace, config_text

    org = _slug(_ask(org, "Organisation id (a-z, 0-9, hyphens; never changes)", "--org"), "--org")
    org_name = _ask(org_name, "Name of the organisation (English)", "--org-name")
    role = _ask(role, f"Role ({', '.join(ROLES)})", "--role", default="model-developer")
    _one_of(ROLES, role, "role")
    size = _ask(size, f"People who work there ({', '.join(SIZES)}; empty: not said)", "--size", default="")
    if size:
        _one_of(SIZES, size, "size")
    system = _slug(_ask(system, "System id (a-z, 0-9, hyphens)", "--system"), "--system")
    system_name = _ask(system_name, "Name of the system (English)", "--system-name")
    answers = InitAnswers(
        org_id=org,
        org_name_en=org_name,
        org_name_ja=org_name_ja or org_name,
        role=role,
        size=size or None,
        system_id=system,
        system_name_en=system_name,
        system_name_ja=system_name_ja or system_name,
        system_version=system_version,
        year=datetime.now(UTC).year,
        base_url=base_url,
        model=model,
        api_key_env=api_key_env,
        no_target=no_target,
    )
    workspace = Workspace.create(Path(directory), config_text(answers))
    if as_json:
        print_json({"workspace": str(workspace.root), "workspaceId": workspace.config.workspace_id})
        return
    say(f"workspace  {workspace.root}")
    say(f"settings   {workspace.root / 'tashika.toml'}")
    say("next       tashika keys new, then tashika assess")


def _slug(text: str, flag: str) -> str:
    try:
        return parse_slug(text, what="id")
    except InvalidIdError as error:
        raise UsageError(error.message, where=flag, hint="a-z, 0-9 and hyphens: example-lab") from error


def _one_of(known: tuple[str, ...], value: str, what: str) -> None:
    if value not in known:
        raise UsageError(f"unknown {what} {value!r}", hint=f"one of {', '.join(known)}")


def _ask(value: str | None, question: str, flag: str, *, default: str | None = None) -> str:
    if value:
        return value
    if not sys.stdin.isatty():
        if default is not None:
            return default
        raise UsageError(f"{flag} is needed", hint=f"add {flag} VALUE, or run in a terminal to be asked")
    answer: str = typer.prompt(question, default=default, err=True)
    return answer
