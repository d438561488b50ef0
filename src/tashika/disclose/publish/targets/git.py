"""A branch of a git repository as target: fetch, check, publish into a private work tree, commit, push without force.

1. Lock the target's folder in the state and make an empty clone there; it goes when the work is done.
2. Fetch the branch. Refuse it when it holds anything but plain files.
3. Publish into the work tree with the folder publisher: it refuses what is foreign, what is newer than ours, and what
   another organisation signed; so a branch with source code is never touched.
4. Commit with a fixed identity and push. When the branch moved meanwhile, start again at 2, some times.

The push is atomic, so readers of the branch never see half a publication. A process that dies at any step leaves the
branch as it was or finished; the next publication starts again at 1.
"""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tashika.core.clock import Clock
from tashika.core.files import atomic_write, private_folder, translate_os_errors
from tashika.core.ids import URI_PREFIX
from tashika.core.limits import TREE_BYTES, TREE_FILES
from tashika.disclose.publish.errors import ForeignTreeError
from tashika.disclose.publish.run import Published
from tashika.disclose.publish.switch import locked
from tashika.disclose.publish.targets.errors import RemoteFailedError, TargetError
from tashika.disclose.publish.targets.git_command import Git
from tashika.disclose.publish.targets.parse import GitTarget, name_of

ATTEMPTS: Final = 3
_MODES: Final = frozenset({b"100644", b"100755"})
_NOJEKYLL: Final = ".nojekyll"
"""Without it, GitHub Pages leaves out every folder whose name begins with an underscore."""
# Above every .gitattributes in the branch: the bytes that were signed are the bytes that are stored.
_ATTRIBUTES: Final = b"* -text -eol -filter -ident -diff -merge -working-tree-encoding -export-subst\n"


def publish_git(target: GitTarget, write: Callable[[Path], Published], *, state: Path, clock: Clock) -> Published:
    """Do the steps of this module.

    Args:
        target: the branch.
        write: the folder publisher, with everything but the folder.
        state: the workspace's state folder; keeps the clone.
        clock: dates the commit.

    Raises:
        BackwardsError, ForeignTreeError, PrivatePartError: nothing was pushed.
        RemoteFailedError: the remote cannot be reached, refuses, or moved every time.
        TargetError: git is missing, or the branch holds what is no plain file.
    """
    home = private_folder(private_folder(state / "targets") / name_of(target))
    with locked(home):
        git = Git(home, target.protocol)
        _prepare(git)
        try:
            for _ in range(ATTEMPTS):
                parent = _fetch(git, target)
                done = write(git.tree)
                commit = _commit(git, parent, done, clock)
                if commit is None or _push(git, target, commit):
                    return replace(done, target=str(target), changed=commit is not None)
        finally:
            _remove(git)
    raise RemoteFailedError("the branch moved each time while we published", where=str(target), hint="repeat it")


def _prepare(git: Git) -> None:
    """An empty repository: whatever an interrupted call left is gone."""
    _remove(git)
    with translate_os_errors(git.tree):
        git.tree.mkdir(mode=0o700)
    git.run("init", "--quiet", "--template=", "--initial-branch=none")
    with translate_os_errors(git.repository):
        (git.repository / "info").mkdir(exist_ok=True)
        atomic_write(git.repository / "info" / "attributes", _ATTRIBUTES)


def _remove(git: Git) -> None:
    for folder in (git.tree, git.repository):
        shutil.rmtree(folder, ignore_errors=True)


def _fetch(git: Git, target: GitTarget) -> str | None:
    """Bring the work tree to the remote branch; None when there is no such branch yet."""
    ref = f"refs/heads/{target.branch}"
    listed = git.run("ls-remote", "--refs", "--", target.url, ref).decode("ascii", "replace").split()
    git.run("read-tree", "--empty")
    if not listed:
        _empty(git.tree)
        return None
    git.run(
        "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--depth=1", "--", target.url, f"+{ref}:refs/seen"
    )
    parent = git.run("rev-parse", "--verify", "refs/seen^{commit}").decode().strip()
    _check(git, parent, target)
    _empty(git.tree)
    git.run("read-tree", "--reset", "-u", parent)
    return parent


def _empty(tree: Path) -> None:
    with translate_os_errors(tree):
        for one in tree.iterdir():
            shutil.rmtree(one) if one.is_dir() and not one.is_symlink() else one.unlink()


def _check(git: Git, commit: str, target: GitTarget) -> None:
    """Only plain files, not too many, not too large, before a single one is written.

    Raises:
        ForeignTreeError: a link, a submodule, or far more than a published tree is.
    """
    size = 0
    rows = [row for row in git.run("ls-tree", "-r", "-l", "-z", "--full-tree", commit).split(b"\0") if row]
    for row in rows:
        mode, _, _, length = row.partition(b"\t")[0].split()
        if mode not in _MODES:
            raise ForeignTreeError("the branch holds a link or a submodule; no publication does", where=str(target))
        size += int(length)
    if len(rows) > TREE_FILES or size > TREE_BYTES:
        raise ForeignTreeError("the branch holds more than a published tree can be", where=str(target))


def _commit(git: Git, parent: str | None, done: Published, clock: Clock) -> str | None:
    """A commit of the work tree; None when the branch holds just that."""
    if not (git.tree / _NOJEKYLL).exists():
        atomic_write(git.tree / _NOJEKYLL, b"")
    git.run("add", "--all", "--force", "--", ".")
    tree = git.run("write-tree").decode().strip()
    if parent is not None and git.run("rev-parse", f"{parent}^{{tree}}").decode().strip() == tree:
        return None
    message = f"Publish version {done.version} of the catalogue"
    parents = ["-p", parent] if parent else []
    commit = git.run("commit-tree", *parents, "-m", message, tree, also=_identity(clock))
    return commit.decode().strip()


def _identity(clock: Clock) -> dict[str, str]:
    mail = f"tashika@{urlsplit(URI_PREFIX).hostname}"
    moment = f"{int(clock.now().timestamp())} +0000"
    return {
        f"GIT_{role}_{field}": value
        for role in ("AUTHOR", "COMMITTER")
        for field, value in (("NAME", "tashika"), ("EMAIL", mail), ("DATE", moment))
    }


def _push(git: Git, target: GitTarget, commit: str) -> bool:
    """Push without force; False when the branch moved.

    Raises:
        TargetError: the remote does not accept the push at all.
    """
    where = f"{commit}:refs/heads/{target.branch}"
    answer = git.call("push", "--porcelain", "--no-verify", "--no-signed", "--", target.url, where)
    if answer.code == 0:
        return True
    said = answer.out.decode("utf-8", "replace")
    if "\n!" in f"\n{said}" and ("fetch first" in said or "non-fast-forward" in said or "failed to lock" in said):
        return False
    if "\n!" in f"\n{said}":
        raise TargetError(f"the remote refused the push: {answer.message}", where=str(target))
    raise RemoteFailedError(f"the push failed: {answer.message}", where=str(target), hint="check access, then repeat")
