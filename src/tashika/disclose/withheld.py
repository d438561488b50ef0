"""What an organisation keeps to itself, shown as withheld: a salted commitment that an auditor can be given later.

The opening (salt and content) lies in the state folder, never in the workspace; the same content keeps its commitment,
so that making a report twice changes nothing.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tashika.core.files import atomic_write, private_folder, read_bounded
from tashika.core.ids import Sha256Hex, sha256_hex
from tashika.core.limits import MIB
from tashika.core.strict_json import Json, canonical, loads_object
from tashika.evidence.samples import SALT_BYTES, leaf

FOLDER: Final = "withheld"
"""Below the state's ``private``."""


@dataclass(frozen=True)
class Withheld:
    """Commitments of one workspace. ``folder``: where the openings are kept."""

    folder: Path

    def commit(self, name: str, content: Json) -> Sha256Hex:
        """The commitment to ``{"name", "content"}``: the salted leaf hash of ``evidence.samples``."""
        sample = {"name": name, "content": content}
        path = private_folder(self.folder) / f"{sha256_hex(canonical(sample))}.json"
        if not path.exists():
            opening = {**sample, "salt": secrets.token_hex(SALT_BYTES)}
            atomic_write(path, canonical(opening), mode=0o600)
        kept = loads_object(read_bounded(path, 2 * MIB))
        return Sha256Hex(leaf(bytes.fromhex(kept["salt"]), sample).hex())
