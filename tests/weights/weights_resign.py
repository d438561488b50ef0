"""Sign a changed statement again, so that only the checks of the reader stand in its way."""

import base64
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tashika.weights.bundle import _pae


def resign(data: bytes, key, change) -> bytes:
    """A bundle whose statement was changed and signed again, so that only our checks stand in its way."""
    outer = json.loads(data)
    statement = json.loads(base64.b64decode(outer["dsseEnvelope"]["payload"]))
    replacement = change(statement)
    payload = replacement if isinstance(replacement, bytes) else json.dumps(statement).encode()
    signature = key.sign(_pae(payload), ec.ECDSA(hashes.SHA256()))
    outer["dsseEnvelope"]["payload"] = base64.b64encode(payload).decode()
    outer["dsseEnvelope"]["signatures"][0]["sig"] = base64.b64encode(signature).decode()
    return json.dumps(outer).encode()
