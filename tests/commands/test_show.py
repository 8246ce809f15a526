"""`rolecall show`: one role's policies, and why each statement is there."""

import json
from pathlib import Path

import pytest

from rolecall.answer import CommandError
from rolecall.commands.show import show
from rolecall.estate import UnknownSelectorError

EXAMPLES = Path(__file__).parents[2] / "examples"
ACME, SERVICES = EXAMPLES / "acme", EXAMPLES / "services"
S3_PAGE = "https://docs.workato.com/en/connectors/s3.html"
OWN_ID = "3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41"


def as_text(folder: Path, role: str, *, show_external_ids: bool = False) -> str:
    return show(folder, role, "text", show_external_ids=show_external_ids).text


def test_as_text_each_statement_stands_below_its_reason() -> None:
    text = as_text(SERVICES, "connectors/exports")
    assert text.startswith(
        "connectors/exports\nrole arn:aws:iam::111111111111:role/vendors/workato-connectors-exports\n"
    )
    trust, permissions = text.split("PERMISSION POLICY workato-connectors-exports\n")
    assert "# lets workato in, with its external ID and not without\n{" in trust
    assert "workato_iam_external_id_12345_703" in trust
    reasons = [line for line in permissions.split("\n") if line.startswith("# ")]
    assert reasons == [
        "# reads and writes objects under the prefixes that the project was granted "
        f"(documented by Workato: {S3_PAGE}) [workspaces/connectors.yaml:23:7]",
        "# lists objects under the prefixes that the project was granted "
        f"(documented by Workato: {S3_PAGE}) [workspaces/connectors.yaml:23:7]",
        "# asks which region the granted buckets are in "
        f"(documented by Workato: {S3_PAGE}) [workspaces/connectors.yaml:23:7]",
        f"# makes calls about the whole account, which no resource can narrow (documented by Workato: {S3_PAGE}). "
        "s3:ListAllMyBuckets: the connection is made by listing all buckets, even one that is restricted to a bucket "
        "[workspaces/connectors.yaml:23:7]",
    ]


def test_what_no_vendor_documents_is_said_to_be_our_reading() -> None:
    text = as_text(SERVICES, "connectors/alerts")
    assert (
        "# publishes to the topics that the project was granted (our reading of AWS's API, as no minimum was found in "
        "Workato's documentation)" in text
    )
    assert "ListAccountWide" not in text


def test_statements_of_the_estate_are_said_to_be_its_own() -> None:
    text = as_text(SERVICES, "connectors/ledger")
    assert "# has this statement in the estate, under `statements` [workspaces/connectors.yaml:" in text
    assert '"dynamodb:LeadingKeys"' in text


def test_as_json_it_is_whole_policies_and_a_reason_for_each_statement() -> None:
    shape = json.loads(show(SERVICES, "connectors/orders", "json", show_external_ids=False).text)
    assert {key: shape[key] for key in ("schema", "workspace", "project", "role_arn")} == {
        "schema": 1,
        "workspace": "connectors",
        "project": "orders",
        "role_arn": "arn:aws:iam::111111111111:role/vendors/workato-connectors-orders",
    }
    (trusted,) = shape["trust_policy"]["Statement"]
    assert trusted["Condition"] == {"StringEquals": {"sts:ExternalId": "workato_iam_external_id_12345_701"}}
    (policy,) = shape["permission_policies"]
    sids = [statement["Sid"] for statement in policy["Statement"]]
    assert [row["sid"] for row in shape["statements"]] == sids
    assert sids == ["SendToQueues", "ReceiveFromQueues", "UseSqsKey6267292a", "ListAccountWideSqs"]
    by_sid = {row["sid"]: row for row in shape["statements"]}
    assert all(row["reason"] for row in shape["statements"])
    assert by_sid["ListAccountWideSqs"]["source"] == "https://docs.workato.com/connectors/sqs.html"
    assert [row["sid"] for row in shape["statements"] if "account_wide" in row] == ["ListAccountWideSqs"]
    assert by_sid["ListAccountWideSqs"]["account_wide"] is True
    assert "sqs-key-management.html" in by_sid["UseSqsKey6267292a"]["source"]
    assert by_sid["SendToQueues"]["at"] == "workspaces/connectors.yaml:11:7"


