"""From what was written to grants: defaults that cascade, project files, boundaries, tags, the workspace's one role."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rolecall.config import resolve
from rolecall.config.known_vendors import KnownVendors
from rolecall.estate import judged
from rolecall.model.finding import has_errors
from rolecall.model.grant import WRITE_ACTIONS, Access, Grant
from rolecall.model.invalid import InvalidValueError
from rolecall.vendors import catalog
from tests.config.conftest import GOOD

Grants = Callable[[dict[str, str]], dict[str, Grant]]
WORKSPACE = "workspace: w\nvendor: unified\nexternal_id: k7-Zq2-w9Xr4T\n"
ONE = "projects: [{project: a}]\n"


def test_what_nobody_sets_has_its_default(grants: Grants) -> None:
    grant = grants({"workspaces/w.yaml": WORKSPACE + ONE})["w/a"]
    assert (grant.estate, grant.workspace, grant.project, grant.vendor) == ("acme", "w", "a", "unified")
    assert (grant.account, grant.region, grant.role_name) == ("111111111111", "eu-central-1", "unified-w-a")
    assert (grant.role_path, grant.max_session_seconds, grant.permissions_boundary) == ("/", 3600, None)
    assert grant.role_arn == "arn:aws:iam::111111111111:role/unified-w-a"
    assert grant.tags == ()


@pytest.mark.parametrize(
    ("key", "attribute", "values"),
    [
        ("account", "account", {'"222222222222"': "222222222222", '"333333333333"': "333333333333"}),
        ("region", "region", {"eu-west-1": "eu-west-1", "us-east-1": "us-east-1"}),
        ("role_path", "role_path", {"/a/": "/a/", "/b/c/": "/b/c/"}),
        ("role_name", "role_name", {'"x-{project}"': "x-a", '"{workspace}.{project}"': "w.a"}),
        ("max_session", "max_session_seconds", {"2h": 7200, "90m": 5400}),
        (
            "permissions_boundary",
            "permissions_boundary",
            {
                "one": "arn:aws:iam::111111111111:policy/one",
                "arn:aws:iam::aws:policy/ReadOnlyAccess": "arn:aws:iam::aws:policy/ReadOnlyAccess",
            },
        ),
    ],
)
def test_the_nearest_level_wins(grants: Grants, key: str, attribute: str, values: dict[str, object]) -> None:
    (of_workspace, seen_from_workspace), (of_project, seen_from_project) = values.items()
    own = f"projects:\n  - project: a\n  - project: b\n    {key}: {of_project}\n"
    found = grants({"workspaces/w.yaml": f"{WORKSPACE}{key}: {of_workspace}\n{own}"})
    assert getattr(found["w/a"], attribute) == seen_from_workspace
    assert getattr(found["w/b"], attribute) in (seen_from_project, str(seen_from_project).replace("w.a", "w.b"))


def test_defaults_of_the_estate_reach_every_project(grants: Grants) -> None:
    estate = """
schema: 1
estate: acme
defaults:
  account: "222222222222"
  region: cn-north-1
  role_path: /vendors/
  max_session: 4h
  permissions_boundary: vendor-boundary
  tags: {owner: x}
