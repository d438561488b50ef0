"""The manifest that the weights measure left is signed here, by the organisation's weights key (OpenSSF Model Signing).

Measures never sign. Without a weights key nothing is signed: the manifest's digest still stands in the finding.
"""

from typing import Final

from tashika.core.files import atomic_write, read_bounded
from tashika.core.limits import DOCUMENT_BYTES
from tashika.evidence.ledger import Ledger
from tashika.evidence.statement import Statement
from tashika.measure.weights import MANIFEST_FILE
from tashika.weights.bundle import sign_payload
from tashika.workspace.runs import Run

FOLDER: Final = "weights"
"""Below ``evidence/`` of the workspace: ``<root digest>.sig``."""


def sign_weights(run: Run, ledger: Ledger) -> bool:
    """Sign the manifest of a run once; an existing signature of the same weights stays.

    Returns:
        Whether a signature is there now.

    Raises:
        ModelKeyError: the weights key is of another kind.
    """
    manifest = run.private() / MANIFEST_FILE
    key = ledger.weights_key()
    if key is None or not manifest.is_file():
        return False
    payload = read_bounded(manifest, DOCUMENT_BYTES)
    # By the manifest's own root: the run's subject is another one when the model is reached over an endpoint.
    root = Statement.parse(payload).subjects[0].sha256
    path = ledger.workspace.folder("evidence") / FOLDER / f"{root}.sig"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        atomic_write(path, sign_payload(payload, key))
    return True
