import pytest

from tashika.workspace.config import load_config
from tashika.workspace.errors import ConfigError
from tashika.workspace.workspace import InitAnswers, Workspace, config_text

ANSWERS = InitAnswers(
    org_id="example-lab",
    org_name_en='Example "Lab"',
    org_name_ja="例の研究所",
    role="model-developer",
    system_id="small-model",
    system_name_en="Small model",
    system_name_ja="小さなモデル",
    system_version="1.0",
    year=2026,
)


@pytest.fixture
def text():
    return config_text(ANSWERS)


def load(tmp_path, text):
    path = tmp_path / "tashika.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_config(path)


def test_a_fresh_configuration_loads(tmp_path, text):
    config = load(tmp_path, text)
    assert config.organisation.name.en == 'Example "Lab"'
    assert config.system(None).id == "small-model"
    assert config.plan.options("redteam") == {"max_samples": 250}
    assert config.plan.criteria() == {"redteam.unsafe-rate.*": {"op": "<=", "value": "0.10", "bound": "high"}}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[organisation]", "[organization]", "did you mean 'organisation'"),
        ("due_days", "due_day", "did you mean 'due_days'"),
        ("base_url =", "base_ur =", "did you mean 'base_url'"),
        ('"<= 0.10"', '"under 10 %"', "write it like"),
        ("[plan.redteam]", "[plan.redtaem]", "did you mean 'redteam'"),
        ('"records", "energy"]', '"records", "enrgy"]', "did you mean 'energy'"),
        ("year = 2026", "", "'report.year' is missing"),
        ("schema = 1", "schema = 2", "schema"),
        ('id = "small-model"', 'id = "../small"', "systems.0.id"),
    ],
)
def test_a_mistake_is_named(tmp_path, text, old, new, says):
    assert old in text
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text.replace(old, new))
    assert says in str(caught.value)
    assert caught.value.code == "workspace.config"


def test_the_line_of_a_typo_is_given(tmp_path, text):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text.replace("due_days", "due_day"))
    line = next(i for i, row in enumerate(text.splitlines(), 1) if row.startswith("due_days"))
    assert caught.value.where.endswith(f"tashika.toml:{line}")


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a = [" + b"[" * 5000, b"a = 1\na = 2", b"x" * 2_000_000])
def test_unreadable_files_are_refused(tmp_path, data):
    from tashika.core.errors import TashikaError

    with pytest.raises(TashikaError):
        load(tmp_path, data)


def test_an_endpoint_is_one_changed_line(tmp_path, text):
    config = load(tmp_path, text.replace('kind = "local"', 'kind = "openai"'))
    assert config.target.kind == "openai"
    assert config.target.base_url == "http://127.0.0.1:8080/v1"


def test_create_refuses_to_overwrite(tmp_path, text):
    from tashika.workspace.errors import WorkspaceExistsError

    Workspace.create(tmp_path / "w", text)
    with pytest.raises(WorkspaceExistsError):
        Workspace.create(tmp_path / "w", text)


def test_two_processes_cannot_write(tmp_path, text, monkeypatch):
    from tashika.workspace.errors import LockedError

    monkeypatch.setenv("TASHIKA_STATE", str(tmp_path / "state"))
    workspace = Workspace.create(tmp_path / "w", text)
    with workspace.lock(), pytest.raises(LockedError) as caught, workspace.lock():
        pass
    assert caught.value.exit_code == 75
    with workspace.lock():
        pass
