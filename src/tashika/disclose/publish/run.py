"""Publish: bring a folder to the state of the log, atomically, repeatably, and never backwards.

1. Make every file of the tree from the log's newest signed checkpoint; refuse when one holds something private.
2. Lock the target and look at what it holds: our own tree (signed by a key of our log, with a log that ours continues
   and a version that we know), an interrupted publication, or nothing. Anything else is refused.
3. When nothing differs from the last publication, its catalogue is used again, byte for byte. Otherwise the version
   grows by one and the catalogue is signed anew.
4. Remember the catalogue in the state folder, then switch the target.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from tashika.core.clock import Clock
from tashika.core.errors import BadEvidenceError, MalformedError, PolicyNotMetError
from tashika.core.files import atomic_write, private_folder, read_bounded
from tashika.core.ids import Sha256Hex, sha256_hex
from tashika.core.limits import MIB
from tashika.disclose.publish.errors import BackwardsError, BadInputError, ForeignTreeError
from tashika.disclose.publish.files import Assembled, Publication, PublishedClaim, assemble
from tashika.disclose.publish.private import PrivateParts
from tashika.disclose.publish.switch import check_nothing_foreign, interrupted_paths, locked, same, switch
from tashika.evidence import dsse, predicate_types
from tashika.evidence.dsse import Envelope
from tashika.evidence.log import Log
from tashika.evidence.predicate_publish import Catalogue, CatalogueFile
from tashika.evidence.signer import Signer
from tashika.evidence.statement import Statement, Subject
from tashika.evidence.tree_source import CATALOGUE

__all__ = ["PrivateParts", "Publication", "Published", "PublishedClaim", "publish"]

LAST_PUBLISHED: Final = "published.json"
CATALOGUE_BYTES: Final = 512 * MIB
# Long enough for a yearly report with a publication in between, short enough that a silent organisation turns stale.
LIFETIME: Final = timedelta(days=180)


@dataclass(frozen=True, kw_only=True)
class Published:
    """What a publication did.

    Attributes:
        target: the folder, branch or prefix, as people write it.
        version: of the catalogue that it holds now.
        changed: whether a byte of it was written.
        files: how many files it holds, without the catalogue.
        expires: from when readers will call it stale.
    """

    target: str
    version: int
    changed: bool
    files: int
    expires: datetime


def publish(
    target: Path,
    publication: Publication,
    *,
    log: Log,
    signer: Signer,
    clock: Clock,
    state: Path,
    lifetime: timedelta = LIFETIME,
) -> Published:
    """Do the steps of this module.

    Args:
        target: the tree's folder; made if needed.
        publication: what is published beside the log.
        log: open for writing; its newest checkpoint is signed if need be.
        signer: the present statement key.
        clock: for the catalogue's dates.
        state: the workspace's state folder; keeps the last catalogue.
        lifetime: how long the catalogue may be believed; it is renewed when less than half is left.

    Raises:
        PrivatePartError, BackwardsError, ForeignTreeError, BadInputError, PublishBusyError: nothing was changed.
        DiskFullError: the marker stays; publishing again repairs it.
    """
    made = assemble(publication, log, log.checkpoint())
    publication.private.check(made.files, also=made.confidential)
    if signer.key_id not in made.directory.statement_keys_at(made.head.size):
        raise BadInputError("this is not the statement key that counts now", where=signer.key_id)
    with locked(target):
        ours = _read(private_folder(state) / LAST_PUBLISHED)
        theirs = _read(target / CATALOGUE)
        if theirs is not None:
            _check_forward(theirs, ours, made, log)
        known = frozenset(_files(theirs)) | interrupted_paths(target)
        check_nothing_foreign(target, known)
        last = ours or theirs
        content = _Content(publication, made)
        envelope = content.again(last, signer, clock, lifetime) or content.sign(last, signer, clock, lifetime)
        data = envelope.to_bytes()
        if ours is None or ours.to_bytes() != data:
            atomic_write(state / LAST_PUBLISHED, data, mode=0o600)
        changed = not same(target, made.files, data)
        if changed:
            switch(target, made.files, data, known)
    catalogue = _catalogue(envelope)
    return Published(
        target=str(target), version=catalogue.version, changed=changed, files=len(made.files), expires=catalogue.expires
    )


class _Content:
    """What a catalogue says apart from its version and dates."""

    def __init__(self, publication: Publication, made: Assembled) -> None:
        self._publication = publication
        self._made = made
        self._files = tuple(
            CatalogueFile(path=path, sha256=sha256_hex(data), size=len(data)) for path, data in made.files.items()
        )

    def _catalogue(self, version: int, signed_at: datetime, expires: datetime) -> Catalogue:
        head = self._made.head
        return Catalogue(
            org=self._publication.org,
            signed_at=signed_at,
            version=version,
            expires=expires,
            log_origin=head.origin,
            log_size=head.size,
            log_root=Sha256Hex(head.root.hex()),
            files=self._files,
            claims=self._made.claims,
            systems=tuple(sorted(self._publication.systems)),
        )

    def again(self, last: Envelope | None, signer: Signer, clock: Clock, lifetime: timedelta) -> Envelope | None:
        """The last catalogue, when it says the same, by the same key, and for long enough."""
        if last is None or {signature.keyid for signature in last.signatures} != {signer.key_id}:
            return None
        said = _catalogue(last)
        enough = said.expires - clock.now() >= lifetime / 2
        return last if enough and self._catalogue(said.version, said.signed_at, said.expires) == said else None

    def sign(self, last: Envelope | None, signer: Signer, clock: Clock, lifetime: timedelta) -> Envelope:
        """The next catalogue."""
        now = clock.now().replace(microsecond=0)
        version = _catalogue(last).version + 1 if last else 1
        statement = Statement.build(
            subjects=[Subject.of_sha256("log root", self._made.head.root.hex())],
            predicate_type=predicate_types.CATALOGUE,
            predicate=self._catalogue(version, now, now + lifetime).to_predicate(),
        )
        return dsse.sign(statement.payload, [signer])


def catalogue_files(data: bytes, *, where: str) -> dict[str, str]:
    """What a published catalogue lists: path to SHA-256. Its signature is not looked at here.

    Raises:
        ForeignTreeError: these bytes are no catalogue of ours.
    """
    return {path: file.sha256 for path, file in _files(_parsed(data, where)).items()}


def _read(path: Path) -> Envelope | None:
    return _parsed(read_bounded(path, CATALOGUE_BYTES), str(path)) if path.exists() else None


def _parsed(data: bytes, where: str) -> Envelope:
    try:
        envelope = Envelope.parse(data)
        _catalogue(envelope)
    except MalformedError as error:
        raise ForeignTreeError(f"this is no catalogue of ours: {error.message}", where=where) from error
    return envelope


def _catalogue(envelope: Envelope) -> Catalogue:
    return Catalogue.from_predicate(Statement.parse(envelope.payload).predicate)


def _files(envelope: Envelope | None) -> Mapping[str, CatalogueFile]:
    return {file.path: file for file in _catalogue(envelope).files} if envelope else {}


def _check_forward(theirs: Envelope, ours: Envelope | None, made: Assembled, log: Log) -> None:
    """Refuse to replace a tree that is not ours, or one that knows more than we do.

    Raises:
        ForeignTreeError: not signed by a key of our log.
        BackwardsError: a newer or another publication, or a log that ours does not continue.
    """
    there = _catalogue(theirs)
    keys = {key.key_id: key.public for key in made.directory.keys if key.purpose == "statement"}
    hint = "restore the newest backup of this workspace's state, or publish to another folder"
    if there.org != made.directory.org:
        raise ForeignTreeError(f"the folder holds the tree of {there.org}")
    if there.log_origin != made.head.origin or there.log_size > made.head.size:
        raise BackwardsError("the folder holds a longer log than ours, or another one", where=CATALOGUE, hint=hint)
    if log.root(there.log_size).hex() != there.log_root:
        raise BackwardsError("the log of the published tree is not a beginning of ours", where=CATALOGUE, hint=hint)
    try:
        dsse.verify(theirs, keys)
    except (PolicyNotMetError, BadEvidenceError) as error:
        raise ForeignTreeError("the folder holds a tree that our keys did not sign", where=CATALOGUE) from error
    if ours is not None and there.version >= _catalogue(ours).version and theirs.to_bytes() != ours.to_bytes():
        raise BackwardsError(
            f"the folder holds version {there.version}, which is not the one that we published last",
            where=CATALOGUE,
            hint=hint,
        )