def test_an_external_id_that_the_customer_chose_is_masked_unless_asked_for() -> None:
    for output in ("text", "json"):
        hidden = show(ACME, "unified-prod/connections", output, show_external_ids=False).text
        assert OWN_ID not in hidden
        assert '"3d3b…"' in hidden
        assert OWN_ID in show(ACME, "unified-prod/connections", output, show_external_ids=True).text


SERVICES_OF_ALL = "{s3: {buckets: [exports]}, sqs: {queues: [orders]}, sns: {topics: [alerts]}}"


@pytest.mark.parametrize(
    ("vendors", "s3", "sqs", "sns"),
    [
        ("", "documented by Workato: https", "documented by Workato: https", "no minimum was found in Workato's"),
        (
            "vendors: {workato: {services: {sqs: {account_wide: {}}}}}",
            "documented by Workato: https",
            "your own entry of Workato names no minimum",
            "no minimum was found in Workato's",
        ),
        (
            "vendors: {workato: {services: {s3: {actions: {read: ['s3:GetObject']}}, sns: {}}}}",
            "documented by Workato)",
            "documented by Workato: https",
            "your own entry of Workato names no minimum",
        ),
    ],
)
def test_who_names_the_actions_is_said_as_it_is(tmp_path: Path, vendors: str, s3: str, sqs: str, sns: str) -> None:
    (tmp_path / "workspaces").mkdir()
    (tmp_path / "estate.yaml").write_text(
        f'schema: 1\nestate: acme\ndefaults: {{account: "111111111111", region: eu-central-1}}\n{vendors}\n'
    )
    (tmp_path / "workspaces" / "w.yaml").write_text(
        'workspace: w\nvendor: workato\nworkspace_id: "1"\ntrusted_account: "353360065216"\nprojects:\n'
        f'  - {{project: a, project_id: "2", services: {SERVICES_OF_ALL}}}\n'
    )
    shape = json.loads(show(tmp_path, "w/a", "json", show_external_ids=False).text)
    reasons = {row["sid"]: row["reason"] for row in shape["statements"]}
    assert s3 in reasons["ReadObjects"]
    assert sqs in reasons["SendToQueues"]
    assert sns in reasons["PublishToTopics"]
    assert ("ListAccountWideSqs" in reasons) == ("sqs: {" not in vendors)
    assert ("ListAccountWideS3" in reasons) == ("s3: {" not in vendors)


def test_a_call_that_the_owner_left_out_is_told_with_what_the_vendor_needs_it_for(tmp_path: Path) -> None:
    (tmp_path / "workspaces").mkdir()
    (tmp_path / "estate.yaml").write_text(
        'schema: 1\nestate: acme\ndefaults: {account: "111111111111", region: eu-central-1}\n'
    )
    (tmp_path / "workspaces" / "w.yaml").write_text(
        'workspace: w\nvendor: workato\nworkspace_id: "1"\ntrusted_account: "353360065216"\nprojects:\n'
        '  - {project: a, project_id: "2", services: {s3: {buckets: [exports], account_wide: false}}}\n'
    )
    (told,) = json.loads(show(tmp_path, "w/a", "json", show_external_ids=False).text)["left_out"]
    assert (told["service"], told["action"]) == ("s3", "s3:ListAllMyBuckets")
    assert "the connection is made by listing all buckets" in told["reason"]
    page = show(tmp_path, "w/a", "text", show_external_ids=False).text
    assert (
        f"# s3 is left without s3:ListAllMyBuckets, by `account_wide: false`; workato needs it: {told['reason']}"
        in page
    )


