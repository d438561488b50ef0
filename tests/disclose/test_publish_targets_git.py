"""A git branch as target: the same tree, one commit a change, nothing forced, nothing foreign, nothing backwards."""

import os
import subprocess
from functools import partial
from pathlib import Path

import pytest
from publish_world import Lab, contents

from tashika.core.errors import TashikaError
from tashika.core.exit_codes import ExitCode
from tashika.disclose.publish.errors import BackwardsError, ForeignTreeError
from tashika.disclose.publish.run import Published, publish
from tashika.disclose.publish.targets import git as git_module
from tashika.disclose.publish.targets.dispatch import publish_to
from tashika.disclose.publish.targets.errors import RemoteFailedError, TargetError
from tashika.disclose.publish.targets.git import publish_git
from tashika.disclose.publish.targets.git_command import Git
from tashika.disclose.publish.targets.parse import GitTarget
from tashika.evidence.predicate_types import WITHDRAWAL
from tashika.evidence.verify import render_text, verify_target

ME = {"GIT_AUTHOR_NAME": "x", "GIT_AUTHOR_EMAIL": "x@x", "GIT_COMMITTER_NAME": "x", "GIT_COMMITTER_EMAIL": "x@x"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda fd: None)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)


def grow(lab: Lab) -> None:
    """One more statement in the log, unlike all before."""
    reason = f"reason {lab.log.size}"
    withdrawn = lab.record().statement_id
    lab.say(WITHDRAWAL, {"withdraws": [withdrawn], "reason": {"en": reason, "ja": reason}}, subject=withdrawn)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    lab = Lab(tmp_path)
    lab.fill()
    return lab


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    where = tmp_path / "remote.git"
    run(tmp_path, "init", "-q", "--bare", str(where))
    return where


def run(where: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=where, check=True, capture_output=True, text=True, env=os.environ | ME
    ).stdout


def target(remote: Path, branch: str = "pages") -> GitTarget:
    return GitTarget(url=f"file://{remote}", branch=branch)


def send(lab: Lab, remote: Path, branch: str = "pages") -> Published:
    return publish_to(
        target(remote, branch), lab.publication, log=lab.log, signer=lab.signer, clock=lab.clock, state=lab.state
    )


def clone(remote: Path, to: Path, branch: str = "pages") -> Path:
    run(to.parent, "clone", "-q", "--branch", branch, f"file://{remote}", str(to))
    return to


def log(remote: Path, branch: str = "pages") -> list[str]:
    return run(remote, "log", "--format=%an|%ae|%s", branch).splitlines()


def commit(work: Path, message: str = "by hand") -> None:
    run(work, "add", "-A")
    run(work, "commit", "-q", "-m", message)
    run(work, "push", "-q", "origin", "HEAD")


def test_a_clone_verifies_and_holds_the_same_tree_as_a_folder(lab: Lab, remote: Path, tmp_path: Path) -> None:
    done = send(lab, remote)
    assert (done.changed, done.version, done.target) == (True, 1, f"git+file://{remote}#pages")
    copy = clone(remote, tmp_path / "copy")
    answer = verify_target(str(copy), anchors=lab.anchors, clock=lab.clock)
    assert answer.verdict == ExitCode.GOOD, render_text(answer)
    lab.publish(tmp_path / "folder")
    files = {path: data for path, data in contents(copy).items() if not path.startswith(".git/")}
    assert files.pop(".nojekyll") == b""
    assert files == contents(tmp_path / "folder")
    assert log(remote) == ["tashika|tashika@tashika.example|Publish version 1 of the catalogue"]


def test_publishing_twice_changes_nothing_and_a_change_is_one_commit(lab: Lab, remote: Path) -> None:
    send(lab, remote)
    assert send(lab, remote).changed is False
    assert len(log(remote)) == 1
    grow(lab)
    assert send(lab, remote).version == 2
    assert len(log(remote)) == 2
    assert not list((lab.state / "targets").glob("*/tree"))


