"""A Word file as bytes that depend on its content alone: fixed dates, fixed order, no thumbnail of a stranger."""

import io
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tashika.core.clock import parse_rfc3339
from tashika.disclose.errors import WordNotInstalledError
from tashika.ui.visible import visible

if TYPE_CHECKING:
    from docx.document import Document

_THUMBNAIL: Final = "/metadata/thumbnail"
_EARLIEST: Final = 1980
"""The first year that a zip file can name."""


def new_document() -> "Document":
    """An empty document.

    Raises:
        WordNotInstalledError: python-docx is missing.
    """
    try:
        import docx
    except ImportError as error:
        raise WordNotInstalledError("python-docx is not installed", hint="pip install 'tashika[word]'") from error
    return docx.Document()


def to_bytes(document: "Document", *, title: str, author: str, language: str, generated_at: str) -> bytes:
    """The file, with properties that name the organisation and the moment of the report, never those of the machine."""
    moment = parse_rfc3339(generated_at)
    properties = document.core_properties
    properties.title, properties.author = visible(title)[:255], visible(author)[:255]
    properties.last_modified_by, properties.language = visible(author)[:255], language
    properties.created = properties.modified = moment.replace(tzinfo=None)
    properties.comments, properties.keywords, properties.revision = "", "", 1
    _drop_thumbnail(document)
    out = io.BytesIO()
    document.save(out)
    return _same_every_time(out.getvalue(), moment)


def _drop_thumbnail(document: "Document") -> None:
    relations = document.part.package.rels
    for name in [name for name, one in relations.items() if one.reltype.endswith(_THUMBNAIL)]:
        del relations[name]


def _same_every_time(data: bytes, moment: datetime) -> bytes:
    stamp = (max(moment.year, _EARLIEST), moment.month, moment.day, moment.hour, moment.minute, moment.second // 2 * 2)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, stamp)
            info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            new.writestr(info, old.read(name))
    return out.getvalue()
