"""The system under test while a measure runs: started here, or somebody's endpoint."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tashika.weights.subject import locate
from tashika.workspace.config import SystemConfig, TargetConfig


@contextmanager
def running_target(target: TargetConfig, system: SystemConfig, workspace: Path) -> Iterator[str]:
    """The base URL of the target, up to and including ``/v1``.

    A local target is served from the very file whose digest names the system.

    Raises:
        MissingLibraryError, LocalTargetError: the local model cannot be served.
    """
    if target.kind == "openai":
        yield str(target.base_url)
        return
    from tashika.redteam.local import LocalTarget

    with LocalTarget(slots=target.concurrency, weights=locate(system, workspace)) as local:
        yield local.base_url
