"""Whatever a file holds: an answer, in time, and never an exception."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rolecall.cloudformation import TemplateFile, read_template
from rolecall.cloudformation.source import MAX_FILE_BYTES

ROLE = "{Type: 'AWS::IAM::Role', Properties: {AssumeRolePolicyDocument: %s}}"


def read(folder: Path, content: str | bytes) -> TemplateFile:
    file = folder / "template"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_template(file)


def only_finding(found: TemplateFile) -> str:
    assert found.roles == ()
    assert len(found.findings) == 1
    finding = found.findings[0]
    return f"{finding.rule} {finding.location.line}:{finding.location.column} {finding.message}"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "RC001 1:1 not a CloudFormation template: got 'nothing'; allowed: a mapping with Resources"),
        ("just text", "RC001 1:1 not a CloudFormation template: got 'a text'"),
        ("- a\n- b", "RC001 1:1 not a CloudFormation template: got 'a list'"),
        ("openapi: 3.0.0\npaths: {}", "RC001 1:1 not a CloudFormation template: got 'openapi, paths'"),
        ("Resources: [a]", "RC001 1:1 not a CloudFormation template: got 'Resources'"),
        ("Resources:", "RC001 1:1 not a CloudFormation template: got 'Resources'"),
        ("Resources: {\n  a: [", "RC001 3:1 broken YAML: did not find expected node content"),
        ('{"Resources": {}\n "a": 1}', "RC001 2:2 broken JSON: ',' is expected"),
        ('{"Resources": {"a": [tru}}', "RC001 1:25 broken YAML: did not find expected ',' or ']'"),
        ('{"Resources": {}} x', "RC001 1:19 broken JSON: something follows the value"),
        ("a: 1\n---\nb: 2", "RC001 2:1 broken YAML: a second document begins here"),
        ("? [a]\n: b", "RC001 1:3 broken YAML: a key must be text"),
        ("a: &x [1, *x]", "RC001 1:11 broken YAML: alias *x stands before or within what it names"),
        ("a: *x", "RC001 1:4 broken YAML: alias *x stands before or within what it names"),
        (b"\xff\xfea\x00", "RC001 1:1 file is not UTF-8 text: got 'UTF-16'; allowed: UTF-8; save it as UTF-8"),
        (b"\xfe\xff\x00a", "RC001 1:1 file is not UTF-8 text: got 'UTF-16'"),
        (b"a: 1\nb: \xe9", "RC001 2:1 file is not UTF-8 text: got 'byte 0xe9'; allowed: UTF-8"),
        (b"a: 1\nb: \x00", "RC001 2:1 file is no text: got 'a NUL byte'"),
        ("a: \x07", "RC001 1:1 broken YAML: control characters are not allowed"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(content: str | bytes, said: str, tmp_path: Path) -> None:
    assert only_finding(read(tmp_path, content)).startswith(said)


def test_a_byte_order_mark_of_utf_8_is_no_fault(tmp_path: Path) -> None:
    found = read(tmp_path, b"\xef\xbb\xbf" + b'{"Resources":\t{}}')
    assert found.findings == ()


def test_keys_that_stand_twice_are_findings_and_the_last_one_counts(tmp_path: Path) -> None:
    for content in (
        "Resources:\n  A: " + ROLE % "{Sid: 1}" + "\n  A: " + ROLE % "{Sid: 2}" + "\n",
        '{"Resources": {\n"A": 1,\n  "A": '
        '{"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Sid": "2"}}}}}',
    ):
        found = read(tmp_path, content)
        assert [(finding.rule, finding.location.line, finding.location.column) for finding in found.findings] == [
            ("RC002", 3, 3)
        ]
        assert "after line 2" in found.findings[0].message
        assert [role.variants[0].trust for role in found.roles] == [{"Sid": "2"}]


def test_folders_and_pipes_are_not_opened_and_missing_files_are_an_error(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        assert only_finding(read_template(path)).startswith("RC001 1:1 file cannot be read: got ")
    with pytest.raises(FileNotFoundError):
        read_template(tmp_path / "missing")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "template"
    with file.open("wb") as opened:
        opened.truncate(MAX_FILE_BYTES + 1)
    assert "file is too large" in only_finding(read_template(file))


def deep(kind: str, levels: int) -> str:
    if kind == "yaml":
        return "\n".join(" " * level + "a:" for level in range(levels))
    if kind == "aliases":
        lines = ["a0: &a0 [[[[[[[[[[x]]]]]]]]]]"]
        lines += [f"a{n}: &a{n} [[[[[[[[[[*a{n - 1}]]]]]]]]]]" for n in range(1, levels // 10)]
        return "\n".join(lines)
    opening, closing = {"[": ("[", "]"), "json": ('{"a":', "}"), "flow": ("{a: ", "}")}[kind]
    return opening * levels + "1" + closing * levels


@pytest.mark.parametrize("kind", ["yaml", "[", "json", "flow", "aliases"])
@pytest.mark.parametrize("levels", [150, 20_000])
def test_depth_is_refused(kind: str, levels: int, tmp_path: Path) -> None:
    if kind == "yaml":
        levels = min(levels, 2_000)
    assert "100 levels" in only_finding(read(tmp_path, deep(kind, levels)))


def test_aliases_of_aliases_are_counted(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert "more than 500000 values" in only_finding(read(tmp_path, "\n".join(lines)))


def test_merge_keys_are_counted(tmp_path: Path) -> None:
    large = ", ".join(f"k{n}: 1" for n in range(2_000))
    merged = "".join("  <<: *large\n" for _ in range(1_000))
    assert "merge keys" in only_finding(read(tmp_path, f"large: &large {{{large}}}\nother:\n{merged}"))


def test_a_chain_of_conditions_that_is_too_long_can_go_either_way(tmp_path: Path) -> None:
    chain = "".join(f"  C{n}: !Not [!Condition C{n + 1}]\n" for n in range(300))
    role = ROLE % "{Statement: [!If [C0, {Sid: a}, {Sid: b}]]}"
    found = read(tmp_path, f"Conditions:\n{chain}  C300: !Equals [a, a]\nResources:\n  A: {role}")
    assert found.findings == ()
    assert [(variant.trust or {})["Statement"] for variant in found.roles[0].variants] == [
        [{"Sid": "b"}],
        [{"Sid": "a"}],
    ]


def many_parameters(count: int) -> str:
    parameters = "".join(f"  P{n}: {{Type: String, AllowedValues: [a, b, c]}}\n" for n in range(count))
    conditions = "".join(f"  C{n}: !Equals [!Ref P{n}, a]\n" for n in range(count))
    statements = "".join(f"          - !If [C{n}, {{Sid: s{n}}}, !Ref AWS::NoValue]\n" for n in range(count))
    return (
        f"Parameters:\n{parameters}Conditions:\n{conditions}Resources:\n  Role:\n    Type: AWS::IAM::Role\n"
        f"    Properties:\n      AssumeRolePolicyDocument:\n        Statement:\n{statements}"
    )


def test_more_worlds_than_can_be_read_are_read_one_answer_at_a_time(tmp_path: Path) -> None:
    role = read(tmp_path, many_parameters(40)).roles[0]
    assert role.is_complete, "each statement by itself"
    sids = [{statement["Sid"] for statement in (variant.trust or {})["Statement"]} for variant in role.variants]
    assert {f"s{n}" for n in range(40)} in sids, "the defaults' world"
    assert set() in sids, "the world where every answer is the last one"
    for n in range(40):
        assert {f"s{m}" for m in range(40)} - {f"s{n}"} in sids


def test_a_statement_with_more_outcomes_than_can_be_read_leaves_the_role_incomplete(tmp_path: Path) -> None:
    content = many_parameters(40).replace("        Statement:\n", "        Statement:\n          - Action:\n")
    role = read(tmp_path, content.replace("          - !If", "              - !If")).roles[0]
    assert not role.is_complete
    actions = [(variant.trust or {})["Statement"][0]["Action"] for variant in role.variants]
    assert [] in actions, "the world where every answer is the last one"
    for n in range(40):
        assert [{"Sid": f"s{m}"} for m in range(40) if m != n] in actions


def test_worlds_that_cost_too_much_are_left_out_and_the_role_is_not_complete(tmp_path: Path) -> None:
    many = ", ".join("x" for _ in range(100_000))
    content = many_parameters(8).replace("Statement:\n", f"Sid: [{many}]\n        Statement:\n")
    found = read(tmp_path, content)
    role = found.roles[0]
    assert found.findings == ()
    assert not role.is_complete
    assert 1 < len(role.variants) < 2**8
    assert all(variant.trust for variant in role.variants)


def test_a_role_that_asks_for_too_much_is_a_finding_at_the_role(tmp_path: Path) -> None:
    text = '{"Sid": "' + "x" * 4_000_000 + '"}'
    found = read(tmp_path, f"Resources:\n  A: {ROLE % repr(text)}\n  B: {ROLE % '{}'}\n")
    assert [(finding.rule, finding.location.path, finding.location.line) for finding in found.findings] == [
        ("RC001", "A", 2)
    ]
    assert [role.variants[0].trust for role in found.roles] == [{}, {}]


def test_texts_in_texts_that_grow_too_long_are_unknown(tmp_path: Path) -> None:
    for function in ("!Sub '" + "${P}" * 100_000 + "'", "!Join [${D}, [" + "!Ref P, " * 10_000 + "!Ref P]]"):
        content = (
            f"Parameters: {{P: {{Type: String, Default: {'x' * 4_000}}}}}\n"
            f"Resources:\n  A: {ROLE % ('{Sid: ' + function.replace('${D}', 'd') + '}')}"
        )
        found = read(tmp_path, content)
        assert [role.variants[0].trust for role in found.roles] == [{"Sid": "«too long»"}]


def test_few_worlds_are_all_read(tmp_path: Path) -> None:
    role = read(tmp_path, many_parameters(5)).roles[0]
    assert role.is_complete
    assert len(role.variants) == 2**5


def hostile_text() -> str:
    long = "x" * 4000
    subs = "${P}" * 100_000
    return f"Parameters: {{P: {{Type: String, Default: {long}}}}}\nResources:\n  A: " + ROLE % f"{{Sid: !Sub '{subs}'}}"


def nested_conditions(count: int, function: str) -> str:
    lines = "".join(f"  C{n}: !{function} [!Condition C{n + 1}, !Condition C{n + 2}]\n" for n in range(count))
    return f"Conditions:\n{lines}Resources:\n  A: " + ROLE % "{Statement: [!If [C0, {Sid: a}, {Sid: b}]]}"


def nested_loops(depth: int, width: int) -> str:
    loop: Any = {"R" + "".join(f"${{X{n}}}" for n in range(depth)): {"Type": "AWS::IAM::Role"}}
    for n in range(depth):
        loop = {f"Fn::ForEach::L{n}": [f"X{n}", [str(i) for i in range(width)], loop]}
    return json.dumps({"Resources": loop})


def many_roles(conditions: int) -> str:
    """Each of many roles asks for a condition that takes long to tell."""
    each = ", ".join("!Equals [!Ref P, a]" for _ in range(conditions))
    roles = "".join(f"  R{n}: " + ROLE % "{Statement: [!If [C, {Sid: a}, {Sid: b}]]}" + "\n" for n in range(2_000))
    return f"Parameters: {{P: {{Type: String}}}}\nConditions:\n  C: !Or [{each}]\nResources:\n{roles}"


def many_options() -> str:
    values = ", ".join(f"v{n}" for n in range(50_000))
    return (
        f"Parameters: {{P: {{Type: String, AllowedValues: [{values}]}}}}\nConditions: {{C: !Equals [!Ref P, v7]}}\n"
        "Resources:\n  A: " + ROLE % "{Statement: [!If [C, {Sid: a}, {Sid: b}]]}"
    )


def slow_patterns() -> str:
    parameters = "".join(
        f"  P{n}: {{Type: String, Default: x, AllowedPattern: '{pattern}'}}\n"
        for n, pattern in enumerate(["(a+)+$", "(a|a|a|a)*b", "(((a?){999}){999}){999}", "(" * 200, "[", "(a*)*" * 50])
    )
    tested = "".join(f"  C{n}: !Equals [!Ref P{n}, {'a' * 250}]\n" for n in range(6))
    chosen = ", ".join(f"!If [C{n}, 1, 2]" for n in range(6))
    return f"Parameters:\n{parameters}Conditions:\n{tested}Resources:\n  A: " + ROLE % f"{{Statement: [{chosen}]}}"


def many_policies() -> str:
    roles = "".join(
        f"  R{n}: {{Type: 'AWS::IAM::Role', Properties: {{RoleName: r{n}, AssumeRolePolicyDocument: {{}}}}}}\n"
        for n in range(2_000)
    )
    names = ", ".join(f"n{n}" for n in range(100_000))
    return f"Resources:\n{roles}  P: {{Type: 'AWS::IAM::Policy', Properties: {{Roles: [{names}]}}}}\n"


def many_stack_sets() -> str:
    body = json.dumps(many_parameters(12))
    one = f"{{Type: 'AWS::CloudFormation::StackSet', Properties: {{TemplateBody: {body}}}}}"
    return "Resources:\n" + "".join(f"  S{n}: {one}\n" for n in range(300))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(many_stack_sets(), id="many stack sets"),
        pytest.param(hostile_text(), id="texts within texts"),
        pytest.param(nested_conditions(3_000, "And"), id="a long chain of conditions"),
        pytest.param(nested_conditions(3_000, "Or"), id="another long chain of conditions"),
        pytest.param(nested_loops(8, 30), id="loops within loops"),
        pytest.param(many_roles(20_000), id="many roles on a large condition"),
        pytest.param(many_options(), id="many values of a parameter"),
        pytest.param(slow_patterns(), id="patterns that take for ever"),
        pytest.param(many_policies(), id="a policy of very many roles"),
        pytest.param(many_parameters(5_000), id="many statements with a flag each"),
        pytest.param("{" * 1_000_000, id="braces"),
        pytest.param("? " * 100_000, id="question marks"),
        pytest.param("- " * 100_000, id="dashes"),
        pytest.param("&a " * 100_000, id="anchors"),
        pytest.param('{"a": "' + "\\" * 1_000_001 + '"}', id="backslashes"),
        pytest.param("[" + "1," * 1_000_000 + "1]", id="numbers"),
    ],
)
def test_work_is_bounded(content: str, tmp_path: Path) -> None:
    started = time.process_time()
    found = read(tmp_path, content)
    assert time.process_time() - started < 15
    assert found.roles or found.findings


NAMES = st.sampled_from(["Role", "Id", "Has", "Map", "k", "AWS::Region", "AWS::NoValue", "Fn::If", "", "0", "Role.Arn"])
FUNCTIONS = st.sampled_from(
    [
        "Ref",
        "Condition",
        "Fn::GetAtt",
        "Fn::Sub",
        "Fn::Join",
        "Fn::Split",
        "Fn::Select",
        "Fn::If",
        "Fn::Equals",
        "Fn::And",
        "Fn::Or",
        "Fn::Not",
        "Fn::FindInMap",
        "Fn::ImportValue",
        "Fn::Base64",
        "Fn::Cidr",
        "Fn::GetAZs",
        "Fn::Length",
        "Fn::ToJsonString",
        "Fn::Transform",
        "Fn::ForEach::L",
    ]
)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | NAMES | st.text(max_size=6) | st.just("${Id}-${Has}")
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(NAMES | FUNCTIONS | st.text(max_size=4), inner, max_size=3)
        | st.builds(lambda function, argument: {function: argument}, FUNCTIONS, st.lists(inner, max_size=4) | inner)
    ),
    max_leaves=25,
)
KEYS = st.sampled_from(["Type", "Default", "AllowedValues", "AllowedPattern", "MinLength", "MaxValue", "k"])
TYPES = st.sampled_from(
    [
        "IAM::Role",
        "IAM::ManagedPolicy",
        "IAM::Policy",
        "IAM::RolePolicy",
        "Serverless::Function",
        "SecretsManager::Secret",
    ]
)
PROPERTIES = st.sampled_from(
    ["AssumeRolePolicyDocument", "Policies", "ManagedPolicyArns", "RoleName", "Roles", "PolicyDocument", "Name", "Path"]
)
RESOURCES = (
    st.fixed_dictionaries(
        {"Type": TYPES.map("AWS::{}".format), "Properties": st.dictionaries(PROPERTIES, VALUES) | VALUES},
        optional={"Condition": NAMES | VALUES},
    )
    | VALUES
)
TEMPLATES = st.fixed_dictionaries(
    {"Resources": st.dictionaries(NAMES | st.just("Fn::ForEach::L"), RESOURCES, max_size=4) | VALUES},
    optional={
        "Parameters": st.dictionaries(NAMES, st.dictionaries(KEYS, VALUES) | VALUES) | VALUES,
        "Conditions": st.dictionaries(NAMES, VALUES) | VALUES,
        "Mappings": st.dictionaries(NAMES, st.dictionaries(NAMES, VALUES) | VALUES) | VALUES,
    },
)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(TEMPLATES | VALUES)
def test_no_structure_breaks_it(tmp_path: Path, content: Any) -> None:
    found = read(tmp_path, json.dumps(content))
    for role in found.roles:
        assert role.variants
        for variant in role.variants:
            json.dumps([variant.trust, [policy.document for policy in variant.policies]])
            assert variant.statement_location(0, ("Condition",)).line >= 1
            assert all(policy.statement_location(3).line >= 1 for policy in variant.policies)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60) | st.text(alphabet=" \n\t:-?{}[],&*!|>'\"#%@ab<~", max_size=60))
def test_no_text_breaks_it(tmp_path: Path, content: bytes | str) -> None:
    found = read(tmp_path, content)
    assert found.findings or found.roles
