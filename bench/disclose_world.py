"""A made-up organisation with very much to say: a report of thousands of claims, each with evidence."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tashika.catalogue.loader import load
from tashika.core.ids import ItemId, OrgId, StatementId, sha256_hex
from tashika.core.text import Text
from tashika.disclose.answers.model import Answer, AnswerClaim, AnswerText, Authors, Bilingual, MappedQuestion
from tashika.disclose.answers.topics import Asked, asked
from tashika.disclose.facts import EvidenceFact
from tashika.disclose.report.answers import AnswerInputs
from tashika.disclose.report.build import ReportInputs, build
from tashika.disclose.report.model import LogRow, Report
from tashika.evidence.predicate_parts import EvalFigure
from tashika.workspace.config import Bilingual as Names
from tashika.workspace.config import OrganisationConfig, SystemConfig

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ORG = OrgId("example-lab")
ROLES = ("model-developer",)


def make_report(*, claims: int, statements: int) -> Report:
    """A report with exactly so many claims, spread over every topic, and so many statements in its evidence index."""
    catalogue = load()
    facts = [_fact(number) for number in range(statements)]
    forms = tuple(catalogue.questionnaires.values())
    topics = asked(catalogue, forms, roles=ROLES)
    empty = _inputs(facts, AnswerInputs())
    spoken = sum(len(item.claims) for item in build(empty).items())  # items with evidence have a claim of their own
    versions = {question.id: form.version for form in forms for question in form.questions}
    answers = _answers(topics, versions, facts, claims - spoken)
    report = build(_inputs(facts, AnswerInputs(answers=tuple(answers), asked=topics, forms=forms)))
    if len(report.claims()) != claims or len(report.evidence) != statements:
        raise RuntimeError("the report of this bench is not what it says")
    return report


def _inputs(facts: list[EvidenceFact], answers: AnswerInputs) -> ReportInputs:
    return ReportInputs(
        catalogue=load(),
        organisation=OrganisationConfig(
            id=ORG, name=Names(en="Example Lab", ja="例示研究所"), roles=ROLES, contact="challenge@lab.example"
        ),
        system=SystemConfig(id="large-model", name=Names(en="Large Model", ja="ラージモデル"), version="1.0"),
        subject_name="large-model weights",
        subject_sha256=sha256_hex(b"weights"),
        year=2026,
        facts=facts,
        answers=answers,
        keys=(),
        log=LogRow(origin="lab.example/log", size=len(facts), root=sha256_hex(b"root")),
        measures=frozenset({"redteam", "weights", "records", "energy"}),
        now=NOW,
        tool_version="0",
    )


def _fact(number: int) -> EvidenceFact:
    return _record(number) if number % 50 == 0 else _result(number)


def _result(number: int) -> EvidenceFact:
    low, value, high = Decimal("0.01"), Decimal("0.05"), Decimal("0.12")
    figure = EvalFigure(
        id=f"redteam.unsafe-rate.area-{number}",
        title=Text(en=f"Harmful answers, area {number}", ja=f"有害応答率：領域{number}"),
        value=value, unit="proportion", n=120, low=low, high=high, method="wilson-95", boundary="measured",
    )  # fmt: skip
    return EvidenceFact(
        id=StatementId(sha256_hex(b"result %d" % number)),
        kind="result",
        signer=ORG,
        signed_at=NOW - timedelta(hours=number + 1),
        observed_from=NOW - timedelta(hours=number + 5),
        observed_to=NOW - timedelta(hours=number + 2),
        valid_until=NOW + timedelta(days=300),
        items=(ItemId("A1.1"),),
        measure="redteam",
        measure_version="1",
        tag=f"area-{number}",
        figures=(figure,),
        summary=Text(en="Of 120 answers, 6 were harmful.", ja="120件の応答のうち6件が有害でした。"),
        log_index=number,
    )


def _record(number: int) -> EvidenceFact:
    return EvidenceFact(
        id=StatementId(sha256_hex(b"record %d" % number)),
        kind="record",
        signer=ORG,
        signed_at=NOW - timedelta(days=10, hours=number),
        items=(ItemId("A5.1"),),
        record_type="governance-body",
        record_fields={"name": Text(en=f"Board {number}", ja=f"委員会{number}")},
        log_index=number,
    )


def _answers(
    topics: tuple[Asked, ...], versions: dict[str, str], facts: list[EvidenceFact], n: int
) -> Iterator[Answer]:
    """One answer a topic; the first ones have the claims that do not divide evenly."""
    for place, one in enumerate(topics):
        mine = range(place, n, len(topics))
        yield Answer(
            topic=one.topic.id,
            options=tuple(option.id for option in one.options[:2]),
            text=AnswerText(
                en="Every release is tested before it is published, and the results are signed.",
                ja="すべての版を公開前に試験し、結果に署名しています。",
                author=Authors(en="human", ja="machine"),
            ),
            claims=tuple(_claim(number, facts) for number in mine),
            questions=tuple(MappedQuestion(id=q.id, version=versions[q.id]) for q in one.questions),
        )


def _claim(number: int, facts: list[EvidenceFact]) -> AnswerClaim:
    """A sentence of common length on one to three statements."""
    cited = {facts[(number * 7 + step) % len(facts)].id for step in range(1 + number % 3)}
    return AnswerClaim(
        id=f"claim-{number}",
        text=Bilingual(
            en=f"In area {number} the system was tested before release {number % 12} and stayed below the threshold.",
            ja=f"領域{number}について、公開版{number % 12}の公開前に試験を行い、しきい値を下回りました。",
        ),
        evidence=tuple(sorted(cited)),
    )
