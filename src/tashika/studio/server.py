"""Runs the studio: a socket of this machine only, the address printed once, a calm end."""

import os
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tashika.core.clock import Clock, SystemClock
from tashika.studio.errors import PortTakenError, StudioNotInstalledError
from tashika.studio.guard import Session

if TYPE_CHECKING:
    from uvicorn import Server

IPV4: Final = "127.0.0.1"
IPV6: Final = "::1"
_MISSING: Final = "the libraries of the studio are missing"
_QUIET_END_S: Final = 2


def serve(
    root: Path,
    *,
    port: int = 0,
    ipv6: bool = False,
    show: Callable[[str], None],
    clock: Clock | None = None,
) -> None:
    """Serve a workspace until the process is interrupted.

    Args:
        root: the workspace.
        port: 0: any that is free.
        ipv6: listen on ::1 instead of 127.0.0.1.
        show: is given the address with the token, once, when the page can be opened.
        clock: for dates; default: the machine's.

    Raises:
        StudioNotInstalledError: the extra ``studio`` is missing.
        PortTakenError: the port is in use.
    """
    server, listening, session = prepared(root, port=port, ipv6=ipv6, clock=clock or SystemClock())
    try:
        show(session.address(IPV6 if ipv6 else IPV4))
        with suppress(KeyboardInterrupt):  # uvicorn has shut down in order before it raises the signal again
            server.run(sockets=[listening])
    finally:
        listening.close()


def prepared(root: Path, *, port: int, ipv6: bool, clock: Clock) -> "tuple[Server, socket.socket, Session]":
    """Everything that is needed to listen, not listening yet.

    Raises:
        StudioNotInstalledError, PortTakenError: as :func:`serve`.
    """
    try:
        import uvicorn

        from tashika.studio.app import make_app
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "tashika":
            raise
        raise StudioNotInstalledError(f"{_MISSING} ({error.name})", hint="pip install 'tashika[studio]'") from error
    listening = _socket(port, ipv6=ipv6)
    session = Session(port=listening.getsockname()[1])
    config = uvicorn.Config(
        make_app(root, session=session, clock=clock),
        # No line about requests: the first one carries the token.
        access_log=False,
        log_config=None,
        lifespan="off",
        server_header=False,
        date_header=False,
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=_QUIET_END_S,
        limit_concurrency=64,
    )
    return uvicorn.Server(config), listening, session


def has_display() -> bool:
    """Whether a browser could show itself here."""
    if sys.platform in {"darwin", "win32"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _socket(port: int, *, ipv6: bool) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ipv6 else socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((IPV6 if ipv6 else IPV4, port))
    except OSError as error:
        made.close()
        raise PortTakenError(
            f"cannot listen on port {port}: {error.strerror}", hint="leave --port out: any free port is taken"
        ) from error
    return made
