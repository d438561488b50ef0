"""``tashika trust``: whose statement keys this computer's owner trusts. The one place where trust begins."""

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from tashika.cli.ask import Yes, confirm
from tashika.cli.output import JsonFlag, note, print_json, say, table
from tashika.core.errors import UsageError
from tashika.core.ids import KeyId, OrgId

if TYPE_CHECKING:
    from tashika.evidence.dsse import Envelope
    from tashika.evidence.tree_source import TreeSource

app = typer.Typer(help="Whose keys you trust: the anchors of `tashika verify`.", no_args_is_help=True)

_FINGERPRINT: Final = re.compile(r"[0-9a-fA-F]{64}")
_ADDRESS: Final = re.compile(r"https?://")


@app.command("add")
def add(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Fingerprint, published folder or URL, or bundle.")],
    org: Annotated[str | None, typer.Option("--as", metavar="ORG", help="The organisation it speaks for.")] = None,
    yes: Yes = False,
    as_json: JsonFlag = False,
) -> None:
    """Trust a statement key for an organisation from now on.

    What is published cannot vouch for itself: compare the fingerprint over another channel before you say yes.
    """
    from tashika.core.ids import parse_slug
    from tashika.evidence.trust import store_path, trust_add

    claimed = _claimed(source)
    name = org or (claimed.org if claimed else None)
    if name is None:
        raise UsageError("whose key is it?", hint="add --as ORG, the organisation's id")
    parse_slug(name, what="organisation")
    if claimed is not None and claimed.org != name:
        raise UsageError(
            f"{source} calls itself {claimed.org}, not {name}; `verify` would refuse it under that name",
            hint=f"--as {claimed.org}",
        )
    key = claimed.key_id if claimed else KeyId(source.lower())
    if not as_json:
        note(f"organisation  {name}")
        note(f"fingerprint   {key}")
        if claimed is not None:
            note(
                "The source says so itself. Compare the fingerprint over another channel: a letter, a call, a web site."
            )
    confirm(f"Trust the key {key} for {name}?", yes=yes)
    trust_add(name, key)
    if as_json:
        print_json({"organisation": name, "fingerprint": key, "store": str(store_path())})
    else:
        say(f"trusted    {name} {key}")
        say(f"store      {store_path()}")


@app.command("list")
def list_(as_json: JsonFlag = False) -> None:
    """List the organisations and keys that you trust, and the logs and witnesses that you ask for."""
    from tashika.evidence.policy import Policy
    from tashika.evidence.trust import read_store, store_path

    place = store_path()
    policy = read_store(place) or Policy()
    if as_json:
        print_json(
            {
                "store": str(place),
                "organisations": [{"id": line.org, "fingerprint": line.key_id} for line in policy.organisations],
                "logs": [str(log.key) for log in policy.logs],
                "witnesses": [witness.name for witness in policy.witnesses],
                "quorum": policy.quorum,
            }
        )
        return
    table(["organisation", "fingerprint"], [(line.org, line.key_id) for line in policy.organisations])
    if policy.logs or policy.witnesses:
        say(f"\n{len(policy.logs)} logs, {len(policy.witnesses)} witnesses, quorum {policy.quorum}")
    say(f"\nstore: {place}")
    if not policy.organisations:
        say("it is empty; `tashika trust add SOURCE --as ORG` puts a key into it")


@app.command("remove")
def remove(
    org: Annotated[str, typer.Argument(metavar="ORG", help="Id of the organisation.")],
    key: Annotated[
        str | None, typer.Option("--key", metavar="FINGERPRINT", help="Only this key; default: all of them.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Trust an organisation, or one key of it, no more."""
    from tashika.evidence.bundle_errors import UntrustedStoreError
    from tashika.evidence.trust import store_path, trust_list, trust_remove

    known = sorted({line.org for line in trust_list()})
    if org not in known:
        close = difflib.get_close_matches(org, known, n=1)
        hint = f"did you mean {close[0]}?" if close else "`tashika trust list` shows who is"
        raise UntrustedStoreError(f"{org} is not in the trust store", where=str(store_path()), hint=hint)
    left = trust_remove(org, fingerprint=key)
    kept = [line.key_id for line in left.organisations if line.org == org]
    if as_json:
        print_json({"organisation": org, "left": kept, "store": str(store_path())})
    else:
        say(f"removed    {org}" + (f" {key}; {len(kept)} keys are left" if key else ""))


@dataclass(frozen=True, kw_only=True)
class _Claimed:
    """Whose first key a publication says it carries."""

    org: OrgId
    key_id: KeyId


def _claimed(source: str) -> _Claimed | None:
    """What a publication says of itself; None for a bare fingerprint.

    Raises:
        UsageError: neither a fingerprint nor something that is there.
    """
    from tashika.evidence.key_events import KeyDirectory

    if _FINGERPRINT.fullmatch(source):
        return None
    directory = KeyDirectory.first(0, _first_event(source))
    return _Claimed(org=directory.org, key_id=directory.first_key_id)


def _first_event(source: str) -> "Envelope":
    from tashika.evidence.tree_source import FolderSource, UrlSource

    if _ADDRESS.match(source):
        from tashika.net.fetch import Fetcher

        return _from_tree(UrlSource(source, Fetcher()))
    path = Path(source)
    if path.is_dir():
        return _from_tree(FolderSource(path))
    if path.is_file():
        from tashika.core.files import read_bounded
        from tashika.core.limits import BUNDLE_BYTES
        from tashika.evidence.bundle import Bundle

        return Bundle.parse(read_bounded(path, BUNDLE_BYTES)).key_events[0].envelope
    raise UsageError(
        f"{source[:120]!r} is neither a fingerprint (64 hexadecimal digits) nor a file or folder that is here",
        hint="the fingerprint is what `tashika keys list --fingerprint` prints for its owner",
    )


def _from_tree(source: "TreeSource") -> "Envelope":
    from tashika.core.limits import FETCH_BYTES
    from tashika.core.strict_json import loads
    from tashika.evidence.bundle_errors import MalformedTreeError
    from tashika.evidence.dsse import Envelope
    from tashika.evidence.tree_source import KEYS

    data = source.read(KEYS, FETCH_BYTES)
    if data is None:
        raise MalformedTreeError(f"no {KEYS} here, so this is no published tree", where=source.name)
    events = loads(data, max_bytes=FETCH_BYTES)
    if not isinstance(events, list) or not events:
        raise MalformedTreeError("not a list of key events", where=KEYS)
    return Envelope.from_json(events[0])
