"""Access to AWS services, from an estate's words to requests that IAM allows and refuses: tests/cases/services.yaml."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from case_tables import cases
from policy_evaluator import Request, allows

from rolecall.config.load import load
from rolecall.config.schema import Vendor
from rolecall.model.grant import Grant, Permissions
from rolecall.model.invalid import InvalidValueError
from rolecall.model.secret import Secret
from rolecall.model.services import (
    CloudWatchAccess,
    Documented,
    HttpAccess,
    LambdaAccess,
    LexAccess,
    S3Access,
    ServiceAccess,
    SesAccess,
    SnsAccess,
    SqsAccess,
)
from rolecall.policy import actions
from rolecall.policy.compile import Home, Reasoned, permission_policies, permission_statements
from rolecall.policy.document import Document, as_list
from rolecall.policy.services.content import changes_resources
from rolecall.policy.services.needs import OUR_READING
from rolecall.policy.services.resource_types import check_resource_types
from rolecall.policy.size import MANAGED_POLICY_MAX_CHARACTERS, characters
from rolecall.vendors import catalog

HOME = Home("aws", "111111111111", "eu-central-1")
KEY = "arn:aws:kms:eu-central-1:111111111111:key/6f1c1d3e-7d0f-4c55-9c6e-2b9d3a1f0c11"
EVERY_SERVICE: tuple[ServiceAccess, ...] = (
    SqsAccess(queues=["orders"], kms_key=KEY),
    SnsAccess(topics=["alerts"], kms_key=KEY),
    S3Access(buckets=["exports"], prefixes=["billing/"], access="read-write", kms_key=KEY),
    LambdaAccess(functions=["enrich"]),
    SesAccess(identities=["example.com"]),
    LexAccess(bots=["ABCDE12345/TSTALIASID", "helpdesk"]),
    CloudWatchAccess(log_groups=["/app/billing"]),
    HttpAccess(),
)


def grant_of(case: dict[str, Any], folder: Path) -> Grant:
    """The grant of a case, read from files as an estate has them."""
    vendor = case.get("vendor", "workato")
    project = {"project": "p", "services": case["services"], "statements": case.get("statements", [])}
    workspace = {"workspace": "w", "vendor": vendor, "projects": [project]}
    if vendor == "workato":
        workspace |= {"workspace_id": "1", "trusted_account": "353360065216"}
        project["project_id"] = "2"
    else:
        workspace["external_id"] = "3f2b8c1e-5d4a-4e6f-9a7b-1c2d3e4f5a6b"
    defaults = {"account": "111111111111", "region": case.get("region", "eu-central-1")}
    (folder / "workspaces").mkdir()
    (folder / "estate.yaml").write_text(yaml.safe_dump({"schema": 1, "estate": "acme", "defaults": defaults}))
    (folder / "workspaces" / "w.yaml").write_text(yaml.safe_dump(workspace))
    found = load(folder)
    assert found.estate is not None
    (grant,) = found.estate.grants
    return grant


def requests(listed: list[list[Any]]) -> Iterator[Request]:
    for action, resource, *context in listed:
        yield Request(action, resource, context[0] if context else {})


@pytest.mark.parametrize("case", cases("services"))
def test_of_a_project(case: dict[str, Any], tmp_path: Path) -> None:
    grant = grant_of(case, tmp_path)
    home = Home(grant.partition, grant.account, grant.region)
    policies = list(permission_policies(permission_statements(grant.permissions, home)).values())
    for request in requests(case["allowed"]):
        assert allows(policies, request), f"refused {request}"
    for request in requests(case["refused"]):
        assert not allows(policies, request), f"allowed {request}"


@pytest.mark.parametrize("case", cases("services"))
def test_every_action_exists_and_takes_the_resources_that_it_stands_beside(
    case: dict[str, Any], tmp_path: Path
) -> None:
    grant = grant_of(case, tmp_path)
    for reasoned in compiled(grant.permissions.services):
        for action in reasoned.statement["Action"]:
            assert actions.exists(action)
            assert actions.actions_matching(action) == {action}
            for resource in as_list(reasoned.statement["Resource"]):
                assert actions.takes(action, resource), f"{action} on {resource}"


def compiled(services: tuple[ServiceAccess, ...]) -> tuple[Reasoned, ...]:
    return permission_statements(Permissions(services=services), HOME)


@pytest.mark.parametrize("action", sorted({action for named in OUR_READING.values() for action in named}))
def test_every_action_of_our_reading_exists_in_these_letters(action: str) -> None:
    assert actions.actions_matching(action) == {action}


def documented_actions() -> Iterator[tuple[str, str]]:
    for vendor, entry in catalog.entries().items():
        for service in Vendor.model_validate(entry).services.values():
            for action in [*service.account_wide, *(each for named in service.actions.values() for each in named)]:
                yield vendor, action


@pytest.mark.parametrize(("vendor", "action"), sorted(set(documented_actions())))
def test_every_action_that_the_catalog_says_a_vendor_documents_exists(vendor: str, action: str) -> None:
    assert actions.actions_matching(action) == {action}, vendor


@pytest.mark.parametrize("vendor", sorted({vendor for vendor, _ in documented_actions()}))
def test_what_the_catalog_says_about_services_has_a_source_and_a_date(vendor: str) -> None:
    for service in Vendor.model_validate(catalog.entries()[vendor]).services.values():
        assert service.source is not None
        assert service.source.startswith("https://")
        assert str(service.checked) == "2026-11-22"
        for action in service.account_wide:
            assert actions.takes_only_everything(action), f"{action} could be narrowed by a resource"


def test_account_wide_calls_are_a_statement_of_their_own_with_the_vendors_reason() -> None:
    documented = Documented(
        "Obs", account_wide=(("sqs:ListQueues", "offers all queues"),), source="https://obs.example"
    )
    *_, last = compiled((SqsAccess(queues=["orders"], documented=documented),))
    assert last.statement == {
        "Sid": "ListAccountWideSqs",
        "Effect": "Allow",
        "Action": ["sqs:ListQueues"],
        "Resource": "*",
    }
    assert "documented by Obs: https://obs.example" in last.reason
    assert "sqs:ListQueues: offers all queues" in last.reason
    assert last.source == "https://obs.example"


def test_only_what_is_documented_says_so() -> None:
    documented = Documented("Obs", (("send", ("sqs:SendMessage",)),), source="https://obs.example")
    send, receive = compiled((SqsAccess(queues=["orders"], documented=documented),))
    assert send.statement["Action"] == ["sqs:SendMessage"]
    assert send.reason.endswith("(documented by Obs: https://obs.example)")
    assert receive.source is None
    assert receive.reason.endswith("(our reading of AWS's API, as no minimum was found in Obs's documentation)")


def test_no_two_statements_of_a_role_have_one_sid() -> None:
    twice = (*EVERY_SERVICE, SqsAccess(queues=["returns"], kms_key=KEY), S3Access(buckets=["archive"], kms_key=KEY))
    sids = [reasoned.statement["Sid"] for reasoned in compiled((*twice, *twice))]
    assert len(sids) == len(set(sids))
    assert all(sid.isalnum() for sid in sids)


def test_the_order_of_services_is_the_policys_own() -> None:
    assert compiled(EVERY_SERVICE) == compiled(tuple(reversed(EVERY_SERVICE)))


def test_the_keys_of_a_role_are_those_of_its_secrets_and_of_its_services() -> None:
    other = KEY.replace("111111111111", "222222222222")
    secrets = (Secret("name", "prod/jira", kms_key=other), Secret("name", "prod/db"))
    assert Permissions(secrets=secrets, services=EVERY_SERVICE).kms_keys == {KEY, other}


def test_more_resources_than_fit_one_policy_are_divided_and_none_is_lost_or_added() -> None:
    queues = [f"orders-{number:03d}-{'x' * 60}" for number in range(200)]
    prefixes = [f"billing-{number:03d}-{'x' * 60}/" for number in range(100)]
    services = (SqsAccess(queues=queues, kms_key=KEY), S3Access(buckets=["exports"], prefixes=prefixes, kms_key=KEY))
    found = compiled(services)
    policies = permission_policies(found)
    assert len(policies) > 1
    assert all(characters(policy) <= MANAGED_POLICY_MAX_CHARACTERS for policy in policies.values())
    assert _pairs(policies.values()) == _pairs([{"Statement": [reasoned.statement for reasoned in found]}])
    last = f"arn:aws:sqs:eu-central-1:111111111111:{queues[-1]}"
    through_sqs = {"kms:ViaService": "sqs.eu-central-1.amazonaws.com", "kms:EncryptionContext:aws:sqs:arn": last}
    assert allows(policies.values(), Request("sqs:SendMessage", last, {}))
    assert allows(policies.values(), Request("kms:GenerateDataKey", KEY, through_sqs))
    assert not allows(policies.values(), Request("kms:GenerateDataKey", KEY, {**through_sqs, "kms:ViaService": "x"}))


@pytest.mark.parametrize(("buckets", "prefixes"), [(1, 150), (2, 150), (40, 12), (60, 3)])
def test_several_buckets_with_many_prefixes_are_divided_and_no_list_is_lost_or_added(
    buckets: int, prefixes: int
) -> None:
    names = [f"exports-{number:02d}-{'x' * 40}" for number in range(buckets)]
    below = [f"billing-{number:03d}-{'x' * 60}/" for number in range(prefixes)]
    found = compiled((S3Access(buckets=names, prefixes=below),))
    policies = permission_policies(found)
    assert len(policies) > 1
    assert all(characters(policy) <= MANAGED_POLICY_MAX_CHARACTERS for policy in policies.values())
    assert _pairs(policies.values()) == _pairs([{"Statement": [reasoned.statement for reasoned in found]}])


def _pairs(policies: Any) -> set[tuple[str, str, str]]:
    """What is allowed, resource by resource, and value by value of conditions."""
    documents: list[Document] = list(policies)
    return {
        (action, resource, used)
        for document in documents
        for statement in document["Statement"]
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
        for used in _values(statement) or [""]
    }


def _values(statement: Any) -> list[str]:
    """What a condition lists: resources that a key is used for, or prefixes that may be listed."""
    return [value for values in statement.get("Condition", {}).get("StringLike", {}).values() for value in values]


def test_names_may_come_in_any_order_and_from_anything_that_yields_them() -> None:
    as_list = compiled((SqsAccess(queues=["a", "b"], actions=["send"]),))
    assert compiled((SqsAccess(queues={"b", "a"}, actions=(each for each in ["send"])),)) == as_list  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "make", [lambda: SqsAccess(queues="orders"), lambda: S3Access(buckets=["exports"], prefixes="a/")]
)
def test_a_text_where_a_list_belongs_is_not_taken_for_its_letters(make: Any) -> None:
    with pytest.raises(InvalidValueError, match="a list of texts"):
        make()


def test_actions_of_s3_stand_beside_the_bucket_or_its_objects_as_the_action_takes_them() -> None:
    named = ("s3:GetObject", "s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads")
    documented = Documented("Obs", {"read": (*named, "s3:GetBucketVersioning", "s3:GetBucketLocation")})  # type: ignore[arg-type]
    objects, lists, rest = compiled((S3Access(buckets=["exports"], prefixes=["a/"], documented=documented),))
    assert objects.statement["Action"] == ["s3:GetObject"]
    assert lists.statement["Action"] == ["s3:ListBucket", "s3:ListBucketVersions"]
    assert lists.statement["Condition"]["StringLike"] == {"s3:prefix": ["a/*"]}
    assert rest.statement["Action"] == [
        "s3:ListBucketMultipartUploads",
        "s3:GetBucketVersioning",
        "s3:GetBucketLocation",
    ]
    assert rest.statement["Resource"] == ["arn:aws:s3:::exports"]
    assert "StringLike" not in rest.statement["Condition"]
    assert "may do more with them: s3:ListBucketMultipartUploads, s3:GetBucketVersioning" in rest.reason
    assert "no condition narrows that to the prefixes" in rest.reason


@pytest.mark.parametrize(
    ("named", "reason"),
    [
        (("sqs:SendMessage",), "sends to the queues that the project was granted ("),
        (
            ("sqs:SendMessage", "sqs:PurgeQueue"),
            "that the project was granted, and may do more with them: sqs:PurgeQueue (",
        ),
        (("sqs:PurgeQueue",), "may do this with what the project was granted: sqs:PurgeQueue ("),
    ],
)
def test_a_reason_names_the_actions_that_are_not_the_usual_ones(named: tuple[str, ...], reason: str) -> None:
    documented = Documented("Obs", (("send", named),))
    (send,) = compiled((SqsAccess(queues=["orders"], actions=["send"], documented=documented),))
    assert reason in send.reason


def test_account_wide_calls_of_several_pages_are_told_with_their_own() -> None:
    pages = [
        Documented("Obs", account_wide=(("sqs:ListQueues", why),), source=f"https://obs.example/{why}")
        for why in ("in", "out")
    ]
    *_, last = compiled(tuple(SqsAccess(queues=[page.source[-2:]], documented=page) for page in pages if page.source))
    assert (last.statement["Action"], last.account_wide, last.source) == (["sqs:ListQueues"], True, None)
    for why in ("in", "out"):
        assert f"(documented by Obs: https://obs.example/{why}). sqs:ListQueues: {why}" in last.reason


@pytest.mark.parametrize(
    "make",
    [
        lambda: Documented("Obs", (("send", ("sqs:*",)),)),
        lambda: Documented("Obs", (("send", ()),)),
        lambda: Documented("Obs", account_wide=(("sqs:List?ueues", "x"),)),
        lambda: Documented("Obs", account_wide=(("sqs:ListQueues", ""),)),
        lambda: SqsAccess(queues=["q"], documented=Documented("Obs", (("use", ("sqs:SendMessage",)),))),
        lambda: SqsAccess(queues=["q"], documented=Documented("Obs", (("send", ("sns:Publish",)),))),
        lambda: check_resource_types("sqs", Documented("Obs", (("send", ("sqs:ListQueues",)),))),
    ],
)
def test_what_no_vendor_can_have_documented_is_refused(make: Any) -> None:
    with pytest.raises(InvalidValueError) as refused:
        make()
    assert refused.value.rule == "RC005"


@pytest.mark.parametrize("vendor", sorted({vendor for vendor, _ in documented_actions()}))
def test_no_vendor_of_the_catalog_asks_for_changes_of_resources(vendor: str) -> None:
    assert not [action for each, action in documented_actions() if each == vendor and changes_resources(action)]
