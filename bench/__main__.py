"""``python -m bench [FAMILY]``: every family, or one (the part of a figure's name before the first dot)."""

import sys
from collections.abc import Callable

from bench import cli, disclose, evidence

FAMILIES: dict[str, Callable[[], None]] = {"evidence": evidence.run, "cli": cli.run, "disclose": disclose.run}


def main() -> int:
    """Run what was asked for."""
    wanted = sys.argv[1:] or list(FAMILIES)
    unknown = [name for name in wanted if name not in FAMILIES]
    if unknown:
        print(f"no family {', '.join(unknown)}; there are: {', '.join(FAMILIES)}", file=sys.stderr)
        return 64
    for name in wanted:
        FAMILIES[name]()
    return 0


sys.exit(main())
