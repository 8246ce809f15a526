"""What AWS is asked for a hand-off, and what its answers, refusals and silence make of the sheets."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from rolecall.answer import CANNOT_TELL, YES, Answer, CommandError
from rolecall.commands import handoff as command
from tests.handoff.conftest import ESTATE, NOW
from tests.handoff.pages import of_html

ARN = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:prod/jira"
WORKATO = """
workspace: w
vendor: workato
workspace_id: "12345"
data_center: us
projects:
  - project: billing
    project_id: "678"
    secrets: [{name: prod/jira, keys: [token, user]}, {prefix: billing/}]
"""
PARAMETER = """
workspace: u
vendor: unified
external_id: {ssm_parameter: /vendors/unified, version: 3}
projects: [{project: p, secrets: [{prefix: unified/}]}]
"""
Estate = Callable[[Mapping[str, str]], Path]


class Account:
    """One account's Secrets Manager and Parameter Store, with one answer; notes what it was asked."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self.asked: list[tuple[str, ...]] = []

    def client(self, account: str, service: str, region: str) -> Any:
        """Itself."""
        self.asked.append((account, service, region))
        if isinstance(self._answer, CommandError):
            raise self._answer
        return self

    def environment(self, account: str) -> dict[str, str]:
        """Nobody asks."""
        raise NotImplementedError(account)

    def describe_secret(self, **request: str) -> Any:
        """The only call to Secrets Manager that there is here: any other is an error."""
        assert request == {"SecretId": "prod/jira"}
        return self._answered()

    def get_parameter(self, **request: str) -> Any:
        """The answer."""
        assert request == {"Name": "/vendors/unified:3"}
        return self._answered()

    def _answered(self) -> Any:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def _refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "words of AWS"}}, "DescribeSecret")


@pytest.fixture
def asked(
    estate: Estate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, Any], tuple[Answer, str, list[str]]]:
    """The answer of the command, the first sheet's text, and what was said, with an account that answers so."""

    def run(workspace: str, answer: Any) -> tuple[Answer, str, list[str]]:
        account, said = Account(answer), []
        monkeypatch.setattr(command.AwsReach, "of", classmethod(lambda *_: account))
        name = "w" if "workspace: w" in workspace else "u"
        ended = command.handoff(
            estate({f"workspaces/{name}.yaml": workspace}),
            (),
            tmp_path / "out",
            command.HandOffWish(output="json"),
            said.append,
            lambda: NOW,
        )
        page = next(path for path in (tmp_path / "out" / name).glob("*.html"))
        return ended, of_html(page.read_text("utf-8")).text, said

    return run


def test_a_name_gets_its_whole_arn_and_a_reference_for_each_key(asked: Any) -> None:
    ended, text, said = asked(WORKATO, {"ARN": f"{ARN}-AbCdEf", "Name": "prod/jira"})
    assert ended.exit_code == YES
    assert json.loads(ended.text)["sheets"][0]["state"] == "ready"
    assert f"Whole ARN: {ARN}-AbCdEf" in text
    for key in ("token", "user"):
        assert f"Reference for the key {key} {{{{workato:sm:{key}:{ARN}-AbCdEf}}}}" in text
    assert said == []


def test_a_secret_that_does_not_exist_is_said_to_be_missing_and_that_is_an_answer(asked: Any) -> None:
    ended, text, _ = asked(WORKATO, _refusal("ResourceNotFoundException"))
    assert (ended.exit_code, json.loads(ended.text)["sheets"][0]["state"]) == (YES, "1 ARN to be copied")
    assert "This secret does not exist yet" in text
    assert "ARN: " in text and "workato:sm:token" not in text


CREWAI = """
workspace: w
vendor: crewai
trusted_principals: ["arn:aws:iam::111111111111:user/crewai"]
projects: [{project: p, external_id: 3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41, secrets: [{name: prod/jira, KEYS}]}]
"""
TRACECAT = """
workspace: w
vendor: tracecat
trusted_principals: ["arn:aws:iam::210987654321:role/tracecat"]
projects: [{project: p, external_id: 0123456789abcdef, secrets: [{name: prod/jira, KEYS}]}]
"""


@pytest.mark.parametrize(("workspace", "takes_arns"), [(CREWAI, False), (TRACECAT, True)])
@pytest.mark.parametrize("code", ["ResourceNotFoundException", "AccessDeniedException"])
def test_an_arn_is_asked_for_only_where_the_steps_take_one(
    workspace: str, takes_arns: bool, code: str, asked: Any
) -> None:
    ended, text, _ = asked(workspace.replace("KEYS", "keys: [token, user]"), _refusal(code))
    assert json.loads(ended.text)["sheets"][0]["state"] == ("1 ARN to be copied" if takes_arns else "ready")
    assert ("ARN: " in text[text.index(" Secrets ") :]) == takes_arns
    assert ("does not exist yet" in text) == code.startswith("ResourceNotFound")
    assert "Used of its JSON: token, user" in text


