"""From the bytes of a Word file to a pinned questionnaire: the same file gives the same id on every machine."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from tashika.catalogue.catalogue import Catalogue
from tashika.catalogue.model import Questionnaire
from tashika.core.files import read_bounded
from tashika.core.ids import Sha256Hex, sha256_hex
from tashika.disclose.answers.forms import limits
from tashika.disclose.answers.forms.draft import Note
from tashika.disclose.answers.forms.mapping import Mapped, check_base, to_questionnaire
from tashika.disclose.answers.forms.package import open_package
from tashika.disclose.answers.forms.paragraphs import Document, read_lines
from tashika.disclose.answers.forms.parse import form_lines, parse


@dataclass(frozen=True, kw_only=True)
class ReadForm:
    """A Word form that was read.

    Attributes:
        sha256: of the file; the pin.
        file_name: what the file was called, without its folder.
        mapped: the questionnaire, and what was filled in.
        notes: every line that is neither in the questionnaire nor in an answer, or that was guessed.
        stated_version: which form our own Word report says that it follows; empty for other files.
        others: further forms of our own report, each with the version that it states.
    """

    sha256: Sha256Hex
    file_name: str
    mapped: Mapped
    notes: tuple[Note, ...]
    stated_version: str = ""
    others: tuple[tuple[Mapped, str], ...] = ()

    @property
    def form(self) -> Questionnaire:
        """The questionnaire."""
        return self.mapped.form

    @property
    def filled(self) -> int:
        """How many questions have a tick or a text."""
        forms = (self.mapped, *(mapped for mapped, _ in self.others))
        drafts = [one for mapped in forms for one in mapped.drafts.values()]
        return sum(bool(any(o.checked for o in one.options) or one.answers or one.reasons) for one in drafts)


def read_form(path: Path, catalogue: Catalogue, *, base: str = "v2.0", blank: Path | None = None) -> ReadForm:
    """Read a .docx from the disk.

    Args:
        path: the file.
        catalogue: our own table of the same version maps the questions.
        base: which version of the form it is.
        blank: the blank form; its lines are the form's words, whatever they look like in the filled one.

    Raises:
        NotAWordFileError, UnsafeWordFileError, NoQuestionsError, TooLargeError, FileProblemError, UsageError.
    """
    known = form_lines(_document(blank)[1]) if blank else frozenset()
    data, document = _document(path)
    return _pinned(data, document, catalogue, base=base, known=known, name=path.name)


def read_form_bytes(data: bytes, catalogue: Catalogue, *, base: str = "v2.0", name: str = "form.docx") -> ReadForm:
    """The same for bytes that are in memory."""
    document = read_lines(open_package(data, where=name), where=name)
    return _pinned(data, document, catalogue, base=base, known=(), name=name)


def _document(path: Path) -> tuple[bytes, Document]:
    data = read_bounded(path, limits.FORM_BYTES)
    return data, read_lines(open_package(data, where=str(path)), where=str(path))


def _pinned(
    data: bytes, document: Document, catalogue: Catalogue, *, base: str, known: Collection[str], name: str
) -> ReadForm:
    check_base(base)
    draft = parse(document, known=known, base=base, where=name)
    sha256 = sha256_hex(data)
    mapped = to_questionnaire(draft, catalogue, base=base, sha256=sha256)
    return ReadForm(
        sha256=sha256,
        file_name=name,
        mapped=mapped,
        notes=tuple(draft.notes),
        stated_version=draft.version,
        others=tuple((to_questionnaire(o, catalogue, base=base, sha256=sha256), o.version) for o in draft.others),
    )
