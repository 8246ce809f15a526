"""Secret references of Workato's: built, taken apart, found in any text, and checked against an estate."""

from pathlib import Path
from typing import Any

import pytest
from case_tables import cases
from hypothesis import given
from hypothesis import strategies as st

from rolecall.estate import judged, sound
from rolecall.model.finding import Severity
from rolecall.model.invalid import InvalidValueError
from rolecall.model.reference import SecretReference, references_in
from rolecall.model.secret import Secret
from rolecall.rules.references import judge_references

ARN = "arn:aws:secretsmanager:eu-central-1:111111111111:secret"
GOOD = 'schema: 1\nestate: acme\ndefaults: {account: "111111111111", region: eu-central-1}\n'
WORKATO = 'vendor: workato\nworkspace_id: "12345"\ndata_center: us\n'
FILES = {
    "acme": {
        "workspaces/w.yaml": f"""
workspace: w
{WORKATO}
projects:
  - project: billing
    project_id: "678"
    secrets:
      - {{name: prod/jira, keys: [token, user]}}
      - {{name: plain}}
      - {{name: both, shared: true}}
      - {{prefix: billing/}}
      - {{name: far, region: eu-west-1}}
      - {{arn: "{ARN}:whole-AbCdEf", keys: [prod.jira.secret.key]}}
    statements:
      - {{Effect: Allow, Action: secretsmanager:Get*, Resource: ["{ARN}:stated/*"]}}
      - {{Effect: Allow, Action: [secretsmanager:DescribeSecret], Resource: "{ARN}:described/*"}}
  - project: payroll
    project_id: "679"
    secrets:
      - {{name: both, keys: [first, second], shared: true}}
      - {{prefix: payroll/}}
""",
        "workspaces/hq.yaml": (
            'workspace: hq\nvendor: workato\nworkspace_id: "54321"\ndata_center: us\nsecrets_scope: workspace\n'
            "external_id_scope: workspace\nworkspace_role:\n  secrets: [{prefix: hq/}]\n"
        ),
        "workspaces/u.yaml": (
            "workspace: u\nvendor: unified\nexternal_id: 3f2b8c1e-5d4a-4e6f-9a7b-1c2d3e4f5a6b\n"
            "projects: [{project: one, secrets: [{prefix: unified/}]}]\n"
        ),
    },
    "tags": {
        "workspaces/t.yaml": (
            f'workspace: t\n{WORKATO}projects:\n  - project: one\n    project_id: "1"\n'
            "    secrets: [{tag: {team: x}}]\n"
        )
    },
}
KEYS = st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=30)
NAMES = st.text("abcAZ09/_+=.@-", min_size=1, max_size=30)
SUFFIXES = st.text("abcXYZ019", min_size=6, max_size=6)
ARNS = st.builds(
    "arn:{}:secretsmanager:{}:{}:secret:{}-{}".format,
    st.sampled_from(["aws", "aws-cn", "aws-us-gov"]),
    st.sampled_from(["eu-central-1", "us-gov-west-1", "cn-north-1"]),
    st.from_regex("[0-9]{12}", fullmatch=True),
    NAMES,
    SUFFIXES,
)
PARTS = st.sampled_from(["{{", "}}", "{", "}", "workato", ":", "sm", "arn", ":arn:", ARN, "x-AbCdEf", " ", "\n", '"'])


@pytest.fixture
def estates(tmp_path: Path) -> dict[str, Path]:
    """The folders of the estates that the case table names."""
    for estate, files in FILES.items():
        for name, text in ({"estate.yaml": GOOD} | files).items():
            (tmp_path / estate / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / estate / name).write_text(text, "utf-8")
    return {estate: tmp_path / estate for estate in FILES}


@pytest.mark.parametrize("case", cases("references"))
def test_references_in_a_text_are_found_and_judged(case: dict[str, Any], estates: dict[str, Path]) -> None:
    estate = sound(estates[case.get("estate", "acme")])
    found = judge_references("file", case["text"].replace("ARN", ARN), estate)
    wanted = case.get("found", [])
    assert [(f.location.line, f.location.column, f.rule) for f in found] == [(*w[:2], w[2]) for w in wanted], found
    for finding, (_, _, _, words, *severity) in zip(found, wanted, strict=True):
        assert words in finding.message
        assert finding.severity == Severity(severity[0] if severity else "error")
        assert case.get("hides", "\0") not in finding.message


def _is_a_key(text: str) -> bool:
    return text.isprintable() and text == text.strip() and not set(text) & set("{}")


