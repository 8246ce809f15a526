"""RC311 and RC312 at their limits, on estates that no table would hold."""

from dataclasses import replace

import pytest

from rolecall.model.finding import Location, Severity
from rolecall.model.grant import Estate, Permissions
from rolecall.model.secret import Secret
from rolecall.model.trust import Trust
from rolecall.rules.quotas import full_accounts, headroom
from rolecall.rules.role import roles_of
from tests.made_up_grant import GRANT

ONE = replace(
    GRANT,
    trust=Trust(("arn:aws:iam::210987654321:role/reader",), ("5b1f0c9e-7d3a-4e62-9c48-aaaaaaaaaaaa",)),
    location=Location("w.yaml", 3),
)
# Two policies' worth of secrets.
LARGE = Permissions(secrets=tuple(Secret("name", f"{number}/{'x' * 500}") for number in range(12)))


def estate(count: int, permissions: Permissions = Permissions()) -> Estate:  # noqa: B008  it is frozen
    return Estate("acme", tuple(replace(ONE, project=f"p{n}", permissions=permissions) for n in range(count)))


def said(of: Estate) -> list[tuple[str, Severity]]:
    return [(finding.rule, finding.severity) for finding in full_accounts(roles_of(of))]


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1000, []),
        (1001, [("RC311", Severity.WARNING)]),
        (10_000, [("RC311", Severity.WARNING)]),
        (10_001, [("RC311", Severity.ERROR)]),
    ],
)
def test_roles_over_the_default_quota_are_a_warning_and_over_the_highest_an_error(
    count: int, expected: list[tuple[str, Severity]]
) -> None:
    assert said(estate(count)) == expected


def test_policies_are_counted_by_themselves_where_large_projects_have_several() -> None:
    assert said(estate(750, LARGE)) == []
    assert said(estate(751, LARGE)) == [("RC312", Severity.WARNING)]


def test_the_room_is_what_the_tighter_quota_leaves() -> None:
    (room,) = headroom(roles_of(estate(700, LARGE)))
    assert (room.roles, room.policies, room.room) == (700, 1400, 100)
    (full,) = headroom(roles_of(estate(800, LARGE)))
    assert full.room == 0
