"""Listings that do not end, or end too soon: neither passes for a whole one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from rolecall.runtime.expectation import RoleExpectation, WritablePrefix
from rolecall.runtime.paging import MAX_PAGES, pages
from rolecall.runtime.write_intents import Earlier, listed
from rolecall.runtime.write_probes import CREATE, DELETE

NOW = datetime(2026, 11, 22, tzinfo=UTC)
REGION = "eu-central-1"
PLACES = (WritablePrefix("app/", REGION, (CREATE, DELETE)),)
ROLE = RoleExpectation("w", "p", "arn:aws:iam::111111111111:role/r", REGION, ("right",), writable=PLACES)
NAME = "app/rolecall-probe-0123456789abcdef"


class Listing:
    """A client whose only operation has these pages; it tells how many were asked for."""

    def __init__(self, given: Iterator[Any]) -> None:
        self._given, self.asked = given, 0
        self.arguments: dict[str, Any] = {}

    def get_paginator(self, operation: str) -> "Listing":
        return self

    def paginate(self, **arguments: Any) -> Iterator[Any]:
        self.arguments = arguments
        for page in self._given:
            self.asked += 1
            yield page


def test_all_pages_are_given_with_the_arguments_that_were_asked_for() -> None:
    given = [{"Roles": [1], "IsTruncated": True, "Marker": "2"}, {"Roles": [2], "IsTruncated": False}]
    client = Listing(iter(given))
    assert list(pages(client, "list_roles", PathPrefix="/vendors/")) == given
    assert client.arguments == {"PathPrefix": "/vendors/"}


def test_botocore_follows_the_markers() -> None:
    iam = boto3.client("iam", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(iam) as stub:
        one: dict[str, Any] = {"PolicyNames": ["a"], "IsTruncated": True, "Marker": "m"}
        stub.add_response("list_role_policies", one, {"RoleName": "r"})
        two: dict[str, Any] = {"PolicyNames": ["b"], "IsTruncated": False}
        stub.add_response("list_role_policies", two, {"RoleName": "r", "Marker": "m"})
        found = [name for page in pages(iam, "list_role_policies", RoleName="r") for name in page["PolicyNames"]]
    assert found == ["a", "b"]


def test_the_last_page_that_is_allowed_is_given() -> None:
    given = [{"NextToken": str(number)} for number in range(MAX_PAGES)]
    assert list(pages(Listing(iter(given)), "list_secrets")) == given


def test_pages_without_end_are_an_error() -> None:
    client = Listing({"NextToken": str(number)} for number in islice(count(), 3 * MAX_PAGES))
    with pytest.raises(ValueError, match=f"list_secrets goes on after {MAX_PAGES} pages"):
        list(pages(client, "list_secrets"))
    assert client.asked == MAX_PAGES + 1


@pytest.mark.parametrize("more", [{}, {"Marker": ""}, {"Marker": None}, {"NextToken": ""}])
def test_a_page_that_does_not_say_how_to_go_on_is_no_last_one(more: dict[str, Any]) -> None:
    iam = Listing(iter([{"Roles": [], "IsTruncated": True, **more}]))
    with pytest.raises(ValueError, match="list_roles tells of a next page"):
        list(pages(iam, "list_roles"))


def secret(name: str = NAME, **more: Any) -> dict[str, Any]:
    return {"Name": name, "CreatedDate": NOW - timedelta(hours=1), **more}


def test_what_write_probes_left_is_found_on_every_page() -> None:
    other = "app/rolecall-probe-fedcba9876543210"
    client = Listing(iter([{"SecretList": [secret()], "NextToken": "2"}, {"SecretList": [secret(other)]}]))
    assert listed(client, ROLE, REGION, NOW) == (Earlier(NAME, REGION), Earlier(other, REGION))


def test_a_listing_of_secrets_without_end_is_left() -> None:
    client = Listing({"SecretList": [secret()], "NextToken": str(n)} for n in islice(count(), 3 * MAX_PAGES))
    assert listed(client, ROLE, REGION, NOW) == ()
    assert client.asked == MAX_PAGES + 1


@pytest.mark.parametrize(
    "page",
    ["text", {}, {"SecretList": None}, {"SecretList": [{}]}, {"SecretList": [secret(CreatedDate="yesterday")]}],
    ids=["text", "empty", "none", "nameless", "undated"],
)
def test_a_made_up_listing_of_secrets_shows_nothing(page: Any) -> None:
    assert listed(Listing(iter([page])), ROLE, REGION, NOW) == ()
