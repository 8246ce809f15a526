"""Where things of a template stand: line and column as an editor counts them, path from the logical id on."""

from pathlib import Path

import pytest

from rolecall.cloudformation import RoleVariant, TemplateFile, TemplateRole, read_template
from rolecall.model.finding import Location

TEMPLATE = """\
Parameters:
  Env: {Type: String, AllowedValues: [dev, prod]}
Conditions:
  Prod: !Equals [!Ref Env, prod]
Resources:
  VendorRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - !If
            - Prod
            - Effect: Allow
              Action: sts:AssumeRole
            - !Ref AWS::NoValue
          - Effect: Allow
            Condition:
              StringEquals:
                sts:ExternalId: acme-1
          - !If [Prod, !Ref "AWS::NoValue", {Effect: Deny}]
      Policies:
        - !If [Prod, {PolicyName: a, PolicyDocument: {Statement: []}}, !Ref "AWS::NoValue"]
        - PolicyName: b
          PolicyDocument:
            Statement:
              Effect: Allow
              Action: [a, b]
  Managed:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Roles: [!Ref VendorRole]
      PolicyDocument:
        Statement:
          - !Ref AWS::NoValue
          - Effect: Allow
"""


@pytest.fixture
def found(tmp_path: Path) -> TemplateFile:
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE, "utf-8")
    return read_template(file)


@pytest.fixture
def dev(found: TemplateFile) -> RoleVariant:
    return found.roles[0].variants[0]


@pytest.fixture
def prod(found: TemplateFile) -> RoleVariant:
    return found.roles[0].variants[1]


def where(location: Location) -> tuple[int, int, str]:
    return location.line, location.column, location.path


def test_written_parts_stand_at_their_key(found: TemplateFile) -> None:
    role = found.roles[0]
    trust = "VendorRole.Properties.AssumeRolePolicyDocument"
    assert where(role.location(())) == (6, 3, "VendorRole")
    assert where(role.location(("Properties", "AssumeRolePolicyDocument", "Statement", 1, "Condition"))) == (
        18,
        13,
        f"{trust}.Statement[1].Condition",
    )


def test_what_was_not_written_stands_at_the_nearest_part_that_was(found: TemplateFile) -> None:
    place = found.roles[0].location(("Properties", "AssumeRolePolicyDocument", "Statement", 1, "Sid", 0))
    assert where(place) == (17, 13, "VendorRole.Properties.AssumeRolePolicyDocument.Statement[1].Sid[0]")


def test_statements_are_found_where_they_were_written_though_others_are_left_out(
    dev: RoleVariant, prod: RoleVariant
) -> None:
    trust = "VendorRole.Properties.AssumeRolePolicyDocument.Statement"
    assert [where(dev.statement_location(index)) for index in (0, 1)] == [
        (17, 13, f"{trust}[1]"),
        (21, 45, f"{trust}[2].Fn::If[2]"),
    ]
    assert [where(prod.statement_location(index)) for index in (0, 1)] == [
        (14, 15, f"{trust}[0].Fn::If[1]"),
        (17, 13, f"{trust}[1]"),
    ]


def test_parts_of_statements_are_found(dev: RoleVariant, prod: RoleVariant) -> None:
    path = ("Condition", "StringEquals", "sts:ExternalId")
    assert dev.statement_location(0, path).line == prod.statement_location(1, path).line == 20
    assert prod.statement_location(0, ("Action",)).line == 15
    assert where(dev.trust_location(("Version",))) == (
        10,
        9,
        "VendorRole.Properties.AssumeRolePolicyDocument.Version",
    )


def test_the_trust_policy_itself_is_found(dev: RoleVariant) -> None:
    assert dev.trust_path == ("Properties", "AssumeRolePolicyDocument")


def test_inline_policies_and_their_statements_are_found(dev: RoleVariant, prod: RoleVariant) -> None:
    assert where(dev.policies[0].location) == (25, 11, "VendorRole.Properties.Policies[1].PolicyDocument")
    assert where(dev.policies[0].statement_location(0, ("Action", 1))) == (
        28,
        27,
        "VendorRole.Properties.Policies[1].PolicyDocument.Statement.Action[1]",
    )
    assert where(prod.policies[0].location) == (
        23,
        38,
        "VendorRole.Properties.Policies[0].Fn::If[1].PolicyDocument",
    )


def test_policies_beside_the_role_begin_with_their_own_id(dev: RoleVariant) -> None:
    policy = dev.policies[1]
    assert where(policy.location) == (33, 7, "Managed.Properties.PolicyDocument")
    assert where(policy.statement_location(0)) == (36, 13, "Managed.Properties.PolicyDocument.Statement[1]")


