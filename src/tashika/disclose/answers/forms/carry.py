"""An imported form follows the one that was imported before it: its questions name those that they replace.

So an answer to a question that no topic of ours serves finds the same question in the next edition of the form. What is
the same question is guessed (:func:`~tashika.disclose.answers.forms.diff.same_questions`): the mapping is a proposal.
"""

from collections.abc import Sequence

from tashika.catalogue.catalogue import Catalogue
from tashika.catalogue.model import Bilingual, Question, Questionnaire
from tashika.disclose.answers.forms.diff import same_questions
from tashika.disclose.answers.forms.patterns import same_number
from tashika.disclose.answers.forms.wording import both, form_language, own_words


def carried(form: Questionnaire, catalogue: Catalogue) -> Questionnaire:
    """The form with the earlier questions in ``replaces``; unchanged when it is the first of its version."""
    before: dict[str, tuple[Questionnaire, Question]] = {}
    followed: set[str] = set()
    for earlier in _earlier(form, catalogue):
        for old, new in same_questions(earlier, form):
            if new.id not in before and old.id not in followed:
                before[new.id] = (earlier, old)
                followed.update((old.id, *old.replaces))
    if not before:
        return form
    questions = tuple(_follow(one, form, *before[one.id]) if one.id in before else one for one in form.questions)
    return form.model_copy(update={"questions": questions})


def _earlier(form: Questionnaire, catalogue: Catalogue) -> Sequence[Questionnaire]:
    """The imported forms of the same version, the latest first, before them those in the form's own language.

    When a form was imported is not known; one that replaces more forms is the later one.
    """
    base, lang = _base(form), form_language(form)
    family = [catalogue.questionnaires[name] for name in sorted(catalogue.extra_forms)]
    family = [one for one in family if one.id != form.id and _base(one) == base and form.id not in _replaced(one)]
    return sorted(family, key=lambda one: (form_language(one) != lang, -len(_replaced(one)), one.id))


def _base(form: Questionnaire) -> str:
    return form.id.partition("-")[0]


def _replaced(form: Questionnaire) -> frozenset[str]:
    """Ids of the forms whose questions a form replaces."""
    return frozenset(earlier.partition(":")[0] for question in form.questions for earlier in question.replaces)


def _follow(question: Question, form: Questionnaire, earlier: Questionnaire, old: Question) -> Question:
    """``question`` after ``old``. Under another number, what was guessed by the number belongs to another question."""
    chain = (old.id, *old.replaces)
    moved = same_number(question.number) != same_number(old.number)
    changes: dict[str, object] = {
        "replaces": chain if moved else tuple(dict.fromkeys((*chain, *question.replaces))),
        "items": old.items if moved else question.items or old.items,
        "actions": question.actions or old.actions,
        "mapping": "proposal",
    }
    if moved:
        changes["text"] = _text(question, form, earlier, old)
    return question.model_copy(update=changes)


def _text(question: Question, form: Questionnaire, earlier: Questionnaire, old: Question) -> Bilingual:
    lang = form_language(form)
    words = own_words(question.text, lang)
    same = form_language(earlier) == lang and own_words(old.text, lang) == words
    return old.text if same else both(words, lang)
