"""A live role against the compiled one: one thing changed at a time, case by case in tests/cases/compare.yaml."""

from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from case_tables import FOLDER, cases
from hypothesis import given
from hypothesis import strategies as st

from rolecall.policy.compare import RoleShape, compare_roles
from rolecall.policy.compare_trusts import trust_change
from rolecall.policy.pattern import overlaps
from rolecall.policy.permissions import Atom, Change, permission_change

COMPILED = yaml.safe_load((FOLDER / "compared_role.yaml").read_text("utf-8"))
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ACCOUNT_TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "ab"}}}


@pytest.mark.parametrize("case", cases("compare"))
def test_of_a_live_role(case: dict[str, Any]) -> None:
    compiled = COMPILED | case.get("compiled", {})
    changes = compare_roles(_shape(compiled), _shape(compiled | case["live"]), NOW)
    assert {part: _as_table(change) for part, change in changes.items()} == case.get("changes", {})


def test_an_account_id_and_its_root_are_one_principal() -> None:
    written = [{"AWS": "353360065216"}, {"AWS": "arn:aws:iam::353360065216:root"}]
    one, other = ({"Statement": [ACCOUNT_TRUST | {"Principal": principal}]} for principal in written)
    assert not trust_change(one, other)


def test_a_pending_trust_that_somebody_opened_has_gained_a_door() -> None:
    pending = {"Statement": [{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
    opened = {"Statement": [ACCOUNT_TRUST | {"Principal": {"AWS": "353360065216"}}]}
    assert trust_change(pending, opened).gained == ("arn:aws:iam::353360065216:root with external ID ab",)


ENDINGS = ["-??????", "-???????", "-*", "*", "-AbCdEf", "*AbCdEf", "/*", "????????", "-?????", "?????", ""]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_pattern_grants_secrets_if_some_secrets_arn_fits(ending: str) -> None:
    _check_ending(f"jira{ending}")


@given(st.text("a-?*", max_size=12))
def test_any_pattern_grants_secrets_if_some_secrets_arn_fits(pattern: str) -> None:
    _check_ending(pattern)


def _check_ending(pattern: str) -> None:
    """Of a secret's ARN it matters that a hyphen stands before the last six characters, none of which is one."""
    resource = f"arn:aws:secretsmanager:eu-central-1:111111111111:secret:{pattern}"
    fits = overlaps(resource, "arn:*:secretsmanager:*:*:secret:*-??????") and "-" not in pattern[-6:].rpartition("*")[2]
    assert Atom("Allow", "secretsmanager:getsecretvalue", resource).grants == fits


ACTIONS = st.sampled_from(["s3:Get*", "s3:GetObject", "s3:*", "sqs:SendMessage"])
RESOURCES = st.sampled_from(["*", "arn:aws:s3:::a/*", "arn:aws:s3:::a/b", "arn:aws:s3:::c/?"])
EFFECTS = st.sampled_from(["Allow", "Deny"])
STATEMENTS = st.lists(st.builds(lambda e, a, r: {"Effect": e, "Action": a, "Resource": r}, EFFECTS, ACTIONS, RESOURCES))


@given(STATEMENTS, STATEMENTS)
def test_what_one_direction_gains_in_allowed_things_the_other_direction_loses(
    one: list[dict[str, str]], other: list[dict[str, str]]
) -> None:
    there, back = _change(one, other), _change(other, one)
    assert _allowed(there.gained) == _allowed(back.lost)
    assert _allowed(there.lost) == _allowed(back.gained)


@given(STATEMENTS, st.randoms(use_true_random=False))
def test_the_same_statements_in_another_order_are_no_change(some: list[dict[str, str]], random: Any) -> None:
    assert not _change(some, random.sample(some, len(some)))


@given(STATEMENTS, RESOURCES)
def test_an_allow_that_nothing_covered_before_is_always_seen(some: list[dict[str, str]], resource: str) -> None:
    new = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": resource}
    assert _change(some, [*some, new]).gained == (f"Allow iam:PassRole on {resource}",)


def _change(compiled: list[dict[str, str]], live: list[dict[str, str]]) -> Change:
    return permission_change([{"Statement": compiled}], [{"Statement": live}], NOW)


def _allowed(words: tuple[str, ...]) -> list[str]:
    return [word for word in words if word.startswith("Allow")]


def _as_table(change: Change) -> dict[str, list[str]]:
    parts = {"gained": change.gained, "lost": change.lost, "other": change.other}
    return {name: list(words) for name, words in parts.items() if words}


def _shape(role: dict[str, Any]) -> RoleShape:
    return RoleShape(
        trust={"Version": "2012-10-17", "Statement": role["trust"]},
        permissions=tuple({"Version": "2012-10-17", "Statement": policy} for policy in role["policies"]),
        boundary=role["boundary"],
        path=role["path"],
        max_session_seconds=role["max_session_seconds"],
        tags=role["tags"],
    )
