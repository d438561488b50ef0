"""What the report about one system is made of, gathered from its workspace: verified facts, answers, keys, settings."""

from collections.abc import Sequence

from tashika.catalogue.catalogue import Catalogue
from tashika.core.ids import SystemName
from tashika.core.text import Text
from tashika.core.version import __version__
from tashika.disclose.answers.model import load_answers
from tashika.disclose.answers.options import check_options, earlier_by_topic
from tashika.disclose.answers.topics import asked, chosen_forms
from tashika.disclose.gather import Logged, gather
from tashika.disclose.report.answers import AnswerInputs
from tashika.disclose.report.build import ReportInputs
from tashika.disclose.report.model import KeyRow, LogRow
from tashika.disclose.withheld import FOLDER as WITHHELD
from tashika.disclose.withheld import Withheld
from tashika.evidence.key_events import KeyDirectory
from tashika.evidence.keys import list_keys
from tashika.evidence.ledger import Ledger
from tashika.evidence.predicate_types import PLAN
from tashika.evidence.signer import key_id
from tashika.workspace.config import SystemConfig, installed_measures
from tashika.workspace.workspace import Workspace


def report_inputs(
    ledger: Ledger, system: SystemConfig, *, catalogue: Catalogue, statements: Sequence[Logged]
) -> ReportInputs:
    """Everything about one system.

    Args:
        ledger: of the workspace.
        system: which one.
        catalogue: with the workspace's own forms.
        statements: verified, in log order.

    Raises:
        AnswerError: an answer is wrong.
    """
    gathered = gather(statements, org=ledger.org, system=SystemName(system.id))
    config = ledger.workspace.config
    plans = [one.statement for one in statements if one.statement.predicate_type == PLAN]
    subject = next((p.subjects[0] for p in reversed(plans) if p.predicate.get("system") == system.id), None)
    return ReportInputs(
        catalogue=catalogue,
        organisation=config.organisation,
        system=system,
        subject_name=subject.name if subject else None,
        subject_sha256=subject.digest.get("sha256") if subject else None,
        year=config.report.year,
        facts=gathered.facts,
        plans=gathered.plans,
        keys=_keys(ledger, ledger.directory()),
        log=LogRow(origin=ledger.log.origin, size=ledger.log.size, root=ledger.log.root().hex()),
        measures=frozenset(installed_measures()),
        answers=answer_inputs(ledger.workspace, catalogue, system),
        notices=(Text(system.notice.en, system.notice.ja),) if system.notice else (),
        now=ledger.clock.now(),
        tool_version=__version__,
    )


def answer_inputs(workspace: Workspace, catalogue: Catalogue, system: SystemConfig) -> AnswerInputs:
    """The answers that hold for one system, and commitments to what stays private.

    Raises:
        AnswerError: an answer is wrong.
    """
    config = workspace.config
    forms = chosen_forms(catalogue, config.report.questionnaires)
    topics = asked(catalogue, forms, roles=config.organisation.roles, size=config.organisation.size)
    answers = load_answers(workspace.root / "answers", system=system.id)
    known = {one.topic.id: one for one in topics}
    withheld = Withheld(workspace.state / "private" / WITHHELD)
    for answer in answers:
        if answer.topic in known:
            check_options(answer, known[answer.topic], catalogue)
    return AnswerInputs(
        answers=answers,
        asked=topics,
        forms=forms,
        earlier=earlier_by_topic(answers, topics, catalogue),
        withheld={
            answer.topic: withheld.commit(f"answers/{answer.topic}", answer.confidential.model_dump(exclude_none=True))
            for answer in answers
            if answer.confidential
        },
    )


def _keys(ledger: Ledger, directory: KeyDirectory) -> tuple[KeyRow, ...]:
    protected = {file.fingerprint: file.protected for file in list_keys(ledger.ring.folder)}
    current, log_key = directory.current.key_id, key_id(directory.log_vkey.public)
    rows = [
        KeyRow(purpose="statement", id=current, protected=protected.get(current)),
        KeyRow(purpose="log", id=log_key, protected=protected.get(log_key)),
    ]
    rows += [
        KeyRow(purpose="weights", id=key.key_id, protected=protected.get(key.key_id))
        for key in directory.keys
        if key.purpose == "weights" and key.replaced is None and key.revoked_from is None
    ]
    return tuple(rows)
