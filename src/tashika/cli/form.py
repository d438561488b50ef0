"""``tashika form``: import the reporting form from Word, read a filled one back, compare versions of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from tashika.cli.opening import find_workspace
from tashika.cli.output import JsonFlag, WorkspaceDir, note, print_json, say, table
from tashika.core.strict_json import Json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tashika.catalogue.catalogue import Catalogue
    from tashika.catalogue.model import Questionnaire
    from tashika.disclose.answers.forms.diff import FormDiff, Outdated, Piece, QuestionChange
    from tashika.disclose.answers.forms.draft import Note
    from tashika.disclose.answers.forms.pin import ReadForm
    from tashika.disclose.answers.model import Answer
    from tashika.workspace.workspace import Workspace

app = typer.Typer(help="The reporting form as a Word file: import, show, compare.", no_args_is_help=True)

UNTRIED: Final = (
    "The official form could not be obtained: this reader follows public descriptions of its layout. Compare what it"
    " read with the file."
)
_WHY: Final = {
    "before-first-question": "belongs to no question",
    "not-in-order": "starts like a question, but the number is out of order",
    "number-used-already": "starts like a question, but the number was used already",
    "roles-not-understood": "names roles that are not known",
    "no-question-for-option": "a box before any question",
    "option-without-words": "a box without words",
    "question-without-words": "a number without words",
    "read-as-answer": "read as an answer that somebody wrote",
    "heading-in-question": "a heading inside a question",
    "several-forms": "the file holds several forms; questions are of this one, answers of all that are known",
    "hidden-text": "characters of hidden text were left out",
    "cut": "longer than a text of a form may be; cut",
}
_NOTES_SHOWN: Final = 20

Base = Annotated[str, typer.Option("--as", metavar="VERSION", help="Which version of the form it is.")]
FormName = Annotated[str, typer.Argument(metavar="FORM", help="Id of a form (see `form list`) or a .docx file.")]


@app.command("import")
def import_form(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The form as .docx, blank or filled in.")],
    base: Base = "v2.0",
    *,
    answers: Annotated[bool, typer.Option("--answers", help="Also make answers of what is filled in.")] = False,
    blank: Annotated[
        str | None, typer.Option("--blank", metavar="FILE", help="The blank form, to tell its words from answers.")
    ] = None,
    workspace: WorkspaceDir = None,
    as_json: JsonFlag = False,
) -> None:
    """Import the form from a Word file and pin it by its hash. Answers that exist are never overwritten."""
    from tashika.disclose.answers.forms.filled import answers_of, same_form
    from tashika.disclose.answers.forms.pin import read_form
    from tashika.disclose.answers.forms.store import save_form
    from tashika.disclose.answers.topics import workspace_catalogue

    place = find_workspace(workspace)
    catalogue = workspace_catalogue(place)
    read = read_form(Path(file), catalogue, base=base, blank=Path(blank) if blank else None)
    known = same_form(read, catalogue) if read.filled else None
    form = known or read.form
    drafts = answers_of(read, catalogue, target=form) if answers else ()
    path, new = (None, False) if known else save_form(place.root, read)
    saved, kept = _save(place, drafts)
    settings = _setting(place, form)
    if as_json:
        print_json(
            {
                "id": form.id,
                "version": form.version,
                "sha256": read.sha256,
                "file": str(path) if path else None,
                "new": new,
                "language": read.mapped.lang,
                "counts": _counts(form),
                "filled": read.filled,
                "saved": saved,
                "kept": kept,
                "notes": [{"paragraph": one.at, "why": one.why, "text": one.text} for one in read.notes],
                "setting": settings,
                "untried": UNTRIED,
            }
        )
        return
    _say_read(read, form, path, new=new)
    _say_notes(read.notes)
    _say_answers(read, saved, kept, asked=answers)
    if settings:
        say(f"next       in tashika.toml, [report]: {settings}")
    note(UNTRIED)


@app.command("list")
def list_forms(workspace: WorkspaceDir = None, as_json: JsonFlag = False) -> None:
    """Every form that can be filled in: ours and those that were imported."""
    from tashika.disclose.answers.forms.wording import form_language, own_words
    from tashika.disclose.answers.topics import workspace_catalogue

    place = find_workspace(workspace)
    catalogue = workspace_catalogue(place)
    used = place.config.report.questionnaires
    rows: list[dict[str, Json]] = [
        {
            "id": form.id,
            "version": form.version,
            "title": own_words(form.title, form_language(form)),
            "questions": len(form.questions),
            "imported": form.id in catalogue.extra_forms,
            "inUse": form.id in used,
        }
        for form in catalogue.questionnaires.values()
    ]
    if as_json:
        print_json({"forms": rows})
        return
    shown = [
        (
            row["id"],
            str(row["questions"]),
            "imported" if row["imported"] else "ours",
            "yes" if row["inUse"] else "no",
            row["title"],
        )
        for row in rows
    ]
    table(["form", "questions", "from", "in use", "title"], shown, right=frozenset({1}))


@app.command("show")
def show(form: FormName, base: Base = "v2.0", workspace: WorkspaceDir = None, as_json: JsonFlag = False) -> None:
    """Show a form as it was read: sections, questions, options, roles."""
    found = _form(form, base, _catalogue(workspace))
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    from tashika.disclose.answers.forms.wording import form_language, own_words

    lang = form_language(found)
    say(f"form       {found.id}")
    say(f"version    {found.version}")
    say(f"title      {own_words(found.title, lang)}")
    for section in found.sections:
        say()
        actions = f" ({', '.join(section.actions)})" if section.actions else ""
        say(f"{own_words(section.title, lang)}{actions}")
        for question in found.questions:
            if question.section == section.id:
                say(f"  {question.number:<6} {own_words(question.text, lang)}")
                for option in question.options:
                    say(f"         ☐ {own_words(option.text, lang)}")
                if question.roles:
                    say(f"         for: {', '.join(question.roles)}")


@app.command("diff")
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="Id of a form or a .docx file.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The same, later.")],
    base: Base = "v2.0",
    workspace: WorkspaceDir = None,
    as_json: JsonFlag = False,
) -> None:
    """What changed between two forms, and which answers were given to the old one. Nothing is rewritten."""
    from tashika.disclose.answers.forms.diff import compare, outdated

    place = _place(workspace)
    catalogue = _catalogue(workspace)
    found = compare(_form(old, base, catalogue), _form(new, base, catalogue))
    given = outdated(_answers(place), found) if place else ()
    if as_json:
        print_json(_diff_json(found, given))
        return
    for section in found.sections:
        say(f"section    {section.section}: {section.kind}: {section.before or '–'} → {section.after or '–'}")
    for change in found.questions:
        _say_change(change)
    if found.languages_differ:
        note("the two forms are in different languages: their words were not compared")
    counts = f"{len(found.old.questions)} questions before, {len(found.new.questions)} after"
    say(f"result     {counts}: " + (f"{len(found.questions)} changed" if found.questions else "nothing changed"))
    _say_outdated(given)


# --------------------------------------------------------------------------------------------------- what is looked up


def _place(workspace: str | None) -> "Workspace | None":
    from tashika.workspace.errors import NoWorkspaceError

    try:
        return find_workspace(workspace)
    except NoWorkspaceError:
        if workspace is not None:
            raise
        return None


def _catalogue(workspace: str | None) -> "Catalogue":
    from tashika.catalogue.loader import load
    from tashika.disclose.answers.topics import workspace_catalogue

    place = _place(workspace)
    return workspace_catalogue(place) if place else load()


def _form(name: str, base: str, catalogue: "Catalogue") -> "Questionnaire":
    from tashika.disclose.answers.forms.pin import read_form
    from tashika.disclose.answers.forms.store import form_by_id

    is_file = name not in catalogue.questionnaires and (name.lower().endswith((".docx", ".doc")) or Path(name).exists())
    return read_form(Path(name), catalogue, base=base).form if is_file else form_by_id(catalogue, name)


def _answers(place: "Workspace") -> "Sequence[Answer]":
    from tashika.disclose.answers.model import FOLDER, load_answers

    return load_answers(place.root / FOLDER)


def _setting(place: "Workspace", form: "Questionnaire") -> str | None:
    """The line of tashika.toml that puts the form into use; None when it is."""
    used = place.config.report.questionnaires
    if form.id in used:
        return None
    base = form.id.partition("-")[0]
    kept = [name for name in used if name.partition("-")[0] != base]
    return "questionnaires = [" + ", ".join(f'"{name}"' for name in (*kept, form.id)) + "]"


def _save(place: "Workspace", drafts: "Iterable[Answer]") -> tuple[list[str], list[str]]:
    """Topics that were saved, and topics that had an answer already."""
    from tashika.disclose.answers.store import AnswerStore

    store = AnswerStore(place.root)
    saved: list[str] = []
    kept: list[str] = []
    for draft in drafts:
        if store.path(draft.topic).exists():
            kept.append(draft.topic)
        else:
            store.save(draft, expected=None)
            saved.append(draft.topic)
    return saved, kept


# ------------------------------------------------------------------------------------------------------ what is printed


def _counts(form: "Questionnaire") -> dict[str, Json]:
    return {
        "sections": len(form.sections),
        "questions": len(form.questions),
        "options": sum(len(question.options) for question in form.questions),
        "mapped": sum(bool(question.replaces) for question in form.questions),
    }


def _say_read(read: "ReadForm", form: "Questionnaire", path: Path | None, *, new: bool) -> None:
    counts = _counts(form)
    say(f"form       {form.id}")
    say(f"sha256     {read.sha256}")
    say(f"read       {counts['sections']} sections, {counts['questions']} questions, {counts['options']} options")
    say(f"mapped     {counts['mapped']} questions to ours of the same number: a proposal, not confirmed")
    if path is None:
        say(f"known      the same questions as {form.id}, which stays the pin")
    else:
        say(f"{'written' if new else 'unchanged':<10} {path}")


def _say_notes(notes: "Sequence[Note]") -> None:
    for one in notes[:_NOTES_SHOWN]:
        say(f"note       paragraph {one.at}: {_WHY[one.why]}: {one.text}")
    if len(notes) > _NOTES_SHOWN:
        say(f"note       and {len(notes) - _NOTES_SHOWN} more lines; --json lists all")


def _say_answers(read: "ReadForm", saved: list[str], kept: list[str], *, asked: bool) -> None:
    if read.filled and not asked:
        say(f"filled     {read.filled} questions are filled in; --answers makes answers of them")
    if saved:
        say(f"answers    {len(saved)} written, to be read again by a person: {', '.join(saved)}")
    if kept:
        say(f"kept       {len(kept)} answers that exist were left as they are: {', '.join(kept)}")


def _say_change(change: "QuestionChange") -> None:
    old, new = change.old, change.new
    numbers = " → ".join(dict.fromkeys(one.number for one in (old, new) if one))
    say(f"{'+'.join(change.kinds):<10} {numbers}")
    if change.words:
        say(f"           {_marked(change.words)}")
    elif old is None or new is None:
        question = new or old
        say(f"           {question.text.en[:200] if question else ''}")
    for sign, options in (("-", change.options_removed), ("+", change.options_added)):
        for option in options:
            say(f"           {sign} ☐ {option}")
    for sign, roles in (("-", change.roles_removed), ("+", change.roles_added)):
        if roles:
            say(f"           {sign} for: {', '.join(roles)}")


def _marked(words: "Iterable[Piece]") -> str:
    signs = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(signs[kind].format(text) for kind, text in words)


def _say_outdated(given: "Sequence[Outdated]") -> None:
    if not given:
        return
    say()
    rows = [(one.topic, one.question, ", ".join(one.change.kinds) if one.change else "unchanged") for one in given]
    table(["answer", "was given to", "its question"], rows)
    note("answers keep their text and the version that they were given to; read them again where the question changed")


def _diff_json(found: "FormDiff", given: "Sequence[Outdated]") -> Json:
    return {
        "old": {"id": found.old.id, "version": found.old.version},
        "new": {"id": found.new.id, "version": found.new.version},
        "languagesDiffer": found.languages_differ,
        "sections": [
            {"kind": one.kind, "section": one.section, "before": one.before, "after": one.after}
            for one in found.sections
        ],
        "questions": [
            {
                "kinds": list(one.kinds),
                "old": one.old.id if one.old else None,
                "new": one.new.id if one.new else None,
                "words": [[kind, text] for kind, text in one.words],
                "optionsAdded": list(one.options_added),
                "optionsRemoved": list(one.options_removed),
                "rolesAdded": list(one.roles_added),
                "rolesRemoved": list(one.roles_removed),
            }
            for one in found.questions
        ],
        "outdated": [
            {
                "topic": one.topic,
                "question": one.question,
                "version": one.version,
                "kinds": list(one.change.kinds) if one.change else [],
            }
            for one in given
        ],
    }