"""
    grant = grants({"estate.yaml": estate, "workspaces/w.yaml": WORKSPACE + 'trusted_account: "353360065216"\n' + ONE})[
        "w/a"
    ]
    assert grant.role_arn == "arn:aws-cn:iam::222222222222:role/vendors/unified-w-a"
    assert grant.trust.principals == ("arn:aws-cn:iam::353360065216:root",)
    assert grant.permissions_boundary == "arn:aws-cn:iam::222222222222:policy/vendor-boundary"
    assert grant.max_session_seconds == 14400


def test_a_boundarys_name_means_the_policy_in_the_roles_own_account(grants: Grants) -> None:
    text = f"{WORKSPACE}permissions_boundary: team/vendor-boundary\nprojects:\n  - project: a\n  - project: b\n"
    found = grants({"workspaces/w.yaml": text + '    account: "222222222222"\n'})
    assert found["w/a"].permissions_boundary == "arn:aws:iam::111111111111:policy/team/vendor-boundary"
    assert found["w/b"].permissions_boundary == "arn:aws:iam::222222222222:policy/team/vendor-boundary"


def test_tags_are_merged_with_ours(grants: Grants) -> None:
    estate = (
        'schema: 1\nestate: acme\ndefaults: {account: "111111111111", region: eu-central-1, tags: {a: "1", b: "1"}}\n'
    )
    text = WORKSPACE + 'tags: {b: "2", c: "2"}\nprojects: [{project: a, tags: {c: "3"}}]\n'
    grant = grants({"estate.yaml": estate, "workspaces/w.yaml": text})["w/a"]
    ours = {"rolecall:estate": "acme", "rolecall:workspace": "w", "rolecall:project": "a"}
    assert dict(grant.all_tags) == {"a": "1", "b": "2", "c": "3"} | ours


def test_a_role_name_that_is_too_long_is_cut_and_stays_its_own(grants: Grants) -> None:
    long = "a" * 60
    found = grants({"workspaces/w.yaml": f"{WORKSPACE}projects: [{{project: {long}1}}, {{project: {long}2}}]\n"})
    names = [grant.role_name for grant in found.values()]
    assert [len(name) for name in names] == [64, 64]
    assert len(set(names)) == 2
    assert all(name.startswith("unified-w-aaaa") for name in names)


def test_access_comes_from_the_vendor_unless_the_project_says_otherwise(grants: Grants) -> None:
    found = grants({"workspaces/w.yaml": WORKSPACE + "projects: [{project: a}, {project: b, access: read}]\n"})
    assert found["w/a"].permissions.access is Access.READ_WRITE
    assert found["w/b"].permissions.access is Access.READ
    assert found["w/a"].permissions.allow_permanent_delete is False


def test_writing_adds_to_what_a_vendor_reads_with_where_its_entry_says_nothing_else(grants: Grants) -> None:
    read, written = "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"
    entry = "name: {name}, principals: ['210987654321'], external_id: {{origin: vendor, per: project}}"
    reads = f"{{{entry.format(name='Reads')}, actions: {{read: ['{read}']}}}}"
    writes = f"{{{entry.format(name='Writes')}, actions: {{read: ['{read}'], read-write: ['{written}']}}}}"
    project = "projects: [{project: a, access: read-write, external_id: 5b1f0c9e-7d3a-4e62-9c48-aaaaaaaaaaa%d}]\n"
    found = grants(
        {
            "estate.yaml": f"{GOOD}vendors: {{reads: {reads}, writes: {writes}}}\n",
            "workspaces/r.yaml": f"workspace: r\nvendor: reads\n{project % 1}",
            "workspaces/w.yaml": f"workspace: w\nvendor: writes\n{project % 2}",
        }
    )
    assert {grant.permissions.read_actions for grant in found.values()} == {(read,)}
    assert found["r/a"].permissions.write_actions == (read, *WRITE_ACTIONS)
    assert found["w/a"].permissions.write_actions == (written,)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "secrets: [{prefix: a/, region: cn-north-1}]",
        "services: {sqs: {queues: [orders], region: cn-north-1}}",
        "statements: [{Effect: Allow, Action: sqs:SendMessage, Resource: 'arn:aws-cn:sqs:cn-north-1:111111111111:q'}]",
    ],
)
def test_a_role_that_could_not_use_what_it_is_granted_is_none(
    write: Callable[[dict[str, str]], Path], elsewhere: str
) -> None:
    text = WORKSPACE + f"projects: [{{project: a, {elsewhere}}}, {{project: b, secrets: [{{prefix: b/}}]}}]\n"
    found = judged(write({"workspaces/w.yaml": text}))
    assert found.estate is not None
    assert has_errors(found.findings)
    assert [grant.address for grant in found.estate.grants] == ["w/b"]


def test_a_project_file_is_a_project_named_by_its_file(grants: Grants) -> None:
    files = {
        "workspaces/w.yaml": WORKSPACE + ONE,
        "workspaces/w/own-team.yaml": 'account: "222222222222"\nsecrets: [{prefix: team/}]\n',
    }
    found = grants(files)
    assert list(found) == ["w/a", "w/own-team"]
    assert found["w/own-team"].account == "222222222222"
    assert str(found["w/own-team"].location) == "workspaces/w/own-team.yaml:1:1"


def test_the_workspaces_one_role_holds_all_secrets_and_projects_without_anything_get_no_role(grants: Grants) -> None:
    text = """
