"""A made-up organisation with made-up evidence over the real catalogue: what the report looks like when much is there."""

import hashlib
import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tashika.catalogue.loader import load
from tashika.core.ids import ItemId, OrgId, Sha256Hex, StatementId
from tashika.core.text import Text
from tashika.disclose.answers.model import OneOrBoth, content_digest, parse_answer
from tashika.disclose.answers.topics import asked
from tashika.disclose.facts import Document, EvidenceFact, PlanFact, Threshold
from tashika.disclose.report.answers import AnswerInputs
from tashika.disclose.report.build import ReportInputs, build
from tashika.disclose.report.model import KeyRow, LogRow, Report
from tashika.evidence.predicate_parts import EvalFigure
from tashika.workspace.config import Bilingual, OrganisationConfig, SystemConfig

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ORG = OrgId("example-lab")
PLAN = StatementId(hashlib.sha256(b"plan").hexdigest())

TITLES = {
    "cbrn": ("Harmful answers: chemical, biological, radiological, nuclear", "有害応答率：化学・生物・放射性物質・核"),
    "cyber": ("Harmful answers: offensive cyber", "有害応答率：攻撃的サイバー"),
    "physical": ("Harmful answers: health and physical safety", "有害応答率：健康と物理的な安全"),
    "replication": ("Harmful answers: self-replication", "有害応答率：自己複製"),
    "bias": ("Biased answers", "偏りのある応答率"),
    "privacy": ("Harmful answers: privacy", "有害応答率：プライバシー"),
    "disinformation": ("Harmful answers: disinformation", "有害応答率：偽情報"),
    "cascade": ("Harmful answers: chain reactions", "有害応答率：連鎖反応"),
}
FAILED = {"cbrn": (12, 24), "cyber": (19, 24), "physical": (9, 23), "replication": (2, 24), "bias": (16, 22)}
PASSED = {"privacy": (0, 60), "disinformation": (14, 24), "cascade": (0, 3)}


def digest(name: str) -> StatementId:
    return StatementId(hashlib.sha256(name.encode()).hexdigest())


def wilson(hits: int, n: int) -> tuple[Decimal, Decimal]:
    z, p = 1.959964, hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Decimal(f"{max(0.0, middle - half):.6f}"), Decimal(f"{min(1.0, middle + half):.6f}")


def rate(figure_id: str, title: tuple[str, str], hits: int, n: int) -> EvalFigure:
    low, high = wilson(hits, n)
    value = min(max((Decimal(hits) / n).quantize(Decimal("0.000001")), low), high)
    return EvalFigure(
        id=figure_id,
        title=Text(en=title[0], ja=title[1]),
        value=value,
        unit="proportion",
        n=n,
        low=low,
        high=high,
        method="wilson-95",
        boundary="measured",
    )


def result(tag: str, items: tuple[str, ...], figures: tuple[EvalFigure, ...], **more) -> EvidenceFact:
    known = {
        "id": digest(f"{tag}{more.get('log_index', 0)}"),
        "kind": "result",
        "signer": ORG,
        "signed_at": NOW - timedelta(days=3),
        "observed_from": NOW - timedelta(days=4),
        "observed_to": NOW - timedelta(days=3),
        "valid_until": NOW + timedelta(days=363),
        "items": tuple(ItemId(item) for item in items),
        "measure": "redteam",
        "measure_version": "1",
        "tag": tag,
        "figures": figures,
        "plan_id": PLAN,
        "log_index": 7,
        "chosen_by": "organisation",
        "access": "local",
    }
    return EvidenceFact(**(known | more))


def redteam() -> list[EvidenceFact]:
    facts = []
    for index, (tag, (hits, n)) in enumerate((FAILED | PASSED).items()):
        figure = rate(f"redteam.unsafe-rate.{tag}", TITLES[tag], hits, n)
        summary = Text(
            en=f"Of {n} answers that could be scored, {hits} did what they should not.",
            ja=f"採点できた{n}件の応答のうち、{hits}件が行うべきでないことを行いました。",
        )
        limits = (
            Text(
                en="The scorers are fixed rules; how often they are wrong has not been measured in this version.",
                ja="採点は固定の規則によるもので、その誤り率はこの版では測定されていません。",
            ),
        )
        counts = {"safe": n - hits, "unsafe": hits, "not-scorable": 30 - min(n, 30), "error": 0}
        facts.append(
            result(
                tag,
                (),
                (figure,),
                summary=summary,
                limits=limits,
                counts=counts,
                log_index=5 + index,
                repeated=index % 2,
            )
        )
    whole = rate("redteam.unsafe-rate.overall", ("Harmful answers, all areas", "有害応答率：全領域"), 72, 204)
    facts.append(result("overall", ("A1.1",), (whole,), log_index=13))
    return facts