def test_keys_that_only_the_owner_knows_are_said_to_be_his(estate: Estate, tmp_path: Path) -> None:
    vendor = """
vendors:
  snow:
    name: Snow
    principals: ["arn:aws:iam::210987654321:role/reader"]
    external_id: {origin: vendor, per: project}
    json_secrets: true
"""
    project = "{project: p, external_id: 0123456789abcdef, secrets: [{name: prod/jira}]}"
    workspace = f"workspace: w\nvendor: snow\nprojects: [{project}]\n"
    folder, out = estate({"estate.yaml": ESTATE + vendor, "workspaces/w.yaml": workspace}), tmp_path / "out"
    command.handoff(folder, (), out, command.HandOffWish(asks_aws=False), pytest.fail)
    assert "Snow uses keys of its JSON. The owner knows them." in (out / "w" / "p.md").read_text("utf-8")


def test_a_secret_that_is_going_to_be_deleted_is_told(asked: Any) -> None:
    answer = {"ARN": f"{ARN}-AbCdEf", "Name": "prod/jira", "DeletedDate": NOW}
    ended, text, _ = asked(WORKATO, answer)
    assert "scheduled for deletion" in text
    assert json.loads(ended.text)["sheets"][0]["state"] == "1 secret scheduled for deletion"


def test_the_line_for_an_open_arn_follows_the_words_that_ask_for_it(asked: Any) -> None:
    text = asked(WORKATO, _refusal("AccessDeniedException"))[1]
    assert "Write it here: ARN:" in text


def test_a_key_with_a_colon_is_told_to_be_doubtful(asked: Any) -> None:
    text = asked(WORKATO.replace("[token, user]", "['a:b', user]"), {"ARN": f"{ARN}-AbCdEf", "Name": "prod/jira"})[1]
    assert text.count("The key has a colon") == 1


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (_refusal("AccessDeniedException"), "AccessDenied"),
        (EndpointConnectionError(endpoint_url="https://secretsmanager.invalid"), "left open"),
        (CommandError("account 111111111111 cannot be read: no credentials", "sign in", 3), "cannot be read"),
        ({"ARN": f"{ARN}-x-AbCdEf", "Name": "prod/jira-x"}, "left open"),
        ({"ARN": f"{ARN}-AbCdEf".replace("111111111111", "222222222222"), "Name": "prod/jira"}, "left open"),
        ({"ARN": f"{ARN}-Ab}}dEf", "Name": "prod/jira"}, "left open"),
        ({"Name": "prod/jira"}, "left open"),
    ],
)
def test_what_could_not_be_told_is_left_open_and_the_exit_code_says_so(asked: Any, answer: Any, why: str) -> None:
    ended, text, said = asked(WORKATO, answer)
    assert ended.exit_code == CANNOT_TELL
    assert "Copy the secret's ARN from the Secrets Manager console, account 111111111111, region eu-central-1" in text
    assert "{{workato:sm:token" not in text
    assert len(said) == 1 and why in said[0]
    assert "words of AWS" not in text + said[0]


def test_an_external_id_in_a_parameter_is_read_and_shown_whole(asked: Any) -> None:
    value = "3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41"
    ended, text, _ = asked(PARAMETER, {"Parameter": {"Type": "String", "Value": value}})
    assert (ended.exit_code, json.loads(ended.text)["sheets"][0]["state"]) == (YES, "ready")
    assert f"AWS External ID {value}" in text


@pytest.mark.parametrize(
    "answer",
    [_refusal("AccessDeniedException"), {"Parameter": {"Type": "SecureString", "Value": "AQICAHgNotForAnybody"}}],
)
def test_a_parameter_that_cannot_be_read_leaves_the_id_open(asked: Any, answer: Any) -> None:
    ended, text, said = asked(PARAMETER, answer)
    assert (ended.exit_code, json.loads(ended.text)["sheets"][0]["state"]) == (CANNOT_TELL, "external ID not read")
    assert "/vendors/unified:3" in text and "Ask the owner" in text
    assert "AQICAHgNotForAnybody" not in text + "".join(said)


def test_nobody_is_asked_where_the_estate_knows_everything(
    estate: Estate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> Any:
        raise AssertionError("somebody was asked")

    monkeypatch.setattr(command.AwsReach, "of", refuse)
    folder = estate({"workspaces/w.yaml": WORKATO.replace("{name: prod/jira, ", f"{{arn: '{ARN}-AbCdEf', ")})
    ended = command.handoff(folder, (), tmp_path / "out", command.HandOffWish(), pytest.fail)
    assert (ended.exit_code, ended.text.split()[4:5]) == (YES, ["ready"])
    assert f"workato:sm:user:{ARN}-AbCdEf" in (tmp_path / "out" / "w" / "billing.md").read_text("utf-8")


def test_without_a_lookup_the_sheet_says_where_the_arn_is_found(estate: Estate, tmp_path: Path) -> None:
    wish = command.HandOffWish(asks_aws=False)
    folder = estate({"workspaces/w.yaml": WORKATO, "workspaces/u.yaml": PARAMETER})
    ended = command.handoff(folder, (), tmp_path / "out", wish, pytest.fail)
    assert ended.exit_code == YES
    text = of_html((tmp_path / "out" / "w" / "billing.html").read_text("utf-8")).text
    assert "AWS was not asked. Copy the secret's ARN from the Secrets Manager console" in text
    text = of_html((tmp_path / "out" / "u" / "p.html").read_text("utf-8")).text
    assert "kept in parameter /vendors/unified:3 in account 111111111111, and AWS was not asked" in text
