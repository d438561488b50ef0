"""The Typer application: which commands there are. Each module imports its heavy parts inside its functions."""

import difflib

import typer

from tashika.cli import (
    answer,
    assess,
    backup,
    catalogue,
    crosswalk,
    diff,
    doctor,
    form,
    init,
    keys,
    lint,
    log,
    publish,
    record,
    report,
    studio,
    trust,
    withdraw,
)
from tashika.core.errors import UsageError
from tashika.core.exit_codes import ExitCode

_INTERRUPTED = 130

app = typer.Typer(
    name="tashika",
    help="Evidence that anyone can check, for the G7 Hiroshima AI Process: measure, sign, publish, verify.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.command("init")(init.init)
app.command("assess")(assess.assess)
app.command("answer")(answer.answer)
app.command("lint")(lint.lint)
app.command("report")(report.report)
app.command("publish")(publish.publish)
app.command("diff")(diff.diff)
app.command("crosswalk")(crosswalk.crosswalk)
app.command("studio")(studio.studio)
app.command("doctor")(doctor.doctor)
app.command("withdraw")(withdraw.withdraw)
app.command("open")(withdraw.open_sample)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.add_typer(record.app, name="record")
app.add_typer(keys.app, name="keys")
app.add_typer(trust.app, name="trust")
app.add_typer(log.app, name="log")
app.add_typer(catalogue.app, name="catalogue")
app.add_typer(form.app, name="form")


@app.command(
    "verify", context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
)
def verify(context: typer.Context) -> None:
    """Check a bundle, opening, tree, address or URL as an outsider would."""
    from tashika.cli.verify import run_verify

    raise typer.Exit(run_verify(context.args))


def run(args: list[str]) -> int:
    """Parse and run. Usage errors exit 64, because Typer's own 2 means "malformed" here."""
    try:
        code = app(args, prog_name="tashika", standalone_mode=False)
    except typer.Abort:
        return int(ExitCode.TRY_LATER)
    except typer.TyperException as error:
        raise UsageError(error.format_message(), hint=_help_hint(args)) from error
    except SystemExit as stop:  # Typer exits 1 when the reader of a pipe goes away
        if isinstance(stop.__context__, BrokenPipeError):
            raise stop.__context__ from None
        raise
    if code == _INTERRUPTED:  # Typer turns Ctrl-C into the shell's 128 + SIGINT
        raise KeyboardInterrupt
    return code if isinstance(code, int) else int(ExitCode.GOOD)


def _help_hint(args: list[str]) -> str:
    names = [command.name for command in app.registered_commands] + [group.name for group in app.registered_groups]
    first = next((arg for arg in args if not arg.startswith("-")), "")
    if first in names:
        return f"tashika {first} --help"
    close = difflib.get_close_matches(first, [name for name in names if name], n=1)
    return f"did you mean `tashika {close[0]}`?" if close else "tashika --help"
