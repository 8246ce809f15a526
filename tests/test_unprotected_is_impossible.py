"""No input to a construct, to the model or to an estate yields a vendor's statement without its external ID."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import yaml
from case_tables import cases
from hypothesis import example, given, settings
from hypothesis import strategies as st
from quiet_cdk import Template, cdk

from constructs_lib import InvalidValueError, ParameterReference, VendorRole
from rolecall.estate import EstateRefusedError, judged, sound
from rolecall.model.grant import Grant
from rolecall.model.identifiers import account_id
from rolecall.model.trust import Trust
from rolecall.policy.analyse import problems
from rolecall.policy.compile import trust_document
from rolecall.policy.trust import doors

ROOT = "arn:aws:iam::353360065216:root"
GOOD_ID = "workato_iam_external_id_12345_678"
ESTATE = 'schema: 1\nestate: acme\ndefaults: {account: "111111111111", region: eu-central-1}\n'


def check_protected(document: dict[str, Any]) -> None:
    """A trust is protected, if nothing is wrong with it and each way in asks for one exact ID."""
    assert problems(document) == []
    assert all(door.external_id and not door.weakness for door in doors(document))


def vendor_role(principal: Any = ROOT, external_id: Any = GOOD_ID) -> dict[str, Any]:
    """The trust policy in the template of a role made from these inputs."""
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Stack")
    VendorRole(stack, "Role", principal=principal, external_id=external_id)
    (role,) = Template.from_stack(stack).find_resources("AWS::IAM::Role").values()
    trust: dict[str, Any] = role["Properties"]["AssumeRolePolicyDocument"]
    return trust


@pytest.mark.parametrize("case", cases("unprotected_ids"))
def test_an_external_id_is_refused_by_the_construct(case: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        vendor_role(external_id=case["value"])


@pytest.mark.parametrize("case", cases("unprotected_ids"))
def test_an_external_id_is_refused_in_an_estate(case: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(EstateRefusedError):
        sound(_estate(tmp_path, {"external_id": case["value"]}))


@pytest.mark.parametrize("case", cases("unprotected_principals"))
def test_a_principal_is_refused_by_the_construct(case: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        vendor_role(principal=case["value"])


@pytest.mark.parametrize("case", cases("unprotected_principals"))
def test_a_principal_is_refused_in_an_estate(case: dict[str, Any], tmp_path: Path) -> None:
    if case["value"] is None:
        pytest.skip("nothing written means the catalog's principal")
    written = case["value"] if isinstance(case["value"], list) else [case["value"]]
    with pytest.raises(EstateRefusedError):
        sound(_estate(tmp_path, {"external_id": GOOD_ID, "trusted_principals": written}))


@pytest.mark.parametrize("case", cases("bad_accounts"))
def test_an_account_is_refused_by_model_and_construct(case: dict[str, Any]) -> None:
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Stack")
    with pytest.raises(InvalidValueError, match="12 digits"):
        account_id(case["value"])
    with pytest.raises(InvalidValueError, match="12 digits"):
        VendorRole(stack, "Role", principal=ROOT, external_id=GOOD_ID, account=case["value"])


@pytest.mark.parametrize("key", ["account", "trusted_account"])
@pytest.mark.parametrize("case", cases("bad_accounts"))
def test_an_account_is_refused_in_an_estate(case: dict[str, Any], key: str, tmp_path: Path) -> None:
    with pytest.raises(EstateRefusedError, match="RC111"):
        sound(_estate(tmp_path, {"external_id": GOOD_ID, key: case["value"]}))


def test_what_only_the_deployment_would_know_is_no_external_id_and_no_principal() -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    parameter = cdk.CfnParameter(stack, "Parameter", default="")
    listed = cdk.CfnParameter(stack, "List", type="CommaDelimitedList", default="")
    tokens: list[Any] = [
        cdk.Aws.ACCOUNT_ID,
        parameter.value_as_string,
        f"acme-{parameter.value_as_string}",
        listed.value_as_list,
        cdk.Token.as_string({"Ref": "Parameter"}),
        cdk.Token.as_number({"Ref": "Parameter"}),
        cdk.Fn.import_value("external-id"),
        cdk.SecretValue.unsafe_plain_text("acme-1"),
        parameter,
    ]
    for number, token in enumerate(tokens):
        with pytest.raises(InvalidValueError):
            VendorRole(stack, f"ByExternalId{number}", principal=ROOT, external_id=token)
        with pytest.raises((InvalidValueError, TypeError)):
            VendorRole(stack, f"ByPrincipal{number}", principal=token, external_id=GOOD_ID)
    assert Template.from_stack(stack).find_resources("AWS::IAM::Role") == {}


@pytest.mark.parametrize(
    "inputs", [{"principal": None}, {"principal": 353360065216}, {"external_id": [[GOOD_ID]]}, {"external_id": [{}]}]
)
def test_a_value_of_the_wrong_type_is_refused_with_a_sentence(inputs: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        vendor_role(**inputs)


@pytest.mark.parametrize("path", ["", "*", "/a}}*{{resolve:ssm:/b", "/a b", "/a:1", "${x}", "/a\n", None])
def test_a_parameters_path_that_is_none_never_comes_through(path: Any) -> None:
    with pytest.raises(InvalidValueError):
        vendor_role(external_id=ParameterReference(path, 1))


@pytest.mark.parametrize("version", [0, -1, None, "latest", "1}}", 1.5])
def test_a_parameters_version_that_is_none_never_comes_through(version: Any) -> None:
    with pytest.raises(InvalidValueError):
        vendor_role(external_id=ParameterReference("/vendors/acme", version))


@pytest.mark.parametrize("changed", [{"external_ids": ()}, {"principals": ()}, {"external_ids": ("*",)}])
def test_a_trust_cannot_be_copied_into_an_unprotected_one(changed: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        dataclasses.replace(Trust((ROOT,), (GOOD_ID,)), **changed)


def test_a_trust_made_from_lists_cannot_be_emptied_afterwards() -> None:
    ids: Any = [GOOD_ID]
    trust = Trust((ROOT,), ids)
    ids.clear()
    check_protected(trust_document(trust))
    assert trust.external_ids


PIECES = st.sampled_from(["arn:aws:iam::", "353360065216", "1", "٣", ":root", ":user/", "a", "*", "?", "$", " ", "\n"])
PRINCIPALS = st.lists(PIECES, max_size=6).map("".join) | st.just(ROOT) | st.from_regex(r"\A[0-9]{12}\n?\Z")
IDS = st.text(max_size=6) | st.from_regex(r"\A[A-Za-z0-9_+=,.@:/-]{1,6}\n?\Z") | st.just("*") | st.just(GOOD_ID)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | IDS | PRINCIPALS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["ssm_parameter", "version"]), inner),
    max_leaves=4,
)


@given(st.lists(PRINCIPALS, max_size=3).map(tuple), st.lists(IDS, max_size=3).map(tuple), st.booleans())
@example((ROOT,), (GOOD_ID,), False)
@example((), (), True)
@settings(max_examples=500)
def test_whatever_a_trust_accepts_compiles_to_a_protected_document(
    principals: tuple[str, ...], ids: tuple[str, ...], pending: bool
) -> None:
    try:
        trust = Trust(principals, ids, pending)
    except InvalidValueError:
        return
    document = trust_document(trust)
    check_protected(document)
    expected = set() if pending else {(principal, each) for principal in principals for each in ids}
    assert {(door.principal, door.external_id) for door in doors(document)} == expected


@given(principal=PRINCIPALS, external_id=IDS | st.lists(IDS, max_size=2))
@settings(max_examples=60)
def test_whatever_the_construct_accepts_is_protected_in_the_template(principal: Any, external_id: Any) -> None:
    try:
        trust = vendor_role(principal, external_id)
    except InvalidValueError:
        return
    check_protected(trust)
    assert doors(trust)


@given(
    written=st.dictionaries(
        st.sampled_from(
            ["external_id", "previous_external_id", "trusted_account", "trusted_principals", "external_id_scope"]
        ),
        ANYTHING,
    ),
    vendor=st.sampled_from(["unified", "workato"]),
    project=st.dictionaries(st.sampled_from(["external_id", "project_id", "previous_external_id"]), ANYTHING),
)
@example(written={"external_id": GOOD_ID}, vendor="unified", project={})
@example(written={"workspace_id": "12345", "data_center": "us"}, vendor="workato", project={"project_id": "678"})
@settings(max_examples=300)
def test_whatever_an_estate_says_is_refused_or_protected(
    written: dict[str, Any], vendor: str, project: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = _estate(tmp_path_factory.getbasetemp(), {"vendor": vendor} | written, project)
    try:
        estate = sound(folder)
    except EstateRefusedError as refused:
        assert refused.findings
        return
    for grant in estate.grants:
        check_protected(trust_document(grant.trust))
        assert grant.trust.pending or doors(trust_document(grant.trust))


def _estate(folder: Path, workspace: dict[str, Any], project: dict[str, Any] | None = None) -> Path:
    whole = {"workspace": "w", "vendor": "unified"} | workspace | {"projects": [{"project": "a"} | (project or {})]}
    (folder / "workspaces").mkdir(exist_ok=True)
    (folder / "estate.yaml").write_text(ESTATE, "utf-8")
    (folder / "workspaces" / "w.yaml").write_text(yaml.safe_dump(whole, allow_unicode=True), "utf-8")
    return folder


IDS_OF_A_WORKSPACE = st.sampled_from(
    [
        None,
        "pending",
        GOOD_ID,
        "workato_iam_external_id_12345",
        "3f2b8c1e-5d4a-4e6f-9a7b-1c2d3e4f5a6b",
        {"ssm_parameter": "/vendors/acme", "version": 3},
        {"ssm_parameter": "/vendors/acme"},
        "*",
        "",
    ]
)
WHOM_TO_TRUST = st.sampled_from(
    [
        {},
        {"data_center": "us"},
        {"trusted_account": "353360065216"},
        {"trusted_principals": "pending"},
        {"trusted_principals": [ROOT, "arn:aws:iam::210987654321:role/reader"]},
        {"trusted_principals": ["*"]},
    ]
)
SECRETS: dict[str, Any] = {"secrets": [{"prefix": "a/"}]}


@st.composite
def workspaces(draw: st.DrawFn, slug: str) -> dict[str, Any]:
    """A workspace of any shape: scopes, a parent, one role for all secrets, a rotation, parameters, pending."""
    vendor, shared = draw(st.sampled_from(["workato", "workato", "unified"])), draw(st.booleans())
    chosen = {
        "external_id": draw(IDS_OF_A_WORKSPACE),
        "previous_external_id": draw(IDS_OF_A_WORKSPACE),
        "external_id_scope": draw(st.sampled_from([None, "project", "workspace", "parent"])),
        "parent": draw(st.sampled_from([None, "hq", "w", "nobody"])),
        "secrets_scope": "workspace" if shared else None,
        "workspace_role": SECRETS if shared else None,
        "workspace_id": draw(st.sampled_from([None, "12345", "54321"])),
    }
    own = {"external_id": draw(IDS_OF_A_WORKSPACE), "previous_external_id": draw(IDS_OF_A_WORKSPACE)}
    project = {"project": "a", "project_id": "678"} | ({} if shared else SECRETS)
    if draw(st.booleans()):
        project |= {key: value for key, value in own.items() if value is not None}
    written = {key: value for key, value in chosen.items() if value is not None and draw(st.integers(0, 3))}
    return {"workspace": slug, "vendor": vendor} | draw(WHOM_TO_TRUST) | written | {"projects": [project]}


def test_whatever_shape_two_workspaces_have_each_role_is_protected(tmp_path: Path) -> None:
    seen: set[str] = set()
    (tmp_path / "workspaces").mkdir()
    (tmp_path / "estate.yaml").write_text(ESTATE, "utf-8")

    @given(workspaces("hq"), workspaces("w"))
    @settings(max_examples=400)
    def every(hq: dict[str, Any], child: dict[str, Any]) -> None:
        for written in (hq, child):
            (tmp_path / "workspaces" / f"{written['workspace']}.yaml").write_text(yaml.safe_dump(written), "utf-8")
        # Also of an estate with errors: whatever comes through of its roles is protected.
        loaded = judged(tmp_path).estate
        for grant in loaded.grants if loaded else ():
            check_protected(trust_document(grant.trust))
            assert grant.trust.pending or doors(trust_document(grant.trust))
            seen.update(_shape(grant))

    every()
    assert {
        *("parent", "workspace", "pending", "rotation", "parameter", "the workspace's role", "two principals")
    } <= seen


def _shape(grant: Grant) -> set[str]:
    trust = grant.trust
    return {
        name
        for name, holds in {
            "parent": grant.id_workspace != grant.workspace,
            "workspace": grant.shares_id,
            "pending": trust.pending,
            "rotation": len(trust.external_ids) == 2,
            "parameter": any(isinstance(each, ParameterReference) for each in trust.external_ids),
            "the workspace's role": grant.project == "workspace",
            "two principals": len(trust.principals) == 2,
        }.items()
        if holds
    }
