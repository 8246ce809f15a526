"""Roles on which more flags decide than can be combined: every outcome of each statement and policy is read."""

from pathlib import Path

import pytest

from rolecall.cloudformation import TemplateRole, read_template

OPEN = "{Effect: Allow, Principal: {AWS: '*'}}"
CLOSED = "{Effect: Allow, Principal: {Service: lambda.amazonaws.com}}"
FLAGS = 12


def role_of(folder: Path, trust: str, rest: str = "", more: str = "") -> TemplateRole:
    """A role with a policy for each of the flags P2 to P11, of which none is set."""
    parameters = "".join(f"  P{n}: {{Type: String, AllowedValues: [no, yes]}}\n" for n in range(FLAGS))
    conditions = "".join(f"  C{n}: !Equals [!Ref P{n}, yes]\n" for n in range(FLAGS))
    arns = "".join(f"        - !If [C{n}, arn{n}, !Ref AWS::NoValue]\n" for n in range(2, FLAGS))
    file = folder / "template.yaml"
    properties = f"      AssumeRolePolicyDocument:\n        Statement: {trust}\n      ManagedPolicyArns:\n{arns}"
    resources = f"{more}  Role:\n    Type: AWS::IAM::Role\n{rest}    Properties:\n{properties}"
    file.write_text(f"Parameters:\n{parameters}Conditions:\n{conditions}Resources:\n{resources}", "utf-8")
    return read_template(file).roles[0]


def principals(role: TemplateRole) -> set[str]:
    return {str(each["Principal"]) for variant in role.variants for each in (variant.trust or {})["Statement"]}


def arns_beside_an_open_trust(role: TemplateRole) -> set[str]:
    is_open = "{'AWS': '*'}"
    return {
        arn
        for variant in role.variants
        if any(str(each["Principal"]) == is_open for each in (variant.trust or {})["Statement"])
        for arn in variant.managed_policy_arns
    }


@pytest.mark.parametrize(
    "trust",
    [
        pytest.param(
            f"[{CLOSED}, !If [C0, !If [C1, {OPEN}, !Ref 'AWS::NoValue'], !Ref 'AWS::NoValue']]", id="statement"
        ),
        pytest.param(f"!If [C0, !If [C1, [{OPEN}], [{CLOSED}]], [{CLOSED}]]", id="all statements"),
        pytest.param(f"[!If [C0, !If [C1, {OPEN}, {CLOSED}], {CLOSED}]]", id="another one in its place"),
    ],
)
def test_a_statement_behind_two_flags_is_read_though_policies_have_many_of_their_own(
    trust: str, tmp_path: Path
) -> None:
    role = role_of(tmp_path, trust)
    assert role.is_complete
    assert "{'AWS': '*'}" in principals(role)
    assert len(role.variants) < 400


def test_each_policy_is_read_beside_a_trust_that_is_open(tmp_path: Path) -> None:
    role = role_of(tmp_path, f"[!If [C0, {OPEN}, {CLOSED}]]")
    assert arns_beside_an_open_trust(role) == {f"arn{n}" for n in range(2, FLAGS)}


def test_a_policy_that_comes_with_a_flag_of_the_trust_is_not_read_beside_what_the_flag_closes(tmp_path: Path) -> None:
    role = role_of(tmp_path, f"[!If [C2, {CLOSED}, {OPEN}]]")
    assert arns_beside_an_open_trust(role) == {f"arn{n}" for n in range(3, FLAGS)}


def test_a_role_that_exists_under_a_condition_only_is_read_under_it(tmp_path: Path) -> None:
    role = role_of(tmp_path, f"[!If [C1, {OPEN}, {CLOSED}]]", rest="    Condition: C0\n")
    assert role.is_complete
    assert arns_beside_an_open_trust(role) == {f"arn{n}" for n in range(2, FLAGS)}


def test_a_policy_that_stands_beside_the_role_is_a_piece_of_its_own(tmp_path: Path) -> None:
    more = "".join(
        f"  M{n}:\n    Type: AWS::IAM::ManagedPolicy\n    Condition: C{n}\n"
        f"    Properties: {{Roles: [!Ref Role], PolicyDocument: {{Statement: [{{Sid: s{n}}}]}}}}\n"
        for n in (0, 1)
    )
    role = role_of(tmp_path, f"[{OPEN}]", more=more)
    assert role.is_complete
    sids = {policy.document["Statement"][0]["Sid"] for variant in role.variants for policy in variant.policies}
    assert sids == {"s0", "s1"}


def test_ids_and_places_hold_no_control_characters(tmp_path: Path) -> None:
    file = tmp_path / "template.json"
    file.write_text(
        '{"Resources": {"Ro\\u001ble": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}},'
        '"Se\\u001bcret": {"Type": "AWS::SecretsManager::Secret"}}}',
        "utf-8",
    )
    found = read_template(file)
    (role,) = found.roles
    assert (role.logical_id, role.location(()).path) == ("Ro\\x1ble", "Ro\\x1ble")
    assert (found.secrets[0].logical_id, found.secrets[0].location.path) == ("Se\\x1bcret", "Se\\x1bcret")


def test_an_inner_template_is_found_where_its_text_begins_and_said_where_it_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(
        "Parameters: {Body: {Type: String}}\nResources:\n  Set:\n    Type: AWS::CloudFormation::StackSet\n"
        "    Properties:\n      TemplateBody: |\n        Resources: {Role: {Type: 'AWS::IAM::Role'}}\n"
        "  Stack:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateBody: !Ref Body}\n",
        "utf-8",
    )
    found = read_template(file)
    place = found.roles[0].location(())
    assert (found.roles[0].logical_id, place.line, place.path) == ("Set/Role", 6, "Set/Role")
    assert [(f.rule, f.severity, f.location.line, f.location.path) for f in found.findings] == [
        ("RC001", "warning", 8, "Stack")
    ]
