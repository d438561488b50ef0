import sys

import pytest

from tashika.core.errors import FileProblemError
from tashika.core.strict_json import canonical
from tashika.weights.errors import WeightsNotFoundError
from tashika.weights.manifest import hash_model
from tashika.weights.subject import endpoint_salt, endpoint_subject, locate, opens_endpoint, system_subject
from tashika.workspace.config import SystemConfig


def system(weights):
    return SystemConfig.model_validate({"id": "s", "name": {"en": "S", "ja": "S"}, "version": "1", "weights": weights})


@pytest.fixture
def package(tmp_path, monkeypatch):
    folder = tmp_path / "site" / "some_weights"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('this package must not be imported')")
    monkeypatch.syspath_prepend(tmp_path / "site")
    return folder


def test_a_system_is_named_after_its_weights(model, tmp_path):
    subject = system_subject(system("model"), tmp_path)
    assert subject.name == "model"
    assert subject.sha256 == hash_model(model).manifest.root
    assert system_subject(system(str(model)), tmp_path / "elsewhere") == subject
    assert system_subject(system(None), tmp_path) is None


def test_weights_in_a_package_are_found_without_importing_it(package, tmp_path):
    (package / "tiny.gguf").write_bytes(b"GGUF")
    assert locate(system("package:some_weights"), tmp_path) == package / "tiny.gguf"
    assert "some_weights" not in sys.modules


def test_several_files_in_a_package_need_a_choice(package, tmp_path):
    for name in ("one.gguf", "two.gguf"):
        (package / name).write_bytes(b"GGUF")
    with pytest.raises(WeightsNotFoundError) as caught:
        locate(system("package:some_weights"), tmp_path)
    assert "one.gguf, two.gguf" in caught.value.hint
    assert locate(system("package:some_weights/two.gguf"), tmp_path) == package / "two.gguf"


@pytest.mark.parametrize(
    "weights", ["package:some_weights", "package:nowhere_at_all", "package:a.b", "package:", "gone"]
)
def test_what_is_not_there_is_said(package, tmp_path, weights):
    with pytest.raises(WeightsNotFoundError):
        locate(system(weights), tmp_path)


def test_endpoint_commitment(tmp_path):
    salt = endpoint_salt(tmp_path / "private")
    assert endpoint_salt(tmp_path / "private") == salt
    subject = endpoint_subject("https://api.example/v1/", "m-1", salt)
    assert opens_endpoint(subject, "https://api.example/v1", "m-1", salt)
    assert not opens_endpoint(subject, "https://api.example/v1", "m-2", salt)
    assert not opens_endpoint(subject, "https://api.example/v2", "m-1", salt)
    assert not opens_endpoint(subject, "https://api.example/v1", "m-1", bytes(32))
    assert b"api.example" not in canonical(subject.to_json())
    with pytest.raises(ValueError, match="salt"):
        endpoint_subject("https://api.example/v1", "m", b"short")


def test_the_salt_stays_private_and_whole(tmp_path):
    folder = tmp_path / "private"
    endpoint_salt(folder)
    assert (folder / "endpoint-salt").stat().st_mode & 0o077 == 0
    (folder / "endpoint-salt").write_bytes(b"cut")
    with pytest.raises(WeightsNotFoundError, match="damaged"):
        endpoint_salt(folder)
    folder.chmod(0o755)
    with pytest.raises(FileProblemError):
        endpoint_salt(folder)
