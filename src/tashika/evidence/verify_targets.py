"""From a name to the right verification: folder, file, address, or claim address. No rules about evidence live here."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tashika.core.clock import Clock
from tashika.core.errors import InvalidIdError, MalformedError, TryLaterError
from tashika.core.files import read_bounded
from tashika.core.ids import ClaimAddress
from tashika.core.limits import BUNDLE_BYTES
from tashika.core.strict_json import loads_object
from tashika.evidence.bundle_errors import UnknownTargetError
from tashika.evidence.dsse import Envelope
from tashika.evidence.trust import Anchors
from tashika.evidence.verify import verify_bundle, verify_envelope
from tashika.evidence.verify_steps import Verification

if TYPE_CHECKING:
    from tashika.evidence.tree_source import GetsAddresses, TreeSource

_TREE_HINT: Final = "name the published tree: --tree FOLDER or --tree https://…"


def is_address(text: str) -> bool:
    """Whether a name is an address on the web."""
    return text.startswith(("https://", "http://"))


@dataclass(frozen=True, kw_only=True)
class Targets:
    """What a verifier brings along.

    Attributes:
        anchors, clock: see `tashika.evidence.verify.verify_target`.
        fetcher: for addresses; made when first needed.
        tree: where claim addresses, envelopes and openings are looked up.
    """

    anchors: Anchors
    clock: Clock
    fetcher: "GetsAddresses | None" = None
    tree: str | None = None

    def verify(self, target: str) -> Verification:
        """See `tashika.evidence.verify.verify_target`."""
        if is_address(target):
            return self._address(target)
        path = Path(target)
        if path.is_dir():
            return self._tree(target)
        if path.exists() or path.is_symlink():
            base, claim = _inside_tree(path.absolute().as_posix())
            if claim is not None and (Path(base) / "catalogue.json").exists():
                return self._claim(base, claim)
            return self._file(read_bounded(path, BUNDLE_BYTES), target)
        return self._claim_address(target)

    def _claim_address(self, target: str) -> Verification:
        try:
            address = ClaimAddress.parse(target)
        except InvalidIdError as error:
            raise UnknownTargetError(
                "no such folder or file, and not a claim address", where=target, hint="form: org/system/year/claim"
            ) from error
        if self.tree is None:
            raise UnknownTargetError("a claim address needs a tree to look into", where=target, hint=_TREE_HINT)
        return self._claim(self.tree, address)

    def _address(self, target: str) -> Verification:
        base, claim = _inside_tree(target)
        if claim is not None:
            return self._claim(base, claim)
        if target.endswith(".json") and not target.endswith("/catalogue.json"):
            answer = self._get().get(target, max_bytes=BUNDLE_BYTES)
            if answer.status == 429 or answer.status >= 500:
                raise TryLaterError(f"the server answered {answer.status}", where=target)
            if answer.status != 200:
                raise UnknownTargetError(f"the server answered {answer.status}", where=target)
            return self._file(answer.body, target)
        return self._tree(target.removesuffix("catalogue.json").removesuffix("index.html"))

    def _file(self, data: bytes, target: str) -> Verification:
        match _kind(data):
            case "envelope":
                return self._envelope(data, target)
            case "opening":
                return self._opening(data, target)
            case _:
                return verify_bundle(data, anchors=self.anchors, clock=self.clock, target=target)

    def _envelope(self, data: bytes, target: str) -> Verification:
        """With a tree, an envelope is as good as its bundle there."""
        from tashika.evidence.tree_source import bundle_path

        bundle: bytes | None = None
        if self.tree is not None and Path(self.tree).is_file():
            bundle = self._bundle_file()
        elif self.tree is not None:
            try:
                bundle = self._source(self.tree).read(bundle_path(Envelope.parse(data).statement_id), BUNDLE_BYTES)
            except MalformedError:
                bundle = None
        if bundle is None:
            return verify_envelope(data, anchors=self.anchors, target=target)
        from tashika.evidence.verify_opening import verify_envelope_in

        return verify_envelope_in(data, bundle, anchors=self.anchors, clock=self.clock, target=target)

    def _opening(self, data: bytes, target: str) -> Verification:
        from tashika.evidence.verify_opening import find_bundle, verify_opening

        bundle: bytes | None = None
        if self.tree is not None:
            bundle = self._bundle_file() if Path(self.tree).is_file() else find_bundle(data, self._source(self.tree))
        return verify_opening(data, bundle=bundle, anchors=self.anchors, clock=self.clock, target=target)

    def _bundle_file(self) -> bytes:
        return read_bounded(Path(self.tree or ""), BUNDLE_BYTES)

    def _tree(self, name: str) -> Verification:
        from tashika.evidence.tree import verify_tree

        return verify_tree(self._source(name), anchors=self.anchors, clock=self.clock)

    def _claim(self, tree: str, address: ClaimAddress) -> Verification:
        from tashika.evidence.tree import verify_claim

        return verify_claim(self._source(tree), address, anchors=self.anchors, clock=self.clock)

    def _source(self, name: str) -> "TreeSource":
        from tashika.evidence.tree_source import FolderSource, UrlSource

        if is_address(name):
            return UrlSource(name, self._get())
        folder = Path(name)
        if not folder.is_dir():
            raise UnknownTargetError("no such folder", where=name)
        return FolderSource(folder)

    def _get(self) -> "GetsAddresses":
        if self.fetcher is not None:
            return self.fetcher
        from tashika.net.fetch import Fetcher

        return Fetcher()


def _inside_tree(name: str) -> tuple[str, ClaimAddress | None]:
    """``…/claims/org/system/year/claim.json`` as tree and address; None when the name has another form."""
    base, found, rest = name.rpartition("/claims/")
    if not found:
        return name, None
    try:
        return base, ClaimAddress.parse(rest.removesuffix(".json"))
    except InvalidIdError:
        return name, None


def _kind(data: bytes) -> str:
    """What a file is, by its fields; what is not recognised is read as a bundle, whose reader says what is wrong."""
    if data.startswith(b'{"keyEvents"'):
        return "bundle"
    try:
        fields = loads_object(data, max_bytes=BUNDLE_BYTES, fractions=True).keys()
    except MalformedError:
        return "bundle"
    if "payloadType" in fields:
        return "envelope"
    return "opening" if {"sample", "salt"} & fields else "bundle"
