"""Remarks on answers before anybody signs them: evidence that does not hold, words it does not carry, gaps, long texts.

Every remark has a code that stays, a place, a severity and what to do; the rules and their numbers stand in
docs/guides/answering.md.
"""

from tashika.disclose.answers.lint.remark import Remark, Severity, worst
from tashika.disclose.answers.lint.run import LintInputs, Located, lint, lint_workspace

__all__ = ["LintInputs", "Located", "Remark", "Severity", "lint", "lint_workspace", "worst"]
