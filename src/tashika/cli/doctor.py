"""``tashika doctor``: what is installed, what is missing, what to type."""

import typer

from tashika.cli.output import JsonFlag, WorkspaceDir, print_json, say
from tashika.core.exit_codes import ExitCode


def doctor(workspace: WorkspaceDir = None, as_json: JsonFlag = False) -> None:
    """Look at everything Tashika needs here: a line for each thing, with the command that mends it.

    "missing" is only not there yet or optional; "problem" stops something from working and makes the exit code 64.
    """
    from tashika.cli.health import examine

    lines = examine(workspace)
    broken = any(line.standing == "problem" for line in lines)
    if as_json:
        print_json({"ok": not broken, "checks": [line.as_json() for line in lines]})
    else:
        for line in lines:
            say(f"{line.standing:<8} {line.name:<11} {line.detail}")
            if line.fix:
                say(f"{'':<20} type: {line.fix}")
    raise typer.Exit(ExitCode.USAGE if broken else ExitCode.GOOD)
