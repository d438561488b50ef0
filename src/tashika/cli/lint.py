"""``tashika lint``: what a reader of the answers would stumble over, before anybody signs them."""

from typing import TYPE_CHECKING, Annotated

import typer

from tashika.cli.opening import find_workspace
from tashika.cli.output import JsonFlag, SystemName, WorkspaceDir, print_json, say
from tashika.core.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tashika.disclose.answers.lint import Remark


def lint(
    workspace: WorkspaceDir = None,
    system: SystemName = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 3 when there is a warning.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Check the answers: evidence, strong words, length, what is missing. Exits 1 when there is an error."""
    from tashika.core.clock import SystemClock
    from tashika.disclose.answers.lint import lint_workspace
    from tashika.disclose.answers.topics import workspace_catalogue

    place = find_workspace(workspace)
    remarks = lint_workspace(place, catalogue=workspace_catalogue(place), now=SystemClock().now(), system=system)
    if as_json:
        print_json({"counts": _counts(remarks), "remarks": [remark.as_json() for remark in remarks]})
    else:
        _show(remarks)
    raise typer.Exit(_exit(remarks, strict=strict))


def _show(remarks: "Sequence[Remark]") -> None:
    from tashika.ui.visible import visible

    for remark in remarks:
        say(f"{remark.severity:<11}  {visible(remark.where)}  [{remark.code}]")
        say(f"             {visible(remark.message.en)}")
        say(f"             → {visible(remark.hint.en)}")
    counts = _counts(remarks)
    say(", ".join(f"{number} {_plural(name, number)}" for name, number in counts.items()))


def _counts(remarks: "Sequence[Remark]") -> dict[str, int]:
    from tashika.disclose.answers.lint.remark import SEVERITIES

    return {severity: sum(remark.severity == severity for remark in remarks) for severity in SEVERITIES}


def _plural(name: str, number: int) -> str:
    return name if number == 1 or name == "information" else f"{name}s"


def _exit(remarks: "Sequence[Remark]", *, strict: bool) -> ExitCode:
    counts = _counts(remarks)
    if counts["error"]:
        return ExitCode.BAD
    return ExitCode.POLICY_NOT_MET if strict and counts["warning"] else ExitCode.GOOD
