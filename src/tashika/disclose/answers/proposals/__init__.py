"""What an answer can start from: sentences of ours over what is known, with origin and confidence. Nothing is guessed.

One file an origin: results and records of the log, record files, settings, the system's own repository.
"""

from tashika.disclose.answers.proposals.known import Known, gather_known
from tashika.disclose.answers.proposals.propose import Proposed, propose

__all__ = ["Known", "Proposed", "gather_known", "propose"]
