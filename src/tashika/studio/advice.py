"""What the engine has to say to the person who writes: proposals before, remarks after."""

from tashika.core.errors import TashikaError
from tashika.disclose.answers.model import Answer
from tashika.disclose.answers.proposals import Known, Proposed, gather_known, propose
from tashika.disclose.answers.topics import Asked
from tashika.studio.desk import Desk


def known(desk: Desk) -> Known | None:
    """Everything that a proposal may rest on; None when something of it cannot be read."""
    try:
        return gather_known(
            desk.workspace, catalogue=desk.catalogue, now=desk.studio.clock.now(), system=desk.system.id
        )
    except TashikaError:
        return None


def proposed(desk: Desk, one: Asked) -> Proposed | None:
    """Where the answer to a topic can start."""
    all_of_it = known(desk)
    return propose(one, all_of_it) if all_of_it else None


def remarks(desk: Desk, one: Asked, answer: Answer | None) -> list[str]:
    return []


def count(desk: Desk) -> int:
    return 0
