"""What the engine has to say to the person who writes: proposals before, remarks after."""

from typing import Final

from tashika.core.errors import TashikaError
from tashika.disclose.answers.lint import Remark, lint_workspace
from tashika.disclose.answers.proposals import Proposed, gather_known, propose
from tashika.disclose.answers.topics import Asked
from tashika.studio.desk import Desk

UNANSWERED: Final = "topic.unanswered"
"""The studio shows open topics in their own place."""


def proposed(desk: Desk, one: Asked) -> Proposed | None:
    """Where the answer to a topic can start; None when nothing is known, or what is known cannot be read."""
    now = desk.studio.clock.now()
    try:
        return propose(one, gather_known(desk.workspace, catalogue=desk.catalogue, now=now, system=desk.system.id))
    except TashikaError:
        return None


def remarks(desk: Desk) -> tuple[Remark, ...]:
    """What a reader of the report would stumble over in what is saved; gravest first."""
    now = desk.studio.clock.now()
    try:
        found = lint_workspace(desk.workspace, catalogue=desk.catalogue, now=now, system=desk.system.id)
    except TashikaError:  # the overview says that the log cannot be read
        return ()
    return tuple(remark for remark in found if remark.code != UNANSWERED)
