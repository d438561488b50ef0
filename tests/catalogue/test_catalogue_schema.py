"""JSON Schemas are generated, in step with the models, and every data file validates against its own."""

import json
import tomllib
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from tashika.catalogue.files import FILE_KINDS, kind_of
from tashika.catalogue.schema import schema_files, schema_of

DATA = Path(str(files("tashika.catalogue") / "data"))
TABLES = sorted(path.relative_to(DATA).as_posix() for path in DATA.rglob("*.toml"))


def test_schemas_on_disk_are_those_of_the_models() -> None:
    folder = Path(str(files("tashika.catalogue") / "schema"))
    on_disk = {path.name: path.read_bytes() for path in folder.glob("*.json")}
    assert on_disk == schema_files(), "python -m tashika.catalogue.schema --write"


@pytest.mark.parametrize("kind", FILE_KINDS)
def test_schemas_are_schemas(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema_of(kind))


@pytest.mark.parametrize("name", TABLES)
def test_every_table_validates(name: str) -> None:
    kind = kind_of(name)
    assert kind is not None
    raw = json.loads(json.dumps(tomllib.loads((DATA / name).read_text(encoding="utf-8"))))
    jsonschema.Draft202012Validator(schema_of(kind)).validate(raw)


def test_the_schema_refuses_what_the_model_refuses() -> None:
    validator = jsonschema.Draft202012Validator(schema_of("themes"))
    theme = {"id": "x", "kind": "risk", "title": {"en": "a", "ja": "あ"}, "sources": ["s"], "status": "confirmed"}
    assert validator.is_valid({"themes": [theme]})
    for change in ({"kind": "fear"}, {"sources": []}, {"extra": 1}, {"title": {"en": "a"}}, {"id": "X y"}):
        assert not validator.is_valid({"themes": [{**theme, **change}]})
