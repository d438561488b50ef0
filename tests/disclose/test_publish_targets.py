"""What may be named as a target: what is refused is never printed when it could be a secret."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publish_world import Lab, contents

from tashika.core.errors import TashikaError
from tashika.disclose.publish.targets.dispatch import publish_to
from tashika.disclose.publish.targets.errors import TargetError
from tashika.disclose.publish.targets.parse import FolderTarget, GitTarget, StoreTarget, name_of, parse_target

BASE = Path("/base")


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("public", FolderTarget(path=BASE / "public")),
        ("../public", FolderTarget(path=BASE / "../public")),
        ("/srv/public", FolderTarget(path=Path("/srv/public"))),
        ("git+https://host.example/a/b.git", GitTarget(url="https://host.example/a/b.git", branch="main")),
        ("git+https://host.example:8443/a#pages", GitTarget(url="https://host.example:8443/a", branch="pages")),
        ("git+ssh://git@host.example/a#gh/pages", GitTarget(url="ssh://git@host.example/a", branch="gh/pages")),
        ("git+file:///srv/a.git#x", GitTarget(url="file:///srv/a.git", branch="x")),
        ("s3://bucket/some/prefix/", StoreTarget(url="s3://bucket/some/prefix")),
        ("gs://bucket", StoreTarget(url="gs://bucket")),
        ("az://container/prefix", StoreTarget(url="az://container/prefix")),
        ("file:///srv/objects", StoreTarget(url="file:///srv/objects")),
    ],
)
def test_targets_are_read(text, target):
    assert parse_target(text, base=BASE) == target


SECRET = "s3cr3t-T0ken"


@pytest.mark.parametrize(
    "text",
    [
        f"git+https://user:{SECRET}@host.example/a",
        f"git+https://{SECRET}@host.example/a",
        f"git+ssh://git:{SECRET}@host.example/a",
        f"s3://{SECRET}:x@bucket/a",
        f"s3://{SECRET}@bucket/a",
        f"s3://bucket/a?key={SECRET}",
        f"az://container/a?sig={SECRET}",
        f"git+https://host.example/a?token={SECRET}",
        f"gs://bucket/a#{SECRET}",
        f"ftp://user:{SECRET}@host.example/",
    ],
)
def test_credentials_in_an_address_are_refused_and_never_printed(text):
    with pytest.raises(TargetError) as caught:
        parse_target(text, base=BASE)
    assert SECRET not in str(caught.value.as_json())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "http://host.example/a",
        "git+http://host.example/a",
        "git+ext::sh -c touch% /tmp/x",
        "git+https://",
        "git+https://host.example",
        "git+https://-oProxyCommand=x/a",
        "git+ssh://-oProxyCommand=x/a",
        "git+ssh://-x@host.example/a",
        "git+file://host/a",
        "git+https://host.example/a#-x",
        "git+https://host.example/a#a..b",
        "git+https://host.example/a#a.lock",
        "git+https://host.example/a#refs/../x",
        "git+https://host.example/a#a b",
        "git+https://host.example/a#a:b",
        "git+https://host.example/a b",
        "git+https://host.example:99999/a",
        "git+https://host.example/a\n--upload-pack=x",
        "s3://",
        "s3://bucket/../x",
        "s3://bucket/a//b",
        "s3://bucket:80/a",
        "s3a://bucket/a",
        "file:///",
        "file://host/a",
        "[::1",
        "git+https://[::1/a",
    ],
)
def test_what_git_or_a_store_could_misread_is_refused(text):
    if text == "[::1":
        assert isinstance(parse_target(text, base=BASE), FolderTarget)
        return
    with pytest.raises(TargetError):
        parse_target(text, base=BASE)


@given(
    st.one_of(
        st.text(max_size=60),
        st.text(max_size=40).map(lambda s: "git+https://" + s),
        st.text(max_size=40).map(lambda s: "s3://" + s),
    )
)
def test_nothing_else_comes_out(text):
    try:
        target = parse_target(text, base=BASE)
    except TashikaError:
        return
    if isinstance(target, GitTarget):
        assert target.url.startswith(("https://", "ssh://", "file:///"))
        assert "@" not in target.url.removeprefix("ssh://git@")
        assert not target.branch.startswith("-")
    if isinstance(target, GitTarget | StoreTarget):
        assert str(target).isprintable()
        assert len(name_of(target)) < 40


def test_a_folder_is_published_as_before(tmp_path):
    lab = Lab(tmp_path)
    lab.fill()
    done = publish_to(
        parse_target("tree", base=tmp_path),
        lab.publication,
        log=lab.log,
        signer=lab.signer,
        clock=lab.clock,
        state=lab.state,
    )
    assert done.target == str(tmp_path / "tree")
    assert "catalogue.json" in contents(tmp_path / "tree")
