"""Random workspaces in which everything private carries a mark, and a search that looks inside every format.

The marks go through the program's own readers, commitments and statements; nothing of what is under test is imitated.
"""

import base64
import io
import os
import random
import re
import zipfile
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tashika.catalogue.loader import load
from tashika.core.ids import OrgId, SystemName
from tashika.disclose.answers.model import Answer, AnswerClaim, AnswerText, Authors, Bilingual, OneOrBoth
from tashika.disclose.answers.topics import asked, chosen_forms
from tashika.disclose.answers.write import to_toml
from tashika.workspace.workspace import Workspace

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ORG, SYSTEM = OrgId("shop"), SystemName("helper")
MARK = "zqx"
"""Begins every private value. Not a word, not a digest, not base64 padding."""
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")

SETTINGS = """
schema = 1
workspace_id = "00000000000000000000000000000001"
[organisation]
id = "shop"
name = {{ en = "Shop", ja = "店" }}
roles = [{roles}]
contact = "https://shop.example/report"
[[systems]]
id = "helper"
name = {{ en = "Helper", ja = "助手" }}
version = "1"
measures = ["records"]
[target]
kind = "openai"
base_url = "https://{mark}.internal.example/v1"
model = "chat"
api_key_env = "{mark}_KEY"
[report]
year = 2026
"""


