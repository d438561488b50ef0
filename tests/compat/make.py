"""Write the signed sample of the present version, once a release: `python tests/compat/make.py`.

The keys are derived from fixed words: test data, worthless for anything else. A sample that exists is never written again;
`tests/compat/test_compat.py` verifies all of them with today's code.
"""

import json
import sys
import tempfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "disclose"))

from publish_world import NOW, ORG, STAMP, SYSTEM, Lab  # noqa: E402

from tashika import __version__  # noqa: E402
from tashika.core.ids import ItemId, RunId  # noqa: E402
from tashika.core.text import Text  # noqa: E402
from tashika.evidence import predicates as p  # noqa: E402
from tashika.evidence import samples  # noqa: E402
from tashika.evidence.dsse import Envelope  # noqa: E402
from tashika.evidence.note import ED25519, VerifierKey  # noqa: E402
from tashika.evidence.policy import Policy, PolicyLog, PolicyOrganisation, PolicyWitness  # noqa: E402
from tashika.evidence.tree_source import bundle_path  # noqa: E402

ABOUT = {"org": ORG, "system": SYSTEM, "signed_at": NOW}
REDTEAM = p.Named(name="redteam", version="1")
ITEMS = (ItemId("A1.8"),)


class Sample(Lab):
    """As publish_world's, with whole predicates."""

    def plan(self) -> Envelope:
        measure = p.PlannedMeasure(measure=REDTEAM, items=ITEMS, samples=3, parameters={"seed": 7})
        plan = p.Plan(**ABOUT, run=RunId("r1"), due=NOW + timedelta(days=7), measures=(measure,))
        return self.say(p.PLAN, plan.to_predicate())

    def result(self, plan: Envelope, **more: object) -> Envelope:
        self.mistake = super().result(plan)  # makes the samples; withdrawn below
        figure = p.EvalFigure(
            id="redteam.unsafe-rate.cbrn", title=Text("Unsafe answers", "安全でない応答"), value=Decimal("0.3333"),
            unit="proportion", n=3, low=Decimal("0.0614"), high=Decimal("0.7923"), method="wilson-95",
            boundary="measured",
        )  # fmt: skip
        predicate = p.EvalResult(
            **ABOUT, verifier="https://tashika.example/ns/tool", evaluated_at=NOW, suite=REDTEAM, measure=REDTEAM,
            items=ITEMS, tag="cbrn", outcome="observed", summary=Text("One of three.", "3件中1件。"), sample_size=3,
            observation=p.Observation(start=NOW, end=NOW), plan_id=plan.statement_id, figures=(figure,),
            samples=samples.sample_root(self.leaves), counts={"safe": 2, "unsafe": 1},
            valid_until=NOW + timedelta(days=366), limits=(Text("Test data.", "試験用のデータです。"),),
        )  # fmt: skip
        return self.say(p.EVAL_RESULT, predicate.to_predicate())

    def policy(self) -> Policy:
        witness = PolicyWitness("w", self.publication.witnesses[0], None, None)
        return Policy(
            logs=(PolicyLog(VerifierKey(self.origin, ED25519, self.log_signer.public_key)),),
            witnesses=(witness,),
            groups=(),
            quorum="w",
            organisations=(
                PolicyOrganisation(ORG, self.first_key),
                PolicyOrganisation("tester", self.tester.key_id),  # type: ignore[arg-type]
            ),
        )


def main() -> int:
    """Write ``v<version>/``."""
    folder = HERE / f"v{__version__}"
    if folder.exists():
        print(f"{folder.name} is there and stays as it is")
        return 64
    with tempfile.TemporaryDirectory() as temporary:
        lab = Sample(Path(temporary), name=f"compatibility sample {__version__}, test data")
        result = lab.fill()
        lab.rotate()
        lab.withdraw(lab.mistake)
        lab.cosign()
        lab.publish(folder / "tree")
    opening = samples.open_sample(lab.leaves, 1, lab.salts[1], lab.samples[1])
    (folder / "opening.json").write_bytes(opening.to_bytes())
    (folder / "trust.policy").write_bytes(lab.policy().to_bytes())
    about = {
        "note": "Test data: an invented organisation, keys derived from fixed words.",
        "at": STAMP,
        "org": ORG,
        "key": lab.first_key,
        "bundle": f"tree/{bundle_path(result.statement_id)}",
        "claim": f"{ORG}/{SYSTEM}/2026/a1-8",
        "reproduced": result.statement_id,
    }
    (folder / "sample.json").write_text(json.dumps(about, indent=1) + "\n")
    print(f"{folder.name} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