def test_a_branch_with_anything_else_is_never_touched(lab: Lab, remote: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    run(tmp_path, "clone", "-q", f"file://{remote}", str(work))
    run(work, "checkout", "-q", "-b", "pages")
    (work / "main.py").write_text("print()")
    commit(work)
    before = run(remote, "rev-parse", "pages")
    with pytest.raises(ForeignTreeError, match="not written by a publication"):
        send(lab, remote)
    assert run(remote, "rev-parse", "pages") == before
    assert send(lab, remote, "other").changed


def test_links_and_submodules_in_the_branch_are_refused_before_they_are_written(
    lab: Lab, remote: Path, tmp_path: Path
) -> None:
    send(lab, remote)
    work = clone(remote, tmp_path / "work")
    (work / "keys.json").unlink()
    (work / "keys.json").symlink_to("/etc/passwd")
    commit(work)
    with pytest.raises(ForeignTreeError, match="link or a submodule"):
        send(lab, remote)


def test_what_hosts_put_beside_a_tree_stays(lab: Lab, remote: Path, tmp_path: Path) -> None:
    send(lab, remote)
    work = clone(remote, tmp_path / "work")
    (work / "CNAME").write_text("lab.example\n")
    (work / ".gitattributes").write_text("* text eol=crlf\n*.json filter=evil\n")
    commit(work)
    grow(lab)
    send(lab, remote)
    files = run(remote, "ls-tree", "--name-only", "pages").split()
    assert {"CNAME", ".gitattributes", "catalogue.json"} <= set(files)
    raw = subprocess.run(["git", "show", "pages:catalogue.json"], cwd=remote, capture_output=True, check=True).stdout
    assert raw == (lab.state / "published.json").read_bytes()


def test_a_newer_publication_on_the_branch_is_not_replaced(lab: Lab, remote: Path, tmp_path: Path) -> None:
    send(lab, remote)
    old = (lab.state / "published.json").read_bytes()
    grow(lab)
    send(lab, remote)
    (lab.state / "published.json").write_bytes(old)
    before = run(remote, "rev-parse", "pages")
    with pytest.raises(BackwardsError):
        send(lab, remote)
    assert run(remote, "rev-parse", "pages") == before


def test_another_organisations_branch_is_refused(lab: Lab, remote: Path, tmp_path: Path) -> None:
    other = Lab(tmp_path / "other", name="other")
    other.fill()
    send(other, remote)
    with pytest.raises(TashikaError) as caught:
        send(lab, remote)
    assert isinstance(caught.value, BackwardsError | ForeignTreeError)


def test_a_branch_that_moves_meanwhile_is_fetched_again(
    lab: Lab, remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(lab, remote)
    work = clone(remote, tmp_path / "work")
    grow(lab)
    pushes = []
    push = git_module._push

    def late(git: Git, where: GitTarget, name: str) -> bool:
        if not pushes:
            (work / "CNAME").write_text("lab.example\n")
            commit(work)
        pushes.append(name)
        return push(git, where, name)

    monkeypatch.setattr(git_module, "_push", late)
    assert send(lab, remote).version == 2
    assert len(pushes) == 2
    assert [line.rpartition("|")[2] for line in log(remote)] == [
        "Publish version 2 of the catalogue",
        "by hand",
        "Publish version 1 of the catalogue",
    ]
    monkeypatch.setattr(git_module, "_push", lambda *_: False)
    grow(lab)
    with pytest.raises(RemoteFailedError, match="moved each time"):
        send(lab, remote)


def test_stopped_at_any_call_of_git_it_goes_on(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed process leaves the branch as it was or finished; the next publication always gets through."""
    call = Git.call

    class Killed(BaseException):
        pass

    for point in range(20):
        remote = tmp_path / f"remote{point}.git"
        run(tmp_path, "init", "-q", "--bare", str(remote))
        seen = [0]

        def stop(self, *arguments, also=None, seen=seen, point=point):
            seen[0] += 1
            if seen[0] == point + 1:
                raise Killed
            return call(self, *arguments, also=also)

        monkeypatch.setattr(Git, "call", stop)
        try:
            send(lab, remote)
        except Killed:
            monkeypatch.setattr(Git, "call", call)
            assert run(remote, "for-each-ref") == ""
            send(lab, remote)
        else:
            break
        assert len(log(remote)) == 1
    assert point > 5


def test_a_dirty_clone_left_by_a_killed_process_does_not_matter(lab: Lab, remote: Path) -> None:
    send(lab, remote)
    (home,) = (lab.state / "targets").iterdir()
    (home / "tree").mkdir()
    (home / "tree" / "junk").write_text("x")
    (home / "repo.git").mkdir()
    (home / "repo.git" / "index.lock").write_text("")
    (home / "repo.git" / "hooks").mkdir()
    (home / "repo.git" / "hooks" / "pre-push").write_text("#!/bin/sh\nexit 1\n")
    grow(lab)
    assert send(lab, remote).version == 2


def test_hooks_and_variables_of_the_user_do_not_lead_git_astray(
    lab: Lab, remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("pre-push", "pre-commit", "post-checkout", "post-index-change"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
        (hooks / name).chmod(0o755)
    config = tmp_path / "config"
    config.write_text(f"[core]\n\thooksPath = {hooks}\n\tautocrlf = true\n[commit]\n\tgpgSign = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nonexistent")
    assert send(lab, remote).changed
    assert not (tmp_path / "ran").exists()


def test_no_other_protocol_and_no_waiting_for_a_password(lab: Lab, tmp_path: Path) -> None:
    write = partial(
        publish, publication=lab.publication, log=lab.log, signer=lab.signer, clock=lab.clock, state=lab.state
    )
    with pytest.raises(RemoteFailedError, match="git ls-remote failed"):
        publish_git(target(tmp_path / "missing.git"), write, state=lab.state, clock=lab.clock)
    git = Git(tmp_path, "https")
    (tmp_path / "tree").mkdir()
    git.run("init", "--quiet")
    assert git.call("ls-remote", "--", f"file://{tmp_path}/repo.git").code != 0
    assert "not allowed" in git.call("ls-remote", "--", f"file://{tmp_path}/repo.git").message


def test_a_remote_that_refuses_says_so(lab: Lab, remote: Path) -> None:
    hook = remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no entry\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(TargetError, match="refused"):
        send(lab, remote)


def test_git_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "bin"
    fake.mkdir()
    (fake / "git").write_text("#!/bin/sh\nsleep 60\n")
    (fake / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake}:{os.environ['PATH']}")
    monkeypatch.setattr("tashika.disclose.publish.targets.git_command.SECONDS", 0.2)
    with pytest.raises(RemoteFailedError, match="did not answer"):
        Git(tmp_path, "file").call("version")


def test_what_git_says_is_printed_without_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "bin"
    fake.mkdir()
    (fake / "git").write_text("#!/bin/sh\necho 'fatal: https://user:s3cr3t@host/a failed' >&2\nexit 1\n")
    (fake / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake}:{os.environ['PATH']}")
    with pytest.raises(RemoteFailedError) as caught:
        Git(tmp_path, "file").run("push")
    assert "s3cr3t" not in str(caught.value)
    assert "https://host/a" in str(caught.value)