class World:
    """One random workspace. ``marks``: every private value that was put into it."""

    def __init__(self, seed: int, folder: Path) -> None:
        self._random = random.Random(seed)
        self.folder = folder
        self.marks: list[str] = []
        for name in ("answers", "records/documents"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        roles = self._random.choice(['"deployer"', '"model-developer", "deployer"', '"application-developer"'])
        (folder / "tashika.toml").write_text(SETTINGS.format(roles=roles, mark=self._mark()), "utf-8")
        self.workspace = Workspace(folder)
        self._answers()
        for number in range(self._random.randrange(1, 5)):
            self._record(number)

    def _mark(self) -> str:
        value = f"{MARK}{self._random.randrange(16**20):020x}"
        self.marks.append(value)
        return value

    def _private(self) -> str:
        mark = self._mark()
        return self._random.choice(
            [mark, f"名簿 {mark} 非公開", f"The key is {mark}.\nSecond line {mark}", f"<b>{mark}</b>"]
        )

    def _answers(self) -> None:
        catalogue = load()
        config = self.workspace.config
        forms = chosen_forms(catalogue, config.report.questionnaires)
        topics = asked(catalogue, forms, roles=config.organisation.roles)
        for one in self._random.sample(topics, self._random.randrange(1, 9)):
            secret = OneOrBoth(en=self._private()) if self._random.random() < 0.7 else None
            text = AnswerText(en="We do it.", ja="行っています。", author=Authors(en="human", ja="machine"))
            shown = text if secret is None or self._random.random() < 0.6 else None
            claim = AnswerClaim(
                id=f"c-{one.topic.id}"[:60].strip("-"), text=Bilingual(en="It is done.", ja="実施済みです。")
            )
            answer = Answer(
                topic=one.topic.id,
                options=tuple(option.id for option in one.options if self._random.random() < 0.3),
                text=shown,
                claims=(claim,) if shown and self._random.random() < 0.5 else (),
                questions=one.mapped(catalogue),
                confidential=secret,
            )
            (self.folder / "answers" / f"{one.topic.id}.toml").write_bytes(to_toml(answer))

    def _record(self, number: int) -> None:
        catalogue = load()
        kind = self._random.choice([one for one in catalogue.record_types.values() if one.id != "incident-report"])
        asking = [i.id for i in catalogue.items.values() if any(r.name == kind.id for r in i.requires)]
        texts = [field.id for field in kind.fields if field.type in {"text", "list", "link"}]
        hidden = [name for name in texts if self._random.random() < 0.4]
        public = self._random.random() < 0.8
        lines = [f'type = "{kind.id}"', 'title = { en = "A record", ja = "記録" }', 'author = "Office"']
        lines += ["observed_from = 2026-09-01", "observed_to = 2026-09-30", f"items = {asking[:1]!r}"]
        lines += [f"confidential = {hidden!r}"] if hidden and public else []
        lines += [] if public else ["public = false"]
        lines += ["", "[fields]"]
        lines += [f"{f.id} = {self._value(f, private=not public or f.id in hidden)}" for f in kind.fields]
        lines += self._documents(number, required=kind.document == "required")
        (self.folder / "records" / f"r{number}.toml").write_text("\n".join(lines), "utf-8")

    def _value(self, field, *, private: bool) -> str:
        word = self._mark() if private and field.type in {"text", "list", "link"} else "open"
        values = {"date": "2026-09-15", "number": "3", "boolean": "true", "list": f'["{word}"]'}
        if field.type == "choice":
            return f'"{field.choices[0].en}"'
        if field.type == "link":
            return f'"https://shop.example/{word}"'
        return values.get(field.type, f'"{word}"')

    def _documents(self, number: int, *, required: bool) -> list[str]:
        lines = []
        for which in range(self._random.randrange(1 if required else 0, 3)):
            secret = self._random.random() < 0.5
            name = f"{self._mark()}.md" if secret else f"open-{number}-{which}.md"
            content = self._private() if secret else f"Open text {number} {which}"
            (self.folder / "records" / "documents" / name).write_text(content * 3, "utf-8")
            visibility = "confidential" if secret else "public"
            lines += ["", "[[documents]]", f'path = "records/documents/{name}"', f'visibility = "{visibility}"']
        return lines


def statements(world: World, private: Path):
    """The signed content of every record, by the measure and the statements that the program uses."""
    from tashika.core.clock import FixedClock
    from tashika.core.ids import RunId, StatementId
    from tashika.disclose.gather import Logged
    from tashika.measure.interface import NotRun, PlanContext, RunContext
    from tashika.measure.records import RecordsMeasure
    from tashika.measure.statements import result_statement
    from tashika.measure.subjects import system_subject

    measure, config = RecordsMeasure(), world.workspace.config
    system = config.systems[0]
    subject = system_subject(world.workspace, system, config.target_of(system))
    plan = measure.plan(
        PlanContext(workspace=world.folder, system=system, target=config.target, options={}, seed=1, now=NOW)
    )
    if isinstance(plan, NotRun):
        return []
    context = RunContext(
        run=RunId("20261124T090000Z-000000"),
        plan=plan,
        plan_id=StatementId("0" * 64),
        workspace=world.folder,
        private=private,
        system=system,
        target=None,
        subject=subject,
        endpoint=None,
        journal=None,
        clock=FixedClock(NOW),
        report=lambda _: None,
        cancelled=lambda: False,
    )
    made = [
        result_statement(
            finding, org=ORG, system=SYSTEM, plan_id=context.plan_id, supersedes=(), criteria={}, now=NOW + timedelta(0)
        )
        for finding in measure.run(context)
    ]
    return [Logged(statement=one, signer=ORG, index=index) for index, one in enumerate(made)]


def report_of(world: World, state: Path):
    """The report about the workspace's system, and the statements it rests on."""
    from tashika.disclose.gather import gather
    from tashika.disclose.report.build import ReportInputs, build
    from tashika.disclose.report_source import answer_inputs

    os.environ["TASHIKA_STATE"] = str(state)
    signed = statements(world, state / "runs" / "run" / "private")
    config, catalogue = world.workspace.config, load()
    system = config.systems[0]
    inputs = ReportInputs(
        catalogue=catalogue,
        organisation=config.organisation,
        system=system,
        subject_name=None,
        subject_sha256=None,
        year=2026,
        facts=gather(signed, org=ORG, system=SYSTEM).facts,
        keys=(),
        log=None,
        measures=frozenset({"records"}),
        answers=answer_inputs(world.workspace, catalogue, system),
        now=NOW,
        tool_version="0",
    )
    return build(inputs), signed


def leaked(marks: list[str], name: str, content: bytes) -> list[str]:
    """The private values that stand in a file, also inside base64, zip members and PDF text."""
    found = set()
    for layer in layers(name, content):
        if MARK.encode() in layer.replace(b"\xe2\x80\x8b", b""):
            text = layer.replace(b"\xe2\x80\x8b", b"").decode("utf-8", "replace")
            found |= {mark for mark in marks if mark in text}
    return sorted(found)


def layers(name: str, content: bytes, depth: int = 3):
    """The bytes, and what stands in them."""
    yield content
    if depth == 0:
        return
    if name.endswith(".pdf"):
        yield from _pdf(content)
    elif zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from layers(member, archive.read(member), depth - 1)
    for match in _BASE64.finditer(content):
        core = match.group().rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        core = core[: len(core) - (len(core) % 4 == 1)]
        decoded = base64.b64decode(core + b"=" * (-len(core) % 4))
        if MARK.encode() in decoded or b'"' in decoded:
            yield from layers("", decoded, depth - 1)


def _pdf(content: bytes):
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(content))
    yield "".join(page.extract_text() for page in reader.pages).replace("\n", "").encode()
    yield str(reader.metadata).encode()
    for stream in re.finditer(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        try:
            yield zlib.decompress(stream[1])
        except zlib.error:
            continue