def record(kind: str, items: tuple[str, ...], *documents: str, **more) -> EvidenceFact:
    known = {
        "id": digest(f"record {kind}"),
        "kind": "record",
        "signer": ORG,
        "signed_at": NOW - timedelta(days=10),
        "observed_from": NOW - timedelta(days=40),
        "observed_to": NOW - timedelta(days=12),
        "items": tuple(ItemId(item) for item in items),
        "record_type": kind,
        "documents": tuple(
            Document(name=name, sha256=Sha256Hex(digest(name)), public=not name.startswith("internal"))
            for name in documents
        ),
        "log_index": 20,
    }
    return EvidenceFact(**(known | more))


def energy() -> EvidenceFact:
    def amount(
        name: str, title: tuple[str, str], unit: str, low: str, value: str, high: str, boundary: str
    ) -> EvalFigure:
        return EvalFigure(
            id=f"energy.{name}",
            title=Text(en=title[0], ja=title[1]),
            value=Decimal(value),
            unit=unit,
            n=1,
            low=Decimal(low),
            high=Decimal(high),
            method="bounds",
            boundary=boundary,
        )

    figures = (
        amount("duration", ("Duration of the run", "実行時間"), "s", "151.2", "151.2", "151.2", "measured"),
        amount(
            "energy", ("Energy of the run", "実行の消費エネルギー"), "kWh", "0.00031", "0.00094", "0.00212", "modelled"
        ),
        amount("carbon", ("Carbon of the run", "実行の炭素排出"), "gCO2e", "0.01", "0.43", "1.74", "declared"),
    )
    return result("run", ("A8.4",), figures, measure="energy", log_index=15)


def facts() -> list[EvidenceFact]:
    weights = EvalFigure(
        id="weights.files",
        title=Text(en="Files of the model", ja="モデルのファイル数"),
        value=Decimal(1),
        unit="count",
        n=1,
        low=Decimal(1),
        high=Decimal(1),
        method="exact-count",
        boundary="measured",
    )
    return [
        *redteam(),
        result(
            "manifest",
            ("A6.1",),
            (weights,),
            measure="weights",
            log_index=16,
            reproduced_by=frozenset({OrgId("nordic-audit")}),
        ),
        energy(),
        record("external-evaluation", ("A1.2",), "evaluation-2026.pdf"),
        record("mitigation", ("A1.3", "A2.2"), "mitigations.pdf", "internal-tickets.csv"),
        record("technical-documentation", ("A1.5",), "model-card.pdf"),
        record("governance-body", ("A5.1",), "board-minutes.pdf"),
        record(
            "training",
            ("A5.3", "A5.4"),
            record_fields={"people": Text(en="41", ja="41"), "made-up": Text(en="x", ja="x")},
        ),
        record(
            "risk-assessment",
            ("A1.8a",),
            "old.pdf",
            withdrawn=Text(en="A page was missing.", ja="ページの欠落があったため。"),
        ),
    ]


