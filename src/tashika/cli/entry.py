"""Process entry: dispatch, the one place that catches errors, exit codes."""

import errno
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from tashika.core.errors import DiskFullError, InternalError, TashikaError
from tashika.core.exit_codes import ExitCode


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (see docs/reference/exit-codes.md)."""
    args = list(sys.argv[1:] if argv is None else argv)
    try:
        return _flushed(_dispatch(args))
    except TashikaError as error:
        _print_error(error, as_json="--json" in args)
        return int(error.exit_code)
    except KeyboardInterrupt:
        print("\nstopped; what was recorded is kept, repeat the command to go on", file=sys.stderr)
        return int(ExitCode.TRY_LATER)
    except BrokenPipeError:
        # The reader of a pipe went away (`| head`) before the command had said, or found, everything: never "good".
        _drop_output()
        return int(ExitCode.TRY_LATER)
    except Exception as error:
        if os.environ.get("TASHIKA_DEBUG"):
            raise
        ours = _ours(error)
        _print_error(ours, as_json="--json" in args)
        return int(ours.exit_code)


def process() -> NoReturn:
    """The console script. ``verify`` leaves at once: taking the interpreter apart costs a tenth of its time."""
    code = main()
    if sys.argv[1:2] == ["verify"]:
        sys.stderr.flush()  # stdout was flushed by main, or given up
        os._exit(code)
    sys.exit(code)


def _flushed(code: int) -> int:
    """The command's own code, also when nobody reads the last of its output."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
    return code


def _ours(error: Exception) -> TashikaError:
    """What nobody translated: the output's disk is full, or a bug."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        _drop_output()
        return DiskFullError("the disk is full", hint="free some space and repeat the command")
    return InternalError(
        f"internal error ({type(error).__name__}: {error})",
        hint="repeat with TASHIKA_DEBUG=1 and report what it prints",
    )


def _drop_output() -> None:
    """Keep Python from complaining at exit about output that nobody takes."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _dispatch(args: list[str]) -> int:
    if args[:1] == ["verify"]:
        from tashika.cli.verify import run_verify

        return run_verify(args[1:])
    from tashika.cli.app import run

    return run(args)


def _print_error(error: TashikaError, *, as_json: bool) -> None:
    if as_json:
        import json

        print(json.dumps({"error": error.as_json()}, ensure_ascii=False), file=sys.stderr)
        return
    lines = [f"error: {error.message}"]
    if error.where:
        lines.append(f"  where: {error.where}")
    if error.hint:
        lines.append(f"  try:   {error.hint}")
    lines.append(f"  code:  {error.code}")
    print("\n".join(lines), file=sys.stderr)