workspace: w
vendor: workato
workspace_id: "12345"
data_center: us
secrets_scope: workspace
workspace_role:
  secrets: [{prefix: shared/}]
  tags: {owner: x}
projects:
  - {project: a, project_id: "1"}
  - project: b
    project_id: "2"
    statements: [{Effect: Allow, Action: "sqs:SendMessage", Resource: "arn:aws:sqs:eu-central-1:111111111111:orders"}]
"""
    found = grants({"workspaces/w.yaml": text})
    assert {address: grant.trust.written_ids for address, grant in found.items()} == {
        "w/workspace": ("workato_iam_external_id_12345",),
        "w/b": ("workato_iam_external_id_12345_2",),
    }
    assert [secret.value for secret in found["w/workspace"].permissions.secrets] == ["shared/"]
    assert found["w/workspace"].tags == (("owner", "x"),)


def test_every_grant_and_secret_knows_its_place(grants: Grants) -> None:
    text = WORKSPACE + "projects:\n  - project: a\n    secrets:\n      - prefix: a/\n"
    grant = grants({"workspaces/w.yaml": text})["w/a"]
    assert str(grant.location) == "workspaces/w.yaml:5:5"
    assert str(grant.permissions.secrets[0].location) == "workspaces/w.yaml:7:9"


def test_what_only_the_model_refuses_is_a_finding(
    write: Callable[[dict[str, str]], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise InvalidValueError("trust", "x", "y", "z", rule="RC106")

    monkeypatch.setattr(resolve, "trust_of", refused)
    found = judged(write({"workspaces/w.yaml": WORKSPACE + ONE})).findings
    assert [(f.rule, str(f.location)) for f in found] == [("RC106", "workspaces/w.yaml:4:12")]


def test_a_text_in_a_statement_has_a_limit(write: Callable[[dict[str, str]], Path]) -> None:
    text = WORKSPACE + "projects:\n  - project: a\n    statements:\n      - {Effect: Allow, Action: sqs:SendMessage, "
    for length, rules in ((2048, []), (2049, ["RC210"])):
        queue = "arn:aws:sqs:eu-central-1:111111111111:".ljust(length, "q")
        found = judged(write({"workspaces/w.yaml": f"{text}Resource: '{queue}'}}\n"})).findings
        assert [f.rule for f in found if f.rule == "RC210"] == rules


def test_the_nearest_reader_role_reads_the_account(grants: Grants) -> None:
    far, near = "arn:aws:iam::{account}:role/audit", "arn:aws:iam::{account}:role/near"
    estate = (
        f'schema: 1\nestate: acme\ndefaults: {{account: "111111111111", region: eu-central-1, reader_role: "{far}"}}\n'
    )
    workspace = "workspace: w\nvendor: unified\nexternal_id: k7-Zq2-w9Xr4T\nprojects:\n  - project: a\n"
    text = f'{workspace}  - {{project: b, reader_role: "{near}"}}\n'
    found = grants({"estate.yaml": estate, "workspaces/w.yaml": text})
    assert {address: grant.reader_role for address, grant in found.items()} == {"w/a": far, "w/b": near}


def test_only_the_vendors_that_an_estate_uses_are_read_from_the_catalog(
    grants: Grants, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    entry = catalog.entry

    def noted(vendor: str) -> dict[str, Any]:
        read.append(vendor)
        return entry(vendor)

    monkeypatch.setattr(catalog, "entry", noted)
    assert grants({"workspaces/w.yaml": WORKSPACE + ONE})
    assert set(read) == {"unified"}


def test_a_vendor_of_the_catalog_that_an_estate_changed_wrongly_is_not_taken_unchanged() -> None:
    known = KnownVendors({}, hidden=frozenset({"workato"}))
    assert "workato" not in known
    assert known.get("workato") is None
    assert set(known) == set(catalog.ids()) - {"workato"}
