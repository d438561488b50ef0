"""Measure ``weights``: the manifest of the model's files. Its root digest is what every statement is about.

The measure signs nothing. It leaves the manifest in ``<private>/weights/manifest.json``; whoever holds the weights key
makes an OpenSSF Model Signing bundle of it (``tashika.weights.bundle.sign_payload``). The finding carries the digest of
the manifest, so statement and bundle belong together whoever signs when.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, Final

from tashika.core.files import atomic_write, private_folder
from tashika.core.ids import ItemId, sha256_hex
from tashika.core.strict_json import Json
from tashika.core.text import Text
from tashika.measure.interface import Figure, Finding, MeasurePlan, NotRun, PlanContext, Progress, RunContext
from tashika.weights.errors import SubjectChangedError, WeightsNotFoundError
from tashika.weights.manifest import PREDICATE_TYPE, HashedModel, hash_model
from tashika.weights.subject import PACKAGE, locate, manifest_subject

ITEMS: Final = (ItemId("A6.1"), ItemId("A6.3"))
MANIFEST_FILE: Final = "weights/manifest.json"
"""Below the private folder of the run."""

# A statement may have 4 MiB; beyond this many files the manifest itself is the list.
_LISTED_FILES: Final = 2_000

_SUMMARY: Final = Text(
    en="{files} files, {size} bytes, root digest {root}.",
    ja="{files}個のファイル、{size}バイト、ルートダイジェスト {root}。",
)
_LIMITS: Final = (
    Text(
        en="Says which files the model has, not where they come from, what they do or whether they are harmless.",
        ja="モデルがどのファイルから成るかを示すだけで、その出所、動作、無害であることは示しません。",
    ),
    Text(
        en="The root digest covers contents in the order of the names; the names are in the manifest.",
        ja="ルートダイジェストは名前の順に並べた内容だけを対象とし、名前自体はマニフェストが対象とします。",
    ),
    Text(
        en="A server can load other weights than these; only a re-run on a machine one controls shows that.",
        ja="サーバーはこれと異なる重みを読み込むことができます。それは自ら管理する計算機での再実行でしか確かめられません。",
    ),
)
_NO_WEIGHTS: Final = Text(
    en="The configuration names no weights for this system, so nobody here can see them.",
    ja="設定にこのシステムの重みが指定されていないため、ここでは誰もそれを確認できません。",
)


class WeightsMeasure:
    """Adapter between the weights room and the engine."""

    name: ClassVar[str] = "weights"
    version: ClassVar[str] = "1"
    needs_target: ClassVar[bool] = False
    runs_last: ClassVar[bool] = False

    def plan(self, context: PlanContext) -> MeasurePlan | NotRun:
        """Fix which weights they are: by the plan's subject or, where that is an endpoint, by their root digest here.

        Raises:
            WeightsNotFoundError, UnsignableModelError, ModelChangedError: they cannot be found or hashed.
        """
        path = locate(context.system, context.workspace)
        if path is None:
            return NotRun(measure=self.name, reason=_NO_WEIGHTS)
        packaged = (context.system.weights or "").startswith(PACKAGE)
        parameters: dict[str, Json] = {
            "manifest": PREDICATE_TYPE,
            "method": "files",
            "hash": "sha256",
            "source": context.system.weights if packaged else "file",
        }
        if context.target is not None and context.target.kind != "local":
            parameters["root"] = hash_model(path).manifest.root
        return MeasurePlan(
            measure=self.name, measure_version=self.version, items=ITEMS, samples=0, parameters=parameters
        )

    def run(self, context: RunContext) -> Iterator[Finding]:
        """Hash the files again and compare with the planned subject.

        Raises:
            SubjectChangedError: these are not the weights that the plan was made for.
            WeightsNotFoundError, UnsignableModelError, ModelChangedError: the files cannot be hashed.
        """
        started = context.clock.now()
        path = locate(context.system, context.workspace)
        if path is None:
            raise WeightsNotFoundError("the configuration names no weights any more", where="tashika.toml")
        model = hash_model(path, progress=lambda done, total: context.report(_progress(done, total)))
        _require_planned(model, context, path)
        payload = model.manifest.payload()
        folder = private_folder(context.private / Path(MANIFEST_FILE).parent)
        atomic_write(folder / Path(MANIFEST_FILE).name, payload, mode=0o600)
        root = model.manifest.root
        files = len(model.manifest.resources)
        yield Finding(
            measure=self.name,
            measure_version=self.version,
            tag="manifest",
            items=ITEMS,
            subject=manifest_subject(model.manifest),
            outcome="observed",
            summary=Text(
                en=_SUMMARY.en.format(files=files, size=model.size, root=root),
                ja=_SUMMARY.ja.format(files=files, size=model.size, root=root),
            ),
            figures=_figures(files, model.size),
            observed_from=started,
            observed_to=context.clock.now(),
            details=_details(model, payload),
            limits=_LIMITS,
        )


def _require_planned(model: HashedModel, context: RunContext, path: Path) -> None:
    planned = context.plan.parameters.get("root", context.subject.sha256)
    if model.manifest.root != planned:
        raise SubjectChangedError(
            f"root digest {model.manifest.root}, the plan says {planned}",
            where=str(path),
            hint="bring the planned weights back, or abandon this run and start a new one",
        )


def _progress(done: int, total: int) -> Progress:
    return Progress(measure=WeightsMeasure.name, done=done, total=total)


def _figures(files: int, size: int) -> tuple[Figure, ...]:
    titles = (
        ("weights.files", Text(en="Files in the manifest", ja="マニフェスト内のファイル数"), "count", files),
        ("weights.bytes", Text(en="Size of all files", ja="全ファイルの大きさ"), "B", size),
    )
    return tuple(
        Figure(
            id=id_,
            title=title,
            value=Decimal(value),
            unit=unit,
            n=files,
            low=Decimal(value),
            high=Decimal(value),
            method="exact-count",
        )
        for id_, title, unit, value in titles
    )


def _details(model: HashedModel, payload: bytes) -> dict[str, Json]:
    """What goes into the predicate.

    ``manifest`` is the in-toto payload of the OMS bundle; ``resources`` repeats its files as long as they fit.
    """
    listed = model.manifest.resources if len(model.manifest.resources) <= _LISTED_FILES else ()
    return {
        "manifest": {"predicateType": PREDICATE_TYPE, "sha256": sha256_hex(payload), "size": len(payload)},
        "root": model.manifest.root,
        "resources": [{"name": r.name, "sha256": r.sha256} for r in listed],
        "resourcesListed": len(listed) == len(model.manifest.resources),
        "ignorePaths": list(model.manifest.ignore_paths),
        "ignoredThatExist": list(model.ignored),
    }
