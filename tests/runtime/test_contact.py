"""The vendor's own calls in CloudTrail: which record is one, and how they are looked up."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber

from rolecall.runtime.contact import ContactReading, parse
from rolecall.runtime.event_history import Limiter, last_contact, regions_to_look_in
from tests.case_tables import cases

ROLE = "arn:aws:iam::111111111111:role/vendors/workato-acme-prod-billing"
NAME = "workato-acme-prod-billing"
VENDOR = frozenset({"353360065216"})
HOME, GLOBAL = "eu-central-1", "us-east-1"
Page = tuple[str, dict[str, Any]] | str
"""What is looked up and the answer, or an error code."""


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now, self.slept = 0.0, list[float]()

    def sleep(self, seconds: float) -> None:
        """Let the time go by."""
        self.now += seconds
        self.slept.append(round(seconds, 3))


def limiter() -> Limiter:
    """One that nobody waits for."""
    clock = FakeTime()
    return Limiter(clock=lambda: clock.now, sleep=clock.sleep)


def record(session: str = "s", time: str = "2026-11-20T08:15:30Z", **more: Any) -> dict[str, Any]:
    """The vendor's call, as an event of a look-up."""
    opened = f"arn:aws:sts::111111111111:assumed-role/{NAME}/{session}"
    written = {
        "userIdentity": {"type": "AWSAccount", "principalId": "AIDAEXAMPLEEXAMPLE123", "accountId": "353360065216"},
        "eventTime": time,
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRole",
        "awsRegion": HOME,
        "requestParameters": {"roleArn": ROLE, "roleSessionName": session},
        "responseElements": {"assumedRoleUser": {"arn": opened}},
        **more,
    }
    return {"EventName": "AssumeRole", "CloudTrailEvent": json.dumps(written)}


class Trails:
    """CloudTrail in several regions, each with its answers in order; every answer has to be fetched."""

    def __init__(self, **pages: list[Page]) -> None:
        self._clients: dict[str, Any] = {}
        self._stubs = []
        for region, answers in ((name.replace("_", "-"), answers) for name, answers in pages.items()):
            client = boto3.client("cloudtrail", region_name=region, aws_access_key_id="x", aws_secret_access_key="x")
            stub = Stubber(client)
            token: str | None = None
            for answer in answers:
                if isinstance(answer, str):
                    stub.add_client_error("lookup_events", answer)
                    continue
                name, page = answer
                asked = {"LookupAttributes": [{"AttributeKey": "ResourceName", "AttributeValue": name}]}
                more = {"NextToken": token} if token else {}
                stub.add_response("lookup_events", page, {**asked, "MaxResults": ANY, **more})
                token = page.get("NextToken")
            stub.activate()
            self._clients[region] = client
            self._stubs.append(stub)

    def __call__(self, region: str) -> Any:
        """The region's client."""
        return self._clients[region]

    def are_used_up(self) -> None:
        """Fail where an answer was not fetched."""
        for stub in self._stubs:
            stub.assert_no_pending_responses()


def look(trails: Callable[[str], Any], region: str = HOME, **more: Any) -> Any:
    """The vendor's last contact."""
    return last_contact(trails, ROLE, VENDOR, region, limiter=limiter(), **more)


NOTHING: list[Page] = [(ROLE, {"Events": []}), (NAME, {"Events": []})]


@pytest.mark.parametrize("case", cases("cloudtrail_events"))
def test_a_record_is_a_contact_or_none(case: dict[str, Any]) -> None:
    text = case["text"] if "text" in case else json.dumps(case["record"])
    found = look(lambda _: _Canned({"Events": [{"CloudTrailEvent": text}]}))
    assert (found.contact.as_json() if found.contact else None) == case["is"]
    assert "must-not-be-kept" not in repr(found)


