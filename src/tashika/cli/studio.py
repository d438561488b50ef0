"""``tashika studio``: a page on this machine to write answers and records."""

from typing import Annotated

import typer

from tashika.cli.opening import find_workspace
from tashika.cli.output import WorkspaceDir, say


def studio(
    workspace: WorkspaceDir = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; default: any that is free.")] = 0,
    ipv6: Annotated[bool, typer.Option("--ipv6", help="Listen on ::1 instead of 127.0.0.1.")] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
) -> None:
    """Write answers and records on a page of this machine, attach documents, preview the report."""
    from tashika.studio.server import has_display, serve

    place = find_workspace(workspace)
    place.config  # noqa: B018  a workspace that cannot be read is named before anything listens

    def show(address: str) -> None:
        say(f"workspace  {place.root}")
        say(f"open       {address}")
        say("stop       Ctrl-C; what was saved is in answers/ and records/")
        if not no_browser and has_display():
            import webbrowser

            webbrowser.open(address)

    serve(place.root, port=port, ipv6=ipv6, show=show)
    say("\nstopped")