@pytest.fixture
def with_verifier(tmp_path: Path) -> Path:
    (tmp_path / "workspaces").mkdir()
    (tmp_path / "estate.yaml").write_text(
        'schema: 1\nestate: acme\ndefaults: {account: "111111111111", region: eu-central-1}\n'
        'verifier: {principal: "arn:aws:iam::111111111111:role/ci", '
        "external_id: 9c1f7d52-0b1e-4a3c-8d4e-5f6071829304}\n"
    )
    (tmp_path / "workspaces" / "w.yaml").write_text(
        'workspace: w\nvendor: workato\nworkspace_id: "1"\ntrusted_account: "353360065216"\nprojects:\n'
        '  - {project: a, project_id: "2"}\n'
        '  - {project: b, project_id: "3", external_id: pending}\n'
    )
    return tmp_path


def test_the_verifiers_id_is_masked_whoever_makes_the_vendors(with_verifier: Path) -> None:
    text = as_text(with_verifier, "w/a")
    assert "workato_iam_external_id_1_2" in text
    assert '"9c1f…"' in text
    assert "9c1f7d52" not in text
    assert "# lets the estate's verifier in, who calls every role to prove it" in text
    assert "9c1f7d52-0b1e" in as_text(with_verifier, "w/a", show_external_ids=True)


def test_the_statement_by_which_a_role_trusts_itself_has_its_own_reason(tmp_path: Path) -> None:
    (tmp_path / "workspaces").mkdir()
    (tmp_path / "estate.yaml").write_text(
        'schema: 1\nestate: acme\ndefaults: {account: "111111111111", region: eu-central-1}\n'
    )
    (tmp_path / "workspaces" / "w.yaml").write_text(
        f"workspace: w\nvendor: databricks\nprojects: [{{project: a, external_id: {OWN_ID}}}]\n"
    )
    text = as_text(tmp_path, "w/a")
    assert text.count("# lets databricks in, with its external ID and not without\n") == 1
    assert "# lets the role assume itself, and nobody else, with the external ID: databricks asks for it\n{" in text


def test_a_role_without_permissions_says_so(with_verifier: Path) -> None:
    assert as_text(with_verifier, "w/a").endswith("\nPERMISSION POLICY none: the role may do nothing")


def test_a_workspace_is_no_role_and_the_tip_names_its_roles() -> None:
    with pytest.raises(CommandError, match="'acme-prod' is a workspace, and `show` shows one role") as refused:
        show(ACME, "acme-prod", "text", show_external_ids=False)
    assert refused.value.exit_code == 2
    assert refused.value.tip == "one of acme-prod/billing, acme-prod/payroll, acme-prod/warehouse"


def test_a_role_that_is_not_there_is_no_answer() -> None:
    with pytest.raises(UnknownSelectorError, match="acme-prod/biling"):
        show(ACME, "acme-prod/biling", "text", show_external_ids=False)


def test_a_policy_that_is_divided_has_the_reason_at_each_part(tmp_path: Path) -> None:
    queues = ", ".join(f"orders-{number:03d}-{'x' * 60}" for number in range(120))
    (tmp_path / "workspaces").mkdir()
    (tmp_path / "estate.yaml").write_text(
        'schema: 1\nestate: acme\ndefaults: {account: "111111111111", region: eu-central-1}\n'
    )
    (tmp_path / "workspaces" / "w.yaml").write_text(
        'workspace: w\nvendor: workato\nworkspace_id: "1"\ntrusted_account: "353360065216"\nprojects:\n'
        f'  - {{project: a, project_id: "2", services: {{sqs: {{queues: [{queues}], actions: [send]}}}}}}\n'
    )
    text = as_text(tmp_path, "w/a")
    parts = text.split("PERMISSION POLICY ")[1:]
    assert len(parts) > 1
    assert all("# sends to the queues that the project was granted" in part for part in parts if "SendToQueues" in part)
    assert text.count('"sqs:SendMessage"') == sum("SendToQueues" in part for part in parts)
