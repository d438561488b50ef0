"""What a check of the catalogue has to say: a value, because one run should name every problem, not the first."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, order=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        code: which check: ``count``, ``reach``, ``reference``, ``language``, ``item``, ``wording``, ``topic``,
            ``pin``.
        where: table and id: ``items[A1.8a].requires[cbrn-test]``.
        message: what is wrong.
        hint: what to do, or None.
    """

    code: str
    where: str
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" + (f" ({self.hint})" if self.hint else "")
