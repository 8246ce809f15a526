"""Access to AWS services, from an estate's words to requests that IAM allows and refuses: tests/cases/services.yaml."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from case_tables import cases
from policy_evaluator import Request, allows

from rolecall.config.load import load
from rolecall.config.schema import Vendor
from rolecall.config.services import ServicesPart
from rolecall.config.vendor_services import Mode, ServiceName
from rolecall.handoff.subject import TITLES
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
from rolecall.policy.services.resource_types import check_resource_types, is_of_buckets
from rolecall.policy.size import MANAGED_POLICY_MAX_CHARACTERS, characters
from rolecall.runtime import service_calls
from rolecall.runtime.diagnosis import services as diagnosis
from rolecall.vendors import catalog
from rolecall.verification import service_stand_ins

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
def test_every_action_of_our_reading_exists_in_these_letters_and_changes_no_resource(action: str) -> None:
    assert actions.actions_matching(action) == {action}
    assert not changes_resources(action)


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
    other = SqsAccess(queues=["other"])  # a second access, so that Sids tell the two apart
    as_list = compiled((SqsAccess(queues=["a", "b"], actions=["send"]), other))
    assert compiled((SqsAccess(queues={"b", "a"}, actions=(each for each in ["send"])), other)) == as_list  # type: ignore[arg-type]
    names = [f"{number:02d}" for number in range(50)]
    assert SqsAccess(queues=set(names)).queues == tuple(names)  # type: ignore[arg-type]


def sids(*accesses: ServiceAccess) -> list[str]:
    return [reasoned.statement["Sid"] for reasoned in compiled(accesses)]


def test_a_sid_changes_with_what_is_granted_and_with_nothing_else() -> None:
    page = Documented("Obs", (("send", ("sqs:SendMessage",)),), source="https://obs.example/1")
    queue = SqsAccess(queues=["a", "b"], actions=["send"], documented=page)
    other = SqsAccess(queues=["c"], actions=["send"])
    for same in (
        replace(queue, shared=True),
        replace(queue, queues=["b", "a"]),
        replace(queue, documented=replace(page, source="https://obs.example/2")),
    ):
        assert sids(same, other) == sids(queue, other)
        assert len(sids(queue, same)) == 1
    more = replace(page, actions=(("send", ("sqs:SendMessage", "sqs:GetQueueUrl")),))
    for unlike in (replace(queue, kms_key=KEY), replace(queue, region="eu-west-1"), replace(queue, documented=more)):
        assert len(set(sids(queue, unlike))) == len(sids(queue, unlike)) > 1
    both = Documented("Obs", (("read", ("s3:GetObject",)), ("read-write", ("s3:GetObject",))))
    reads = S3Access(buckets=["exports"], kms_key=KEY, documented=both)
    of_both = sids(reads, replace(reads, access="read-write"))
    assert len(set(of_both)) == len(of_both)


@pytest.mark.parametrize(
    "make",
    [
        lambda: SqsAccess(queues="orders"),
        lambda: S3Access(buckets=["exports"], prefixes="a/"),
        lambda: SqsAccess(queues={"orders": 1}),  # type: ignore[arg-type]
        lambda: SqsAccess(queues=None),  # type: ignore[arg-type]
    ],
)
def test_a_text_where_a_list_belongs_is_not_taken_for_its_letters(make: Any) -> None:
    with pytest.raises(InvalidValueError, match="a list of texts"):
        make()


@pytest.mark.parametrize("value", ["yes", None, 1])
@pytest.mark.parametrize("key", ["shared", "account_wide"])
def test_what_is_true_or_false_is_nothing_else(key: str, value: Any) -> None:
    with pytest.raises(InvalidValueError, match="True or False") as refused:
        SqsAccess(queues=["orders"], **{key: value})
    assert refused.value.rule == "RC219"


@pytest.mark.parametrize(
    "again",
    [
        SqsAccess(queues=["b", "a"], kms_key=KEY),
        SqsAccess(queues=["a", "b"], kms_key=KEY, shared=True),
        SqsAccess(queues=["a", "b", "a"], kms_key=KEY, account_wide=False),
        SqsAccess(queues=["a", "b"], kms_key=KEY, actions=["receive", "send"], region="eu-central-1"),
    ],
)
def test_the_same_grant_in_other_words_makes_no_statement_twice(again: SqsAccess) -> None:
    first = SqsAccess(queues=["a", "b"], kms_key=KEY)
    assert _without_sids(compiled((first, again))) == _without_sids(compiled((first,)))
    partly = compiled((first, SqsAccess(queues=["b"], actions=["send"])))
    assert len(partly) == len(compiled((first,))) + 1


def _without_sids(found: tuple[Reasoned, ...]) -> list[dict[str, Any]]:
    return [{key: value for key, value in each.statement.items() if key != "Sid"} for each in found]


def test_account_wide_calls_may_be_left_out() -> None:
    documented = Documented("Obs", account_wide=(("sqs:ListQueues", "offers all queues"),))
    out = SqsAccess(queues=["orders"], documented=documented, account_wide=False)
    assert [each.account_wide for each in compiled((out,))] == [False, False]
    assert compiled((out, SqsAccess(queues=["other"], documented=documented)))[-1].account_wide


def every_kind() -> list[type[ServiceAccess]]:
    found = list(ServiceAccess.__subclasses__())
    for kind in found:
        found += kind.__subclasses__()
    return sorted((kind for kind in found if hasattr(kind, "service")), key=lambda kind: kind.service)


def test_the_accesses_of_these_tests_are_of_every_kind_that_there_is() -> None:
    assert sorted({type(access).service for access in EVERY_SERVICE}) == [kind.service for kind in every_kind()]


@pytest.mark.parametrize("kind", [kind for kind in every_kind() if kind.modes], ids=lambda kind: kind.service)
def test_the_tables_of_services_know_every_kind(kind: type[ServiceAccess]) -> None:
    """What a table leaves out would be granted nothing, or end in a KeyError far from here."""
    name = kind.service
    assert name in ServicesPart.model_json_schema()["properties"]
    assert name in get_args(ServiceName)
    assert {*kind.modes} <= {*get_args(Mode)}
    assert {mode for service, mode in OUR_READING if service == name} == {*kind.modes}
    assert name in TITLES
    (access,) = (access for access in EVERY_SERVICE if access.service == name)
    granted = {action for each in compiled((access,)) for action in as_list(each.statement["Action"])}
    assert granted >= {action for mode in access.modes_asked for action in OUR_READING[name, mode]}


def test_what_can_be_called_of_a_service_can_be_made_as_a_stand_in_and_has_a_name() -> None:
    called = {action.partition(":")[0] for action in service_calls._CALLS}
    prefixes = {prefix for kind in every_kind() for prefix in kind.action_prefixes}
    assert called <= prefixes
    assert called == {*service_stand_ins._MAKERS} == {*diagnosis._KINDS}


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


@pytest.mark.parametrize("action", sorted(actions.actions_matching("s3:*")))
def test_no_action_of_s3_is_asked_of_a_bucket_and_of_its_objects(action: str) -> None:
    assert not (is_of_buckets(action) and actions.takes(action, "arn:aws:s3:::bucket/*"))


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
        lambda: Documented("Obs", None),  # type: ignore[arg-type]
        lambda: Documented("Obs", 5),  # type: ignore[arg-type]
        lambda: Documented("Obs", "sqs:x"),  # type: ignore[arg-type]
        lambda: Documented("Obs", {"send": None}),  # type: ignore[arg-type]
        lambda: Documented("Obs", {"send": {"sqs:SendMessage": 1}}),  # type: ignore[arg-type]
        lambda: Documented("Obs", {5: ["sqs:SendMessage"]}),  # type: ignore[arg-type]
        lambda: Documented("Obs", account_wide=["sqs:ListQueues"]),  # type: ignore[arg-type]
        lambda: Documented("Obs", account_wide={"sqs:ListQueues": None}),  # type: ignore[arg-type]
        lambda: SqsAccess(queues=["q"], documented=None),  # type: ignore[arg-type]
        lambda: SqsAccess(queues=["q"], documented="x"),  # type: ignore[arg-type]
        lambda: SqsAccess(queues=["q"], documented={}),  # type: ignore[arg-type]
    ],
)
def test_what_no_vendor_can_have_documented_is_refused(make: Any) -> None:
    with pytest.raises(InvalidValueError) as refused:
        make()
    assert refused.value.rule == "RC005"


@pytest.mark.parametrize("vendor", sorted({vendor for vendor, _ in documented_actions()}))
def test_no_vendor_of_the_catalog_asks_for_changes_of_resources(vendor: str) -> None:
    assert not [action for each, action in documented_actions() if each == vendor and changes_resources(action)]
