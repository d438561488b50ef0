"""One call for every kind of target."""

from datetime import timedelta
from functools import partial
from pathlib import Path

from tashika.core.clock import Clock
from tashika.disclose.publish.files import Publication
from tashika.disclose.publish.run import LIFETIME, Published, publish
from tashika.disclose.publish.targets.bucket import open_bucket
from tashika.disclose.publish.targets.git import publish_git
from tashika.disclose.publish.targets.objects import publish_objects
from tashika.disclose.publish.targets.parse import FolderTarget, GitTarget, StoreTarget, Target
from tashika.evidence.log import Log
from tashika.evidence.signer import Signer


def publish_to(
    target: Target,
    publication: Publication,
    *,
    log: Log,
    signer: Signer,
    clock: Clock,
    state: Path,
    lifetime: timedelta = LIFETIME,
) -> Published:
    """Publish to a folder, a git branch or an object store; arguments and errors as `publish` and the targets' own."""
    write = partial(
        publish, publication=publication, log=log, signer=signer, clock=clock, state=state, lifetime=lifetime
    )
    match target:
        case FolderTarget():
            return write(target.path)
        case GitTarget():
            return publish_git(target, write, state=state, clock=clock)
        case StoreTarget():
            return publish_objects(target, open_bucket(target.url), write, state=state)
