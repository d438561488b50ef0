import hashlib
import os
import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tashika.core.errors import TashikaError
from tashika.weights import manifest as manifest_module
from tashika.weights.errors import ModelChangedError, UnsignableModelError, WeightsNotFoundError
from tashika.weights.manifest import hash_file, hash_model
from tashika.weights.scan import check_ignore_paths, is_model_path, scan


def test_manifest_lists_every_file_in_code_point_order(model):
    hashed = hash_model(model)
    names = [r.name for r in hashed.manifest.resources]
    assert names == ["a.b", "a/b", "deep/er/重み.safetensors", "empty.json"]
    assert hashed.size == 6 + 256 * 5000
    assert hashed.manifest.resources[0].sha256 == hashlib.sha256(b"two").hexdigest()


def test_root_digest_is_the_hash_of_the_digests_in_order(model):
    manifest = hash_model(model).manifest
    digests = b"".join(bytes.fromhex(r.sha256) for r in manifest.resources)
    assert manifest.root == hashlib.sha256(digests).hexdigest()


def test_root_digest_of_one_file(tmp_path):
    path = tmp_path / "one.gguf"
    path.write_bytes(b"weights")
    manifest = hash_model(path).manifest
    assert manifest.root == hashlib.sha256(hashlib.sha256(b"weights").digest()).hexdigest()
    assert manifest.single_file
    assert b'"name":"."' in manifest.payload()
    assert b'"name":"one.gguf"' in manifest.payload(single_file_name="specification")


def test_root_does_not_cover_names_but_the_payload_does(tmp_path):
    """A property of the format (section 6.5.1) that the guide warns about."""
    for folder, name in (("x", "b.bin"), ("y", "c.bin")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_bytes(b"same")
    x, y = (hash_model(tmp_path / folder).manifest for folder in "xy")
    assert x.root == y.root
    assert x.payload() != y.payload()


def test_git_is_left_out_at_the_top_only_and_reported(model):
    before = hash_model(model)
    (model / ".git").mkdir()
    (model / ".git" / "config").write_text("x")
    (model / ".gitignore").write_text("x")
    after = hash_model(model)
    assert after.manifest == before.manifest
    assert after.ignored == (".git", ".gitignore")
    (model / "deep" / ".git").mkdir()
    (model / "deep" / ".git" / "config").write_text("x")
    assert "deep/.git/config" in [r.name for r in hash_model(model).manifest.resources]


def test_extra_exclusion_is_recorded(model):
    hashed = hash_model(model, ignore=["deep"])
    assert "deep" in hashed.manifest.ignore_paths
    assert [r.name for r in hashed.manifest.resources] == ["a.b", "a/b", "empty.json"]


@pytest.mark.parametrize("bad", ["../x", "/etc", "a//b", "", ".", "a/./b", "x\ny", "\udcff"])
def test_exclusions_stay_inside_the_model(bad):
    with pytest.raises(UnsignableModelError):
        check_ignore_paths([bad])


def test_links_are_refused_everywhere(model, tmp_path):
    (model / "deep" / "link").symlink_to(model / "a.b")
    with pytest.raises(UnsignableModelError, match="symbolic link"):
        hash_model(model)
    other = tmp_path / "other"
    other.symlink_to(model)
    with pytest.raises(UnsignableModelError, match="symbolic link"):
        hash_model(other)
    (tmp_path / "file").symlink_to(model / "a.b")
    with pytest.raises(UnsignableModelError, match="symbolic link"):
        hash_model(tmp_path / "file")


def test_a_linked_folder_is_refused(model, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (model / "sub").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    with pytest.raises(UnsignableModelError, match="symbolic link"):
        scan(model)


def test_special_files_are_refused_without_blocking(model, tmp_path, monkeypatch):
    os.mkfifo(model / "pipe")
    with pytest.raises(UnsignableModelError, match="not a regular file"):
        hash_model(model)
    (model / "pipe").unlink()
    monkeypatch.chdir(model)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        with pytest.raises(UnsignableModelError, match="not a regular file"):
            hash_model(model)


@pytest.mark.parametrize("name", [b"bad\xff", b"new\nline", b"\x7f"])
def test_names_that_json_or_a_terminal_cannot_carry_are_refused(model, name):
    os.close(os.open(os.path.join(os.fsencode(model), name), os.O_CREAT | os.O_WRONLY))
    with pytest.raises(UnsignableModelError, match="cannot be signed") as caught:
        hash_model(model)
    str(caught.value).encode("ascii")


def test_empty_and_missing_models_are_refused(tmp_path):
    with pytest.raises(WeightsNotFoundError):
        hash_model(tmp_path / "nothing")
    (tmp_path / "empty" / "sub").mkdir(parents=True)
    with pytest.raises(UnsignableModelError, match="no file"):
        hash_model(tmp_path / "empty")


def test_file_changed_between_scan_and_hash(model):
    file = scan(model).files[0]
    file.path.write_bytes(b"TWO")
    os.utime(file.path, ns=(1, 1))
    with pytest.raises(ModelChangedError):
        hash_file(file)


def test_file_replaced_by_a_link_between_scan_and_hash(model, tmp_path):
    file = scan(model).files[0]
    file.path.unlink()
    file.path.symlink_to(model / "empty.json")
    with pytest.raises(TashikaError):
        hash_file(file)


def test_file_written_while_it_is_read(model, monkeypatch):
    file = next(f for f in scan(model).files if f.name.startswith("deep"))
    real = os.readv

    def readv(fd, buffers):
        count = real(fd, buffers)
        if count:
            with file.path.open("r+b") as handle:
                handle.write(b"!")
        return count

    monkeypatch.setattr(os, "readv", readv)
    with pytest.raises(ModelChangedError):
        hash_file(file)


def test_file_added_while_others_are_hashed(model, monkeypatch):
    real = manifest_module.hash_file

    def hash_and_add(file):
        (model / "late.bin").write_bytes(b"x")
        return real(file)

    monkeypatch.setattr(manifest_module, "hash_file", hash_and_add)
    with pytest.raises(ModelChangedError):
        hash_model(model)


def test_progress_counts_every_file(model):
    seen = []
    hash_model(model, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


_NAME = st.text(st.characters(codec="utf-8", exclude_characters="/\0", exclude_categories=("Cc", "Cs")), min_size=1)


@settings(max_examples=30, deadline=None)
@given(
    files=st.dictionaries(
        _NAME.filter(lambda n: is_model_path(n) and len(n.encode()) < 200),
        st.binary(max_size=64),
        min_size=1,
        max_size=6,
    )
)
def test_manifest_depends_on_names_and_bytes_only(files, tmp_path_factory):
    files = {name: data for name, data in files.items() if not name.startswith(".git")} or {"x": b""}
    one, two = tmp_path_factory.mktemp("m"), tmp_path_factory.mktemp("m")
    for folder, order in ((one, list(files)), (two, list(reversed(files)))):
        for name in order:
            (folder / name).write_bytes(files[name])
    assert hash_model(one).manifest.resources == hash_model(two).manifest.resources
    assert [r.name for r in hash_model(one).manifest.resources] == sorted(files)