ANSWER = """
topic = "readiness"
options = ["multi-agent-interaction", "safety-institutes"]

[text]
en = "Every release is tested before it is published, and the results are signed."
ja = "すべての版を公開前に試験し、結果に署名しています。"
author = { en = "human", ja = "machine" }

[[claims]]
id = "tests-before-release"
text = { en = "Every release of 2026 was tested before it was published.", ja = "2026年の全公開版を、公開前に試験しました。" }
evidence = []

[[tools]]
name = "Tashika"
url = "https://tools.example/tashika"

[[questions]]
id = "v1:1c"
version = "v1@2025-02"
"""
ANSWERS = (
    ANSWER,
    # One language only, two paragraphs, a claim with evidence.
    """
topic = "risk-classification"

[text]
ja = "危険を四つの段階に分けています。\\n\\n最も高い段階の危険がある版は公開しません。"
author = { ja = "human" }

[[claims]]
id = "cbrn-is-tested"
text = { en = "Help with chemical, biological, radiological and nuclear harm is tested.", ja = "化学・生物・放射性物質・核に関する有害な支援を試験しています。" }
evidence = ["measure:redteam/cbrn", "record:mitigation"]

[[questions]]
id = "v1:1a"
version = "v1@2025-02"
""",
    # Many boxes, started from a proposal that a person changed.
    """
topic = "governance"
options = ["board", "executive", "senior-management", "committee", "independent-advisory-body"]

[text]
en = "The board decides; a committee prepares what it decides. Both meet every three months."
ja = "取締役会が決定し、委員会がその準備をします。どちらも四半期ごとに開かれます。"
author = { en = "human", ja = "human" }

[[questions]]
id = "v1:4a"
version = "v1@2025-02"

[proposal]
origin = ["record:governance-body", "workspace:organisation.roles"]
confidence = "medium"
sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
""",
    # Nothing of it is published.
    """
topic = "insider-threats"

[[questions]]
id = "v1:2g-v"
version = "v1@2025-02"

[confidential]
en = "The names of those who watch."
""",
    """
topic = "content-marking"
not_applicable = { en = "The model writes text only.", ja = "本モデルが生成するのは文章だけです。" }

[[questions]]
id = "v1:5b"
version = "v1@2025-02"
""",
    # Taken over as proposed; an imported form that this report does not have.
    f"""
topic = "literacy"

[text]
en = "We hold a course for schools every year."
author = {{ en = "machine" }}

[[questions]]
id = "v1:7b"
version = "v1@2025-02"

[[questions]]
id = "v2.0-3f9a1c2b:30"
version = "v2.0@2026-09-07"

[proposal]
origin = ["repository:README.md"]
confidence = "low"
sha256 = "{content_digest(OneOrBoth(en="We hold a course for schools every year."), ())}"
""",
)


def answered(found) -> AnswerInputs:
    answers = tuple(found)
    catalogue = load()
    forms = tuple(catalogue.questionnaires.values())
    topics = asked(catalogue, forms, roles=["model-developer"], size=None)
    withheld = {answer.topic: digest(answer.topic) for answer in answers if answer.confidential}
    return AnswerInputs(answers=answers, asked=topics, forms=forms, withheld=withheld)


CITED = '["measure:redteam/cbrn", "record:mitigation"]'


def all_answers(*, cited: bool = True) -> AnswerInputs:
    """``cited``: whether the facts hold what the claims rest on."""
    texts = [text if cited else text.replace(CITED, "[]") for text in ANSWERS]
    return answered(parse_answer(text.encode(), where="answers/x.toml") for text in texts)


def inputs(**changes) -> ReportInputs:
    known = {
        "catalogue": load(),
        "organisation": OrganisationConfig(
            id=ORG,
            name=Bilingual(en="Example Lab", ja="例示研究所"),
            roles=("model-developer", "application-developer"),
            url="https://lab.example",
            contact="challenge@lab.example",
        ),
        "system": SystemConfig(
            id="small-model",
            name=Bilingual(en="Small Model", ja="スモールモデル"),
            version="135M, 2024-11",
            description=Bilingual(
                en="A very small language model that runs on a laptop", ja="ノートパソコンで動くごく小さな言語モデル"
            ),
        ),
        "subject_name": "small-model weights",
        "subject_sha256": digest("weights"),
        "year": 2026,
        "facts": facts(),
        "plans": [
            PlanFact(
                id=PLAN,
                signed_at=NOW - timedelta(days=5),
                due=NOW + timedelta(days=2),
                measures=("redteam", "weights", "energy"),
                results=11,
            )
        ],
        "keys": [
            KeyRow(purpose="statement", id=digest("statement key"), protected=True),
            KeyRow(purpose="log", id=digest("log key"), protected=False),
        ],
        "log": LogRow(origin="lab.example/log", size=21, root=digest("root")),
        "measures": frozenset({"redteam", "weights", "records", "energy"}),
        "answers": all_answers(cited="facts" not in changes),
        "notices": [
            Text(
                en="This is an example with a weak model: it was chosen because it fails.",
                ja="これは弱いモデルを用いた例です。失敗することを承知のうえで選びました。",
            )
        ],
        "now": NOW,
        "tool_version": "0.1.0",
    }
    return ReportInputs(**(known | changes))


def sample(**changes) -> Report:
    return build(inputs(**changes))


def threshold(value: str) -> Threshold:
    return Threshold(op="<=", value=Decimal(value), bound="high")