class _Canned:
    """A CloudTrail with one answer."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def lookup_events(self, **_request: Any) -> Any:
        return self._answer


@pytest.mark.parametrize("value", [None, 7, "text", [], {}, {"userIdentity": []}, {"requestParameters": 1}])
def test_nothing_that_is_handed_in_raises(value: object) -> None:
    assert parse(value, ROLE) is None


@pytest.mark.parametrize("event", [None, {}, {"CloudTrailEvent": None}, {"CloudTrailEvent": "[" * 100_000}])
def test_an_event_without_a_record_is_passed_over(event: Any) -> None:
    good = record()
    assert look(lambda _: _Canned({"Events": [event, good]})).contact is not None


def test_the_newest_of_both_regions_counts() -> None:
    old, new = record("old"), record("new", "2026-11-21T00:00:00Z", awsRegion=GLOBAL)
    trails = Trails(eu_central_1=[(ROLE, {"Events": [old]})], us_east_1=[(ROLE, {"Events": [new]})])
    found = look(trails)
    assert (found.contact.session, found.contact.region, found.reason) == ("new", GLOBAL, None)
    trails.are_used_up()


def test_pages_are_read_until_the_vendor_is_found() -> None:
    probe = record("rolecall-verify-0a1b2c3d", "2026-11-22T00:00:00Z")
    pages: list[Page] = [
        (ROLE, {"Events": [probe], "NextToken": "more"}),
        (ROLE, {"Events": [probe, record("own"), record("older", "2026-11-01T00:00:00Z")], "NextToken": "unread"}),
    ]
    trails = Trails(eu_central_1=pages, us_east_1=NOTHING)
    assert look(trails).contact.session == "own"
    trails.are_used_up()


def test_where_the_arn_finds_nothing_the_name_may() -> None:
    trails = Trails(eu_central_1=[(ROLE, {"Events": []}), (NAME, {"Events": [record("by-name")]})], us_east_1=NOTHING)
    assert look(trails).contact.session == "by-name"
    trails.are_used_up()


def test_the_name_is_not_asked_for_where_the_arn_finds_the_role() -> None:
    trails = Trails(eu_central_1=[(ROLE, {"Events": [record("rolecall-verify")]})], us_east_1=NOTHING)
    found = look(trails)
    assert (found.contact, found.told) == (None, True)
    trails.are_used_up()


def test_where_nothing_is_found_the_reason_names_what_was_looked_through() -> None:
    found = look(Trails(eu_central_1=NOTHING, us_east_1=NOTHING))
    assert found.reason.startswith("no call of the vendor's in CloudTrail of eu-central-1 and us-east-1: 90 days")
    assert found.told


def test_pages_are_bounded_and_what_is_left_is_told() -> None:
    pages: list[Page] = [(ROLE, {"Events": [], "NextToken": str(number)}) for number in range(2)]
    trails = Trails(eu_central_1=pages, us_east_1=NOTHING)
    found = look(trails, max_pages=2)
    assert (found.contact, found.told) == (None, False)
    assert "the newest 100 events hold no call of the vendor's, the rest was not read" in found.reason
    trails.are_used_up()


def test_throttled_look_ups_are_tried_again_with_longer_rests() -> None:
    clock = FakeTime()
    patient = Limiter(clock=lambda: clock.now, sleep=clock.sleep)
    pages: list[Page] = ["ThrottlingException", "ThrottlingException", (ROLE, {"Events": [record("late")]})]
    trails = Trails(us_east_1=pages)
    found = last_contact(trails, ROLE, VENDOR, GLOBAL, limiter=patient)
    assert found.contact is not None
    assert clock.slept == [1.0, 2.0]


def test_throttled_to_the_end_leaves_the_question_open() -> None:
    trails = Trails(us_east_1=["ThrottlingException"] * 5)
    found = look(trails, GLOBAL)
    assert (found.contact, found.told) == (None, False)
    assert found.reason == "CloudTrail of us-east-1: AWS throttled the call to the end (ThrottlingException)"
    trails.are_used_up()


class _Throttling:
    """A CloudTrail that is throttled to the end; counts who asks."""

    calls = 0

    def lookup_events(self, **_request: Any) -> Any:
        """No answer, after a moment in which everybody has come to ask."""
        self.calls += 1
        time.sleep(0.05)
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "m"}}, "LookupEvents")


def test_a_throttled_trail_of_which_nobody_is_in_need_is_asked_once_for_all_roles() -> None:
    clock, trail = FakeTime(), _Throttling()
    shared = Limiter(clock=lambda: clock.now, sleep=clock.sleep)
    found: list[ContactReading] = []

    def look_up() -> None:
        found.append(last_contact(lambda _: trail, ROLE, VENDOR, HOME, limiter=shared, is_needed=False))

    threads = [threading.Thread(target=look_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (trail.calls, clock.slept) == (2, []), "one for each of the two regions"
    assert {(each.contact, each.told) for each in found} == {(None, False)}
    throttled = "AWS throttled the call to the end (ThrottlingException)"
    first, *others = sorted((each.reason or "" for each in found), key=len)
    assert throttled in first
    assert others[-1] == "; ".join(f"CloudTrail of {each}: not asked again: {throttled}" for each in (HOME, GLOBAL))


def test_an_error_that_is_no_trouble_of_the_trail_keeps_nobody_from_asking() -> None:
    shared, trails = limiter(), Trails(us_east_1=["InvalidNextTokenException", (ROLE, {"Events": [record("later")]})])
    refused, later = (last_contact(trails, ROLE, VENDOR, GLOBAL, limiter=shared, is_needed=False) for _ in range(2))
    assert (refused.contact, later.contact and later.contact.session) == (None, "later")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("AccessDeniedException", "cloudtrail:LookupEvents was refused (AccessDeniedException)"),
        ("ExpiredTokenException", "the credentials are missing, expired or not known to AWS (ExpiredTokenException)"),
        ("InvalidNextTokenException", "AWS answered InvalidNextTokenException"),
    ],
)
def test_a_region_that_cannot_be_read_leaves_the_question_open(code: str, why: str) -> None:
    found = look(Trails(eu_central_1=[code], us_east_1=NOTHING))
    assert (found.contact, found.told, found.reason) == (None, False, f"CloudTrail of eu-central-1: {why}")


def test_a_contact_in_one_region_counts_where_the_other_cannot_be_read() -> None:
    found = look(Trails(eu_central_1=["AccessDeniedException"], us_east_1=[(ROLE, {"Events": [record()]})]))
    assert found.contact is not None


@pytest.mark.parametrize("answer", [None, [], {}, {"Events": None}, {"Events": "text"}])
def test_an_answer_of_another_shape_leaves_the_question_open(answer: Any) -> None:
    found = look(lambda _: _Canned(answer))
    assert (found.contact, found.told) == (None, False)


def test_the_roles_own_account_is_no_vendor_whoever_says_so() -> None:
    own = record(userIdentity={"type": "IAMUser", "accountId": "111111111111"})
    accounts = frozenset({"111111111111"})
    found = last_contact(lambda _: _Canned({"Events": [own]}), ROLE, accounts, HOME, limiter=limiter())
    assert found.contact is None


@pytest.mark.parametrize(
    ("partition", "region", "regions"),
    [
        ("aws", "eu-central-1", ("eu-central-1", "us-east-1")),
        ("aws", "us-east-1", ("us-east-1",)),
        ("aws-cn", "cn-north-1", ("cn-north-1",)),
        ("aws-us-gov", "us-gov-west-1", ("us-gov-west-1",)),
    ],
)
def test_the_global_endpoint_is_where_the_partition_has_it(
    partition: str, region: str, regions: tuple[str, ...]
) -> None:
    assert regions_to_look_in(f"arn:{partition}:iam::111111111111:role/r", region) == regions


def test_look_ups_stay_apart_for_each_account_and_region() -> None:
    clock = FakeTime()
    turns = Limiter(0.6, lambda: clock.now, clock.sleep)
    for account, region in [("1", HOME), ("1", GLOBAL), ("2", HOME), ("1", HOME), ("1", HOME)]:
        turns.wait(account, region)
    assert clock.slept == [0.6, 0.6]


def test_threads_share_the_turns() -> None:
    slept: list[float] = []
    turns = Limiter(0.6, lambda: 0.0, lambda seconds: slept.append(round(seconds, 3)))
    threads = [threading.Thread(target=turns.wait, args=("1", HOME)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(slept) == [0.6, 1.2, 1.8, 2.4, 3.0]