def test_json_has_places_too(tmp_path: Path) -> None:
    file = tmp_path / "template.json"
    file.write_text(
        '{"Resources":\n\t{"Role": {"Type": "AWS::IAM::Role",\n\t\t"Properties": {"AssumeRolePolicyDocument": '
        '{"Statement": [\n\t\t\t{"Effect": "\\ud83d\\ude00"},\t{"Sid": "\t{"}]}}}}}',
        "utf-8",
    )
    variant = read_template(file).roles[0].variants[0]
    assert variant.trust == {"Statement": [{"Effect": "\U0001f600"}, {"Sid": "\t{"}]}
    assert [where(variant.statement_location(index))[:2] for index in (0, 1)] == [(4, 4), (4, 32)]
    assert where(variant.statement_location(1, ("Sid",)))[:2] == (4, 33)


def test_what_an_alias_brings_stands_where_the_alias_is_used(tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(
        "Metadata: {s: &allow {Effect: Allow}}\nResources:\n  Role:\n    Type: AWS::IAM::Role\n    Properties:\n"
        "      AssumeRolePolicyDocument:\n        Statement: [{}, *allow]\n",
        "utf-8",
    )
    variant = read_template(file).roles[0].variants[0]
    assert where(variant.statement_location(1))[:2] == (7, 25)
    assert where(variant.statement_location(1, ("Effect",)))[:2] == (1, 23)


def test_json_text_is_found_at_the_text(tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(
        "Resources:\n  Role:\n    Type: AWS::IAM::Role\n    Properties:\n"
        """      AssumeRolePolicyDocument: '{"Statement": [{"Effect": "Allow"}]}'\n""",
        "utf-8",
    )
    variant = read_template(file).roles[0].variants[0]
    assert where(variant.statement_location(0)) == (
        5,
        7,
        "Role.Properties.AssumeRolePolicyDocument.Statement[0]",
    )


def test_a_policy_alone_begins_with_its_statement(tmp_path: Path) -> None:
    file = tmp_path / "trust.json"
    file.write_text('{"Version": "2012-10-17",\n "Statement": [{"Principal": "*"}]}', "utf-8")
    role = read_template(file).roles[0]
    assert where(role.variants[0].statement_location(0, ("Principal",))) == (2, 17, "Statement[0].Principal")
    assert where(role.location(())) == (1, 1, "")


def test_a_role_that_iam_describes_begins_with_its_name_and_tells_its_account(tmp_path: Path) -> None:
    file = tmp_path / "role.json"
    file.write_text(
        '{"Role": {"RoleName": "vendor", "Arn": "arn:aws:iam::111111111111:role/vendor",\n'
        '  "AssumeRolePolicyDocument": {"Statement": [\n    {"Principal": "*"}]}}}',
        "utf-8",
    )
    role: TemplateRole = read_template(file).roles[0]
    assert role.account == "111111111111"
    assert where(role.variants[0].statement_location(0)) == (3, 5, "vendor.AssumeRolePolicyDocument.Statement[0]")


def test_a_role_that_a_loop_made_stands_where_the_loop_was_written(tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(
        "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::Roles:\n    - Team\n    - [red, blue]\n"
        "    - ${Team}Role:\n        Type: AWS::IAM::Role\n        Properties:\n"
        "          AssumeRolePolicyDocument: {Statement: [{Sid: !Ref Team}]}\n",
        "utf-8",
    )
    found = read_template(file)
    assert [where(role.variants[0].statement_location(0)) for role in found.roles] == [
        (9, 50, "redRole.Properties.AssumeRolePolicyDocument.Statement[0]"),
        (9, 50, "blueRole.Properties.AssumeRolePolicyDocument.Statement[0]"),
    ]


def test_outcomes_that_differ_in_name_only_are_one_with_the_name_of_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(
        "Mappings: {Names: {eu: {Name: one}, us: {Name: two}}}\nParameters: {Where: {Type: String, Default: us}}\n"
        "Resources:\n  Role:\n    Type: AWS::IAM::Role\n    Properties:\n"
        "      RoleName: !FindInMap [Names, !Ref Where, Name]\n",
        "utf-8",
    )
    (variant,) = read_template(file).roles[0].variants
    assert (variant.when, variant.role_name) == ("", "two")


def test_names_lengths_and_secrets_are_read(tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(
        "Parameters: {Env: {Type: String, Default: dev}}\nResources:\n  Role:\n    Type: AWS::IAM::Role\n"
        "    Properties: {RoleName: !Sub '${Env}-x', Path: /v/, MaxSessionDuration: 7200, Description: d}\n"
        "  Secret:\n    Type: AWS::SecretsManager::Secret\n"
        "    Properties: {Name: !Sub '${Env}/jira', KmsKeyId: !GetAtt Key.Arn}\n"
        "  Unnamed: {Type: 'AWS::SecretsManager::Secret'}\n",
        "utf-8",
    )
    found = read_template(file)
    variant = found.roles[0].variants[0]
    assert (variant.role_name, variant.role_path, variant.max_session_seconds, variant.description) == (
        "dev-x",
        "/v/",
        7200,
        "d",
    )
    assert [(secret.logical_id, secret.name, secret.kms_key, secret.location.line) for secret in found.secrets] == [
        ("Secret", "dev/jira", "«Fn::GetAtt Key.Arn»", 6),
        ("Unnamed", None, None, 9),
    ]
