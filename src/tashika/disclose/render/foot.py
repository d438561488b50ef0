"""The last line below every document: what it was made from, and what a signature does not prove."""

from collections.abc import Callable

Say = Callable[[str], str]
"""Translates a fixed sentence into one language."""


def foot(say: Say) -> str:
    """Below what was made from one report."""
    return say("Made by Tashika from signed evidence. A signature proves who said it and when, not that it is true.")


def difference_foot(say: Say) -> str:
    """Below what was made from two reports."""
    made = say("Made by Tashika from two reports. It says what differs, not why, and adds nothing up.")
    return f"{made} {_signature(say)}"


def rollup_foot(say: Say) -> str:
    """Below what was made from the reports of all systems."""
    made = say("Made by Tashika from the signed reports of the systems. There is no total.")
    return f"{made} {_signature(say)}"


def _signature(say: Say) -> str:
    return say("A signature proves who said it and when, not that it is true.")
