"""Reports for the short documents: with answers for every part of a card, very long texts, or nothing at all."""

from collections.abc import Sequence

from report_sample import facts, inputs, record, result, sample

from tashika.core.text import Text
from tashika.disclose.report.build import build
from tashika.disclose.report.model import AnswerRow, ClaimRow, PartWords, Report, Words

CARDS = (
    "evaluation",
    "capabilities",
    "limits",
    "proper-uses",
    "improper-uses",
    "red-team",
    "effects-and-risks",
    "data",
    "instructions-deployer",
    "instructions-user",
)


def answer(card: str, en: str | None, ja: str | None, *, topic: str | None = None, **changes) -> AnswerRow:
    claim = ClaimRow(
        id=f"say-{card}",
        address=f"example-lab/small-model/2026/say-{card}",
        text=Words(en=f"Claim about {card}.", ja=f"{card}についての主張。"),
        evidence_ids=(),
        grade="declared",
        check=f"tashika verify example-lab/small-model/2026/say-{card} --tree . --key FINGERPRINT",
    )
    known = {
        "topic": topic or card,
        "title": Words(en=f"Topic {card}", ja=f"題目{card}"),
        "questions": (),
        "items": (),
        "card": card if card in CARDS else None,
        "options": (),
        "text": PartWords(en=en, ja=ja) if en or ja else None,
        "author": {"en": "human", "ja": "machine"},
        "claims": (claim,),
    }
    return AnswerRow(**(known | changes))


def answered_report(**changes) -> Report:
    """A report in which something is said for every part of a card."""
    answers = [
        answer(card, f"Words about {card}. And more of it.", f"{card}の説明です。続きもあります。") for card in CARDS
    ]
    policy = answer("privacy", "Prompts are kept for a day.", "入力は1日だけ保存します。", topic="privacy-policy")
    return sample().model_copy(update={"answers": (*answers, policy), **changes})


def recorded_report() -> Report:
    """A report whose words stand in records."""
    fields = {
        "capabilities-and-limits": {
            "limits": "It cannot count.",
            "proper-use": "Writing tests.",
            "system-version": "135M",
        },
        "monitoring": {"watched": "Refusals and complaints.", "alarms": "Ten complaints a day."},
        "privacy-policy": {"training-use": "Never.", "retention": "One day."},
        "reporting-channel": {"address": "https://lab.example/report"},
        "interaction-notice": {"wording": "You are talking to a program."},
        "transparency-report": {"release": "Spring release"},
    }
    rows = [
        record(
            kind,
            ("A3.3",),
            record_fields={name: Text(en=text, ja=text) for name, text in values.items()},
            log_index=30 + n,
        )
        for n, (kind, values) in enumerate(fields.items())
    ]
    return build(inputs(facts=[*facts(), *rows]))


def stretched(report: Report, texts: Sequence[str], *, times: int) -> Report:
    """The same report with everything that an organisation writes made long."""
    long = " ".join(texts)[: max(times, 1)] or "x"
    words = Words(en=long, ja=long)
    part = PartWords(en=long, ja=long)
    return report.model_copy(
        update={
            "organisation": report.organisation.model_copy(update={"name": words, "contact": long}),
            "system": report.system.model_copy(update={"name": words, "description": words, "version": long}),
            "answers": tuple(one.model_copy(update={"text": part, "title": words}) for one in report.answers),
            "evidence": tuple(
                row.model_copy(
                    update={
                        "title": words,
                        "reproduced_by": (long,) if row.kind == "result" else (),
                        "fields": tuple(field.model_copy(update={"value": words}) for field in row.fields),
                    }
                )
                for row in report.evidence
            ),
            "actions": tuple(
                action.model_copy(update={"items": tuple(_stretched_item(item, words) for item in action.items)})
                for action in report.actions
            ),
        }
    )


def _stretched_item(item, words):
    figures = tuple(row.model_copy(update={"title": words}) for row in item.figures)
    return item.model_copy(update={"text": words, "figures": figures})


def untested_report() -> Report:
    """A report in which nobody tested anything."""
    return build(inputs(facts=[record("governance-body", ("A5.1",))], plans=[]))


__all__ = ["CARDS", "answer", "answered_report", "recorded_report", "result", "stretched", "untested_report"]
