"""Two years of the made-up organisation: what got worse, what changed, what is new."""

from dataclasses import replace

from report_sample import ANSWERS, TITLES, answered, digest, facts, rate, record, sample

from tashika.disclose.answers.model import parse_answer
from tashika.disclose.report.model import Report

EARLIER = {"cyber": (5, 24), "cbrn": (10, 24)}


def later() -> Report:
    return sample()


def earlier() -> Report:
    """A year before: less was tested, offensive cyber went better, a policy was there that is gone now."""
    kept = [fact for fact in facts() if fact.tag != "bias" and fact.record_type != "training"]
    old = [_older(fact) for fact in kept]
    old.append(record("privacy-policy", ("A11.1",), "policy.pdf"))
    texts = [
        text.replace("Every release is", "Most releases are")
        .replace("すべての版を公開前に", "多くの版を公開前に")
        .replace('"committee", ', "")
        for text in ANSWERS[:3]
    ]
    gone = ANSWERS[0].replace("readiness", "risk-steps").replace("tests-before-release", "steps-were-taken")
    gone = gone.replace('options = ["multi-agent-interaction", "safety-institutes"]', "")
    answers = answered(parse_answer(text.encode(), where="x") for text in [*texts, gone])
    report = sample(year=2025, facts=old, answers=answers)
    return report.model_copy(update={"catalogue": report.catalogue.model_copy(update={"version": "2025.03"})})


def _older(fact):
    if fact.tag not in EARLIER:
        return fact
    figure = rate(fact.figures[0].id, TITLES[fact.tag], *EARLIER[fact.tag])
    return replace(fact, figures=(figure,), id=digest("old " + fact.tag))
