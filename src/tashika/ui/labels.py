"""Words for states, grades and other fixed values, in both languages. Shapes and colours only stand beside them."""

from typing import Final

from tashika.core.text import Lang, translator


def _(message: str) -> str:
    """Mark for translation; :func:`word` translates."""
    return message


STATES: Final = {
    "covered": _("covered"),
    "partial": _("partly covered"),
    "gap": _("not met"),
    "not-assessed": _("not assessed"),
    "not-observable": _("not observable"),
    "not-applicable": _("not applicable"),
}
STATE_MEANINGS: Final = {
    "covered": _("All that was asked for was shown."),
    "partial": _("Some of it was shown, or the samples cannot tell."),
    "gap": _("It was looked at and not met."),
    "not-assessed": _("Nobody looked."),
    "not-observable": _("It cannot be measured; the reason is given."),
    "not-applicable": _("It is not asked of this organisation's roles."),
}
GRADES: Final = {
    "declared": _("declared"),
    "documented": _("documented"),
    "measured": _("measured"),
    "reproduced": _("reproduced"),
}
GRADE_MEANINGS: Final = {
    "declared": _("The organisation says so."),
    "documented": _("A signed document is attached."),
    "measured": _("A measure ran."),
    "reproduced": _("Another organisation ran it again and agreed."),
}
STRENGTHS: Final = {"should": _("should"), "commit": _("commitment"), "encouraged": _("encouraged")}
BOUNDARIES: Final = {"measured": _("measured"), "modelled": _("modelled"), "declared": _("declared")}
RESULTS: Final = {
    "met": _("within"),
    "unmet": _("beyond"),
    "inconclusive": _("cannot tell"),
    "unlooked": _("not looked at"),
    "not-observable": _("not observable"),
}
ROLES: Final = {
    "model-developer": _("model developer"),
    "application-developer": _("application developer"),
    "deployer": _("deployer"),
    "user": _("user"),
}
KEYS: Final = {
    "statement": _("statement key"),
    "log": _("log key"),
    "witness": _("witness key"),
    "weights": _("weights key"),
    "content": _("content key"),
}
COUNTS: Final = {
    "safe": _("safe"),
    "unsafe": _("unsafe"),
    "not-scorable": _("not scorable"),
    "error": _("error"),
    "planned": _("planned"),
}
CHOOSERS: Final = {"organisation": _("the organisation"), "tester": _("the tester")}
ACCESS: Final = {
    "unspecified": _("not stated"),
    "weights": _("the weights"),
    "endpoint": _("the public interface"),
    "black-box": _("its interface only"),
    "local": _("a copy on the same machine"),
}
SOURCES: Final = {"plan": _("set in the signed plan"), "catalogue": _("default of the catalogue")}
AUTHORS: Final = {"human": _("written by a person"), "machine": _("written by a machine")}
CONFIDENCES: Final = {"high": _("high"), "medium": _("medium"), "low": _("low")}
TOPIC_GROUPS: Final = {
    "profile": _("The organisation"),
    "risk": _("Finding and judging risk"),
    "management": _("Lowering risk and security"),
    "transparency": _("Transparency"),
    "governance": _("Governance and incidents"),
    "provenance": _("Marking and tracing content"),
    "research": _("Research and investment"),
    "society": _("Benefit for people and society"),
}
"""Groups of topics, as answers are sorted; the catalogue names the keys."""


def word(table: dict[str, str], key: str, lang: Lang) -> str:
    """A fixed value in words; a value without a word is shown as it is."""
    return translator(lang)(table[key]) if key in table else key
