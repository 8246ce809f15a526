"""Roles to call from the rows of `rolecall list`, and lists that cannot be used."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rolecall.estate import sound
from rolecall.report.roles import as_json
from rolecall.runtime.listed_roles import ListedRolesError, expectations_from_list, principals_from_list

ACME = Path(__file__).parents[2] / "examples" / "acme"
GRANTS = sound(ACME).grants
SECRET_ID = "3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41"


def listed(*, show_external_ids: bool = True) -> dict[str, Any]:
    """What the command prints for the example estate."""
    found: dict[str, Any] = json.loads(as_json(GRANTS, show_external_ids=show_external_ids))
    return found


def refusal(change: Callable[[dict[str, Any]], object]) -> str:
    """The message about a list with one thing changed."""
    document = copy.deepcopy(listed())
    change(document)
    with pytest.raises(ListedRolesError) as caught:
        expectations_from_list(document)
    return str(caught.value)


def test_every_row_becomes_a_role_with_its_own_ids_wrong_ones_and_neighbours() -> None:
    roles = expectations_from_list(listed())
    assert [(role.role_arn, role.region, role.external_ids) for role in roles] == [
        (grant.role_arn, grant.region, grant.trust.written_ids) for grant in GRANTS
    ]
    billing = next(role for role in roles if (role.workspace, role.project) == ("acme-prod", "billing"))
    of_vendor = {value for grant in GRANTS if grant.vendor == "workato" for value in grant.trust.written_ids}
    neighbours = {wrong.value for wrong in billing.wrong_ids if wrong.kind == "neighbour_external_id"}
    assert neighbours == of_vendor - set(billing.external_ids)
    assert len([wrong for wrong in billing.wrong_ids if wrong.kind == "wrong_external_id"]) >= 4


def test_the_principals_are_found_by_the_roles_arn() -> None:
    assert principals_from_list(listed()) == {grant.role_arn: grant.trust.principals for grant in GRANTS}


@pytest.mark.parametrize("name", ["principals", "external_ids"])
def test_a_row_without_principals_or_ids_is_pending_and_nobody_may_get_in(name: str) -> None:
    document = listed()
    document["roles"][0][name] = []
    role = expectations_from_list(document)[0]
    assert role.external_ids == ()
    assert role.wrong_ids


def test_an_empty_list_has_no_roles() -> None:
    assert expectations_from_list({"schema": 1, "roles": []}) == []


def test_a_masked_id_is_refused_with_its_row_and_the_command_that_shows_it() -> None:
    with pytest.raises(ListedRolesError) as caught:
        expectations_from_list(listed(show_external_ids=False))
    message = str(caught.value)
    assert "(unified-prod/connections): 3d3b… is masked" in message
    assert message.endswith("rolecall list --format json --show-external-ids")


def test_a_parameters_reference_is_refused_with_what_to_write() -> None:
    message = refusal(lambda d: d["roles"][1].update(external_ids=["{{resolve:ssm:/vendors/acme:3}}"]))
    assert message.startswith("roles[1].external_ids (")
    assert "{{resolve:ssm:/vendors/acme:3}} is a reference" in message
    assert "write the parameter's value in its place" in message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.pop("schema"), "schema is None"),
        (lambda d: d.update(schema=2), "schema is 2"),
        (lambda d: d.update(roles={}), "`roles` is an object"),
        (lambda d: d.update(roles=["x"]), "roles[0] is text"),
        (lambda d: d["roles"][2].pop("region"), "roles[2].region is missing"),
        (lambda d: d["roles"][3].update(region="eu central 1"), "roles[3].region is 'eu central 1'"),
        (lambda d: d["roles"][0].update(vendor=""), "roles[0].vendor is empty"),
        (lambda d: d["roles"][0].update(project=7), "roles[0].project is a number"),
        (lambda d: d["roles"][0].update(role_arn="billing"), "roles[0].role_arn is 'billing'"),
        (lambda d: d["roles"][0].update(principals="arn:aws:iam::1:root"), "roles[0].principals is text"),
        (lambda d: d["roles"][0].update(external_ids=[7]), "roles[0].external_ids is a list"),
        (lambda d: d["roles"][0].update(external_ids=["a b"]), "roles[0].external_ids (acme-dev/sandbox) has one"),
    ],
)
def test_a_list_of_another_shape_is_refused_with_the_place_and_what_to_do(
    change: Callable[[dict[str, Any]], object], words: str
) -> None:
    message = refusal(change)
    assert words in message
    assert "has to" in message
    assert "rolecall list" in message


def test_a_value_that_is_no_external_id_is_not_repeated() -> None:
    assert SECRET_ID not in refusal(lambda d: d["roles"][0].update(external_ids=[f" {SECRET_ID}"]))
    assert SECRET_ID not in refusal(lambda d: d["roles"][0].update(external_ids=SECRET_ID))


@pytest.mark.parametrize("document", [None, [], "text"])
def test_what_is_no_object_at_all_is_refused(document: Any) -> None:
    with pytest.raises(ListedRolesError, match="this is no list of roles"):
        expectations_from_list(document)


def test_a_pattern_in_the_list_is_asked_with_an_id_that_fits_and_wrong_ones_that_do_not() -> None:
    row = {
        "workspace": "lift",
        "project": "infra",
        "vendor": "spacelift",
        "region": "eu-central-1",
        "role_arn": "arn:aws:iam::111111111111:role/lift",
        "principals": ["arn:aws:iam::324880187172:root"],
    }
    other = {**row, "project": "two", "external_ids": ["acme@01GE@stack@read"]}
    infra, _ = expectations_from_list({"schema": 1, "roles": [{**row, "external_ids": ["acme@*"]}, other]})
    assert infra.external_ids == ("acme@rolecall",)
    assert infra.wrong_ids
    assert not any(wrong.value.startswith("acme@") for wrong in infra.wrong_ids)
    with pytest.raises(ListedRolesError, match="STS does not take"):
        expectations_from_list({"schema": 1, "roles": [{**row, "external_ids": ["acme*"]}]})
