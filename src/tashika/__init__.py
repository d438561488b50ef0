"""Tashika: evidence that anyone can check, for the G7 Hiroshima AI Process.

The small public face is loaded on first use, so that importing one part never loads the rest.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from tashika.core.version import __version__

if TYPE_CHECKING:
    from tashika.disclose.reporting import report
    from tashika.evidence.verify import verify_target as verify
    from tashika.measure.engine import assess
    from tashika.workspace.workspace import Workspace

__all__ = ["Workspace", "__version__", "assess", "report", "verify"]

_FACE: Final = {
    "Workspace": ("tashika.workspace.workspace", "Workspace"),
    "assess": ("tashika.measure.engine", "assess"),
    "report": ("tashika.disclose.reporting", "report"),
    "verify": ("tashika.evidence.verify", "verify_target"),
}


def __getattr__(name: str) -> Any:
    if name not in _FACE:
        raise AttributeError(f"module 'tashika' has no attribute {name!r}")
    module, attribute = _FACE[name]
    return getattr(import_module(module), attribute)
