"""Statements of a log whose signature holds, each with the organisation that its key stands for."""

from collections.abc import Iterable, Iterator, Mapping

from tashika.core.ids import KeyId, OrgId
from tashika.disclose.gather import Logged
from tashika.disclose.testers import testers
from tashika.evidence import dsse
from tashika.evidence.key_events import KeyDirectory
from tashika.evidence.ledger import Logged as LedgerEntry
from tashika.evidence.log_view import LogView
from tashika.evidence.policy import Policy
from tashika.evidence.statement import Statement
from tashika.evidence.trust import read_store, store_path
from tashika.workspace.workspace import Workspace


def verified(entries: Iterable[LedgerEntry], directory: KeyDirectory, workspace: Workspace) -> Iterator[Logged]:
    """Whose key signed what: our own by the log's key events, a tester's by this machine's trust store.

    Raises:
        BadSignatureError: a signature is false.
    """
    org = OrgId(workspace.config.organisation.id)
    policy, known = read_store(store_path()), testers(workspace)
    for logged in entries:
        own = directory.statement_keys_at(logged.index)
        signers = {signature.keyid for signature in logged.envelope.signatures}
        if signers <= own.keys():
            dsse.verify(logged.envelope, own)
            yield Logged(statement=logged.statement, signer=org, index=logged.index)
        elif policy is not None:
            yield from _by_tester(logged, known, policy)


def read_only(workspace: Workspace) -> tuple[Logged, ...]:
    """The verified statements of the workspace's log, read beside a writer and without any private key.

    Raises:
        NoLogError: there is no log on this machine.
        BadSignatureError: a signature is false.
    """
    with LogView.open(workspace.require_state()) as view:
        directory = KeyDirectory.from_events(view.envelopes("key-event"))
        entries = (
            LedgerEntry(index=index, envelope=envelope, statement=Statement.parse(envelope.payload))
            for index, envelope in view.envelopes()
        )
        return tuple(verified(entries, directory, workspace))


def _by_tester(logged: LedgerEntry, known: Mapping[KeyId, bytes], policy: Policy) -> Iterator[Logged]:
    """A counter-statement counts under the organisation that this workspace's trust store lists its key for."""
    signers = [signature.keyid for signature in logged.envelope.signatures]
    keys = {signer: known[signer] for signer in signers if signer in known}
    organisations = {policy.organisation_of(key) for key in keys}
    if len(keys) != len(signers) or len(organisations) != 1:
        return
    organisation = organisations.pop()
    if organisation is not None:
        dsse.verify(logged.envelope, keys)
        yield Logged(statement=logged.statement, signer=organisation, index=logged.index)
