"""The JSON Schema of the files: it takes what `check` takes, and tells an editor the mistakes of form."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from case_tables import cases
from jsonschema import Draft202012Validator

from rolecall.commands.init import Talk, Wishes, init
from rolecall.config.json_schema import FILES, all_files, file_schema

ROOT = Path(__file__).parents[2]
VALIDATORS = {kind: Draft202012Validator(file_schema(kind)) for kind in FILES}
TALK = Talk(None, lambda line: None)

# What only the files together show, patterns tried on what is made, what AWS's actions do: no schema can tell it.
BEYOND_A_SCHEMA = {
    "a call about the whole account that a resource could narrow": "a schema does not know what an action takes",
    "a call about the whole account that changes something in it": "a schema does not know what an action does",
    "a pipeline without a region, in an estate without roles": "the region may stand in any of three places",
    "a pipeline without an account": "the account may stand under `defaults` or under `pipeline`",
    "a rule for derived IDs that makes none that fits the vendor's pattern": "no schema tries what a rule makes",
    "no account anywhere": "the account may stand in estate.yaml, in the workspace or in the project",
}


def kind_of(name: str) -> str:
    """Which of the three shapes a file has, by where it stands."""
    return ("estate", "workspace", "project")[name.count("/")]


def refusals(name: str, text: str) -> list[str]:
    """What the schema says about a file. JSON has no dates: editors read them as text."""
    data = json.loads(json.dumps(yaml.safe_load(text), default=str))
    return [error.message for error in VALIDATORS[kind_of(name)].iter_errors(data)]


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object of a schema, however deep."""
    if isinstance(schema, dict):
        yield schema
        for inner in schema.values():
            yield from parts(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from parts(inner)


@pytest.mark.parametrize("kind", [*FILES, None])
def test_the_schema_is_one_of_draft_2020_12(kind: str | None) -> None:
    schema = file_schema(kind) if kind else all_files()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("kind", FILES)
def test_every_key_is_described_and_no_other_key_is_taken(kind: str) -> None:
    shapes = [part for part in parts(file_schema(kind)) if part.get("type") == "object" and "properties" in part]
    assert len(shapes) >= 5
    for shape in shapes:
        silent = [name for name, value in shape["properties"].items() if len(value.get("description", "")) < 15]
        assert silent == []
        assert shape["additionalProperties"] is False or "propertyNames" in shape


def test_one_schema_tells_the_three_files_apart() -> None:
    together = Draft202012Validator(all_files())
    for path in sorted((ROOT / "examples" / "acme").rglob("*.yaml")):
        assert together.is_valid(yaml.safe_load(path.read_text("utf-8"))), path
    assert not together.is_valid({"schema": 1, "estate": "acme", "workspace": "w"})


@pytest.mark.parametrize("path", sorted((ROOT / "examples" / "acme").rglob("*.yaml")), ids=lambda path: path.name)
def test_an_example_fits_the_schema_that_its_first_line_names(path: Path) -> None:
    name = path.relative_to(ROOT / "examples" / "acme").as_posix()
    text = path.read_text("utf-8")
    assert refusals(name, text) == []
    assert named_schema(path) == (ROOT / "docs" / "schema" / f"{kind_of(name)}.json")


@pytest.mark.parametrize("vendor", ["workato", "unified"])
def test_a_new_estate_fits_the_schemas_that_lie_beside_it(vendor: str, tmp_path: Path) -> None:
    init(tmp_path, Wishes(vendor=vendor), TALK)
    wishes = Wishes(workspace="acme-prod", project="own", project_id="679", own_file=True)
    init(tmp_path, wishes, TALK, "project")
    files = sorted(tmp_path.rglob("*.yaml"))
    assert len(files) == 3
    for path in files:
        name = path.relative_to(tmp_path).as_posix()
        assert refusals(name, path.read_text("utf-8")) == []
        assert json.loads(named_schema(path).read_text("utf-8")) == file_schema(kind_of(name))
    assert json.loads((tmp_path / ".schema" / "project.json").read_text("utf-8")) == file_schema("project")


@pytest.mark.parametrize("case", cases("bad_estates"))
def test_a_mistake_of_form_is_underlined(case: dict[str, Any]) -> None:
    wrong = {line[1].rsplit(":", 2)[0] for line in case["findings"] if line[0] in ("RC004", "RC005")}
    for name in wrong:
        assert bool(refusals(name, case["files"][name])) is (case["name"] not in BEYOND_A_SCHEMA)


@pytest.mark.parametrize("case", cases("bad_estates"))
def test_a_file_without_a_finding_is_not_underlined(case: dict[str, Any]) -> None:
    named = {line[1].rsplit(":", 2)[0] for line in case["findings"]}
    for name, text in case["files"].items():
        if name not in named and name.endswith(".yaml"):
            assert refusals(name, text) == []


@pytest.mark.parametrize(
    ("place", "value", "fits"),
    [
        ("account", "010101010101", True),
        ("account", 10101010101, False),
        ("max_session", "12h", True),
        ("max_session", "13h", False),
        ("max_session", "60m", True),
        ("max_session", "720m", True),
        ("max_session", "59m", False),
        ("max_session", "721m", False),
        ("role_path", "/", True),
        ("role_path", "/a/b+=,.@_-/", True),
        ("role_path", "/a/b~!/", False),
        ("role_path", "///", False),
        ("role_path", "/a*/", False),
        ("role_path", "vendors/", False),
        ("role_name", "{vendor}-{workspace}-{project}", True),
        ("role_name", "{workspace}", False),
        ("permissions_boundary", "/team/vendor-boundary", True),
        ("permissions_boundary", "arn:aws:iam::aws:policy/ReadOnlyAccess", True),
        ("permissions_boundary", "my boundary", False),
        ("permissions_boundary", "arn:aws:iam::111111111111:policy/*", False),
        ("permissions_boundary", "arn:aws:iam::111111111111:policy/team*/b", False),
        ("reader_role", "arn:aws:iam::{account}:role/audit", True),
        ("reader_role", "arn:aws:iam::{account}:role/team*/audit", False),
        ("tags", {"cost": 4711}, False),
        ("region", None, True),
    ],
)
def test_a_value_is_judged_as_check_does(place: str, value: object, fits: bool) -> None:
    estate = {"schema": 1, "estate": "acme", "defaults": {place: value}}
    assert VALIDATORS["estate"].is_valid(estate) is fits


@pytest.mark.parametrize(("vendor", "fits"), [("unified", True), ("observability", False)])
def test_only_a_vendor_of_the_catalog_may_be_described_in_part(vendor: str, fits: bool) -> None:
    estate = {"schema": 1, "estate": "acme", "vendors": {vendor: {"access": "read"}}}
    assert VALIDATORS["estate"].is_valid(estate) is fits
    whole = {"name": "Obs", "principals": "pending", "external_id": {"origin": "vendor", "per": "project"}}
    assert VALIDATORS["estate"].is_valid(estate | {"vendors": {vendor: whole}})


@pytest.mark.parametrize(
    ("changed", "fits"),
    [
        ({"principals": ["arn:aws:iam::210987654321:role/a+b"]}, True),
        ({"principals": ["arn:aws:iam::210987654321:role/*"]}, False),
        ({"principals": {"us": ["arn:aws:iam::210987654321:role/a?b"]}}, False),
        ({"principals": ["arn:aws:iam::210987654321:role/a${aws:x}"]}, False),
        ({"principals": {"": ["210987654321"]}}, False),
        ({"other_partitions": {"aws-cn": ["arn:aws-cn:iam::210987654321:root"]}}, True),
        ({"other_partitions": {"aws-cn": ["210987654321"]}}, False),
        ({"other_partitions": {"aws-cn": {"bj": ["arn:aws:iam::210987654321:root"]}}}, False),
        ({"hand_off": {"steps": [{"do": "Enter."}], "check": ["See."]}}, True),
        ({"hand_off": {"steps": [{"do": "Enter."}]}}, False),
        ({"hand_off": {"steps": []}}, True),
        ({"actions": {"read": ["s3:GetObject"]}}, False),
        ({"external_id": {"origin": "vendor", "per": "project", "pattern": ""}}, False),
    ],
)
def test_a_vendor_is_judged_as_check_does(changed: dict[str, object], fits: bool) -> None:
    own = {"name": "Own", "principals": ["210987654321"], "external_id": {"origin": "vendor", "per": "project"}}
    estate = {"schema": 1, "estate": "acme", "vendors": {"own": own | changed}}
    assert VALIDATORS["estate"].is_valid(estate) is fits


def test_an_estate_gives_no_reason_for_patterns() -> None:
    rule = {"origin": "vendor", "per": "project"}
    like = rule | {"string_like": {"form": "[a-z]+@.*", "reason": "because"}}
    own = {"name": "Own", "principals": ["210987654321"]}
    for name, external_id, fits in (("own", rule, True), ("own", like, False), ("spacelift", like, False)):
        estate = {"schema": 1, "estate": "acme", "vendors": {name: {**own, "external_id": external_id}}}
        assert VALIDATORS["estate"].is_valid(estate) is fits


def named_schema(path: Path) -> Path:
    """The file that an editor is sent to."""
    first = path.read_text("utf-8").splitlines()[0]
    return (path.parent / first.removeprefix("# yaml-language-server: $schema=")).resolve()
