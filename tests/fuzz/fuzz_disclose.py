"""Fuzz targets of disclosure: answers and reports read from files may only raise TashikaError."""

import sys
from collections.abc import Callable
from pathlib import Path

from tashika.disclose.answers.model import parse_answer
from tashika.disclose.render.json import render_json
from tashika.disclose.report.model import Report

sys.path.append(str(Path(__file__).resolve().parent.parent / "disclose"))


def targets() -> dict[str, Callable[[bytes], None]]:
    """The two readers."""
    return {"disclose.answer": lambda data: _drop(parse_answer(data, where="x")), "disclose.report": _report}


def seeds() -> dict[str, list[bytes]]:
    """One real answer, one small report."""
    from report_sample import ANSWER, sample

    report = sample(facts=[])
    action = report.actions[0]
    small = report.model_copy(update={"actions": (action.model_copy(update={"items": action.items[:1]}),)})
    return {"disclose.answer": [ANSWER.encode()], "disclose.report": [render_json(small)]}


def _report(data: bytes) -> None:
    _drop(Report.parse(data))


def _drop(_value: object) -> None:
    """Reading is the test."""