@given(KEYS, ARNS)
def test_a_reference_reads_back_as_what_it_was_built_from(key: str, arn: str) -> None:
    if not _is_a_key(key):
        with pytest.raises(InvalidValueError, match="names no key"):
            SecretReference(key, arn)
        return
    built = SecretReference(key, arn)
    assert SecretReference.parse(str(built)) == built
    assert str(built.secret) == arn


@given(st.lists(st.sampled_from("ab:/. ") | st.just("arn") | st.just(":arn:"), min_size=1, max_size=8), ARNS)
def test_a_key_may_look_like_the_rest_of_a_reference(parts: list[str], arn: str) -> None:
    key = "".join(parts)
    if _is_a_key(key):
        assert SecretReference.parse(f"{{{{workato:sm:{key}:{arn}}}}}") == SecretReference(key, arn)


@given(st.text() | st.lists(PARTS).map("".join))
def test_no_text_raises_anything_but_that_it_is_wrong(text: str) -> None:
    for candidate in (text, f"{{{{workato:sm:{text}}}}}", f"{{{{workato:sm:k:arn:{text}}}}}"):
        try:
            assert str(SecretReference.parse(candidate)) == candidate
        except InvalidValueError as error:
            assert error.rule == "RC215"
    list(references_in(text))


@given(st.text(st.characters(blacklist_characters="{}\r\n")), KEYS.filter(_is_a_key), ARNS, st.text())
def test_a_reference_is_found_whatever_stands_around_it(before: str, key: str, arn: str, after: str) -> None:
    reference = str(SecretReference(key, arn))
    assert (1, len(before) + 1, reference) in list(references_in(f"{before}{reference}{after}"))


def test_a_text_of_many_megabytes_takes_no_time_that_grows_faster_than_it() -> None:
    for hostile in ("{{workato:sm:" + ":arn:" * 500_000, "{{ workato " * 300_000, "{" + " " * 3_000_000):
        for _, _, written in references_in(hostile):
            with pytest.raises(InvalidValueError):
                SecretReference.parse(written)


PASTED = "{{workato:sm:token:" + ARN + ":prod/jira-AbCdEf}}"


@pytest.mark.parametrize(
    ("entry", "change"),
    [
        (f'arn: "{PASTED}"', f"write `arn: {ARN}:prod/jira-AbCdEf` and `keys: [token]`"),
        (f'name: "{PASTED}"', f"write `arn: {ARN}:prod/jira-AbCdEf` and `keys: [token]`"),
        (f'prefix: "{PASTED}"', f"write `arn: {ARN}:prod/jira-AbCdEf` and `keys: [token]`"),
        (f'name: prod/jira, keys: ["{PASTED}"]', f"write `arn: {ARN}:prod/jira-AbCdEf` and `keys: [token]`"),
        ('name: "{{workato:sm:prod/jira}}"', "write the ARN under `arn` and the key under `keys`"),
        ('name: "{workato:sm:prod/jira"', "write the ARN under `arn` and the key under `keys`"),
        ('name: "{{ Workato:SM:a:arn:b:arn:x }}"', "write `arn: arn:x` and `keys: [a:arn:b]`"),
    ],
)
def test_a_reference_that_was_pasted_into_an_estate_says_where_its_parts_belong(
    entry: str, change: str, tmp_path: Path
) -> None:
    (tmp_path / "workspaces").mkdir()
    (tmp_path / "estate.yaml").write_text(GOOD)
    projects = f'projects:\n  - project: a\n    project_id: "1"\n    secrets:\n      - {{{entry}}}\n'
    (tmp_path / "workspaces" / "w.yaml").write_text(f"workspace: w\n{WORKATO}{projects}")
    [finding] = [finding for finding in judged(tmp_path).findings if finding.severity is Severity.ERROR]
    assert (finding.rule, finding.location.line) == ("RC215", 9)
    assert finding.message.startswith("secret reference where the secret itself belongs")
    assert finding.message.endswith(change)


def test_constructs_refuse_a_pasted_reference_too() -> None:
    for arguments in ({"kind": "arn", "value": PASTED}, {"kind": "name", "value": "x", "keys": (PASTED,)}):
        with pytest.raises(InvalidValueError, match="Workato fills it in, and AWS does not") as refused:
            Secret(**arguments)  # type: ignore[arg-type]
        assert refused.value.rule == "RC215"


@pytest.mark.parametrize("name", ["workato", "workato_sm", "a/workato=sm"])
def test_names_that_only_remind_of_a_reference_are_names(name: str) -> None:
    assert Secret("name", name).value == name
