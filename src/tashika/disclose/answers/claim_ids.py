"""``answers/claim-ids.txt``: every claim id that was ever used, with its topic, one a line. The list only grows."""

import os
from collections.abc import Collection, Iterable
from typing import Final

from tashika.core.errors import TooLargeError
from tashika.core.files import translate_os_errors
from tashika.core.ids import parse_slug
from tashika.core.limits import MIB
from tashika.disclose.answers.model import Answer
from tashika.disclose.errors import AnswerError, ClaimIdTakenError

LIST_NAME: Final = "claim-ids.txt"
LIST_BYTES: Final = 16 * MIB
"""A hundred thousand ids of the longest form."""


class ClaimIds:
    """The list, read once.

    Args:
        fd: open for appending, and locked by the caller.
        living: every answer there is; ids that a person wrote into a file by hand are listed, too.
    """

    def __init__(self, fd: int, *, living: Collection[Answer], where: str) -> None:
        self._fd = fd
        self._where = where
        self._living = living
        self.topics = self._read()
        self.add(*living)

    def check(self, answer: Answer) -> None:
        """Refuse an id that another claim has or had.

        The claims that stand in answers to the same topic, of the organisation or of a system, keep their ids.

        Raises:
            ClaimIdTakenError: naming the id and the topic that has or had it.
        """
        own = {claim.id for one in self._living if one.topic == answer.topic for claim in one.claims}
        seen: set[str] = set()
        for claim in answer.claims:
            if claim.id in seen:
                raise self._taken(claim.id, "stands twice in this answer")
            if claim.id in self.topics and (claim.id not in own or self.topics[claim.id] != answer.topic):
                raise self._taken(claim.id, f"was used before, for {self.topics[claim.id]!r}")
            seen.add(claim.id)

    def add(self, *answers: Answer) -> None:
        """List the ids of these answers, once each; durable when this returns."""
        new = dict(_owned(answers))
        new = {claim: topic for claim, topic in new.items() if claim not in self.topics}
        if new:
            with translate_os_errors(self._where):
                _append(self._fd, "".join(f"{claim} {topic}\n" for claim, topic in new.items()).encode("ascii"))
            self.topics |= new

    def _taken(self, claim: str, why: str) -> ClaimIdTakenError:
        return ClaimIdTakenError(
            f"the claim id {claim!r} {why}", where=self._where, hint="an id is never reused; choose a new one"
        )

    def _read(self) -> dict[str, str]:
        with translate_os_errors(self._where):
            data = os.pread(self._fd, LIST_BYTES + 1, 0)
            if len(data) > LIST_BYTES:
                raise TooLargeError(f"more than {LIST_BYTES} bytes", where=self._where)
            whole = data.rfind(b"\n") + 1
            if whole != len(data):  # a line that was cut off by a kill; its claim stands in the answer
                os.ftruncate(self._fd, whole)
        return dict(_line(line, f"{self._where}:{n}") for n, line in enumerate(data[:whole].splitlines(), start=1))


def _owned(answers: Iterable[Answer]) -> Iterable[tuple[str, str]]:
    return ((claim.id, answer.topic) for answer in answers for claim in answer.claims)


def _line(line: bytes, where: str) -> tuple[str, str]:
    words = line.decode("ascii", "replace").split(" ")
    if len(words) != 2:
        raise AnswerError("not a claim id and a topic", where=where, hint="repair the line, or bring the list from git")
    return parse_slug(words[0], what=f"{where}: claim id"), parse_slug(words[1], what=f"{where}: topic")


def _append(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
    os.fsync(fd)
