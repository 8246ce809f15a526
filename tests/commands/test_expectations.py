"""From grants to secrets that are tried: inside, beside, in another region, and where something may be written."""

from dataclasses import replace
from typing import Any

import pytest

from rolecall.model.grant import Access, Grant, Permissions
from rolecall.model.secret import Secret
from rolecall.model.trust import ParameterReference, Trust, Verifier
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.wrong_ids import Neighbours
from rolecall.verification.expectations import MAX_SECRETS, expectation
from rolecall.verification.named_secrets import NamedSecrets

ACCOUNT, REGION = "111111111111", "eu-central-1"
ARN = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:whole/db-AbCdEf"
TRUST = Trust(("arn:aws:iam::353360065216:root",), ("the-right-id",))
CI = "arn:aws:iam::222222222222:role/ci"


def grant(project: str, *secrets: Secret, region: str = REGION, trust: Trust = TRUST, **permissions: Any) -> Grant:
    return Grant(
        estate="e",
        workspace="w",
        project=project,
        vendor="v",
        account=ACCOUNT,
        region=region,
        role_name=f"v-w-{project}",
        trust=trust,
        permissions=Permissions(secrets=secrets, **permissions),
    )


def expected(of: Grant, **more: Any) -> RoleExpectation:
    return expectation(of, {of.address: ("the-right-id",)}, Neighbours.of([]), **{"secrets": True, **more})


def among(of: Grant, *others: Grant) -> RoleExpectation:
    """What is asked on AWS, where nothing is made."""
    return expected(of, existing=NamedSecrets.of([of, *others]))


def names(secrets: Any) -> list[str]:
    return [secret.secret_id for secret in secrets]


def test_without_secrets_none_are_tried() -> None:
    role = expected(grant("p", Secret("name", "prod/jira")), secrets=False)
    assert (role.readable, role.unreadable, role.elsewhere, role.unnamed, role.writable) == ((), (), (), (), ())


def test_each_kind_of_grant_has_a_stand_in_and_one_beside() -> None:
    given = (
        Secret("name", "prod/jira"),
        Secret("prefix", "app/"),
        Secret("arn", ARN),
        Secret("tag", tags=(("a", "b"),)),
    )
    role = expected(grant("p", *given))
    assert names(role.readable)[:3] == ["prod/jira", "app/rolecall-stand-in", ARN]
    assert names(role.unreadable)[0] == "prod/jira-beside"
    assert names(role.unreadable)[2] == "whole/db-beside"
    assert (len(role.readable), len(role.unreadable)) == (4, 4)


def test_json_is_needed_where_keys_are_named() -> None:
    role = expected(grant("p", Secret("name", "a", keys=("k",)), Secret("name", "b")))
    assert [secret.needs_json for secret in role.readable] == [True, False]
    assert {secret.needs_json for secret in (*role.unreadable, *role.elsewhere)} == {False}


@pytest.mark.parametrize(
    ("actions", "may"), [(("secretsmanager:GetSecretValue",), False), (("secretsmanager:D*",), True)]
)
def test_a_secret_is_described_where_the_role_may(actions: tuple[str, ...], may: bool) -> None:
    role = expected(grant("p", Secret("name", "a"), read_actions=("secretsmanager:GetSecretValue", *actions)))
    assert role.readable[0].may_describe is may


@pytest.mark.parametrize(
    ("region", "statement", "other"),
    [
        ("eu-central-1", None, "eu-west-1"),
        ("eu-west-1", None, "us-east-1"),
        ("cn-north-1", None, "cn-northwest-1"),
        ("us-gov-west-1", None, "us-gov-east-1"),
        ("eu-isoe-west-1", None, None),
        ("eu-central-1", "arn:aws:secretsmanager:eu-west-1:111111111111:secret:*", "us-east-1"),
        ("eu-central-1", "*", None),
    ],
)
def test_the_other_region_is_of_the_same_partition_and_not_granted(
    region: str, statement: str | None, other: str | None
) -> None:
    own = [{"Effect": "Allow", "Action": "secretsmanager:Get*", "Resource": statement}] if statement else []
    role = expected(grant("p", Secret("name", "prod/jira"), region=region, statements=tuple(own)))
    assert [secret.region for secret in role.elsewhere] == ([other] if other else [])


def test_a_whole_arn_is_asked_for_elsewhere_under_the_arn_that_a_replica_has() -> None:
    role = expected(grant("p", Secret("arn", ARN)))
    assert names(role.elsewhere) == [ARN.replace(REGION, "eu-west-1")]


def test_of_existing_secrets_only_named_ones_are_tried() -> None:
    given = (
        Secret("prefix", "app/"),
        Secret("tag", tags=(("a", "b"), ("c", "d"))),
        Secret("arn", ARN),
        Secret("name", "x"),
    )
    role = among(grant("p", *given))
    assert names(role.readable) == [ARN, "x"]
    assert role.unnamed == ("a secret below app/ in eu-central-1", "a secret tagged a=b, c=d in eu-central-1")
    assert names(role.elsewhere) == [ARN.replace(REGION, "eu-west-1")]


def test_neighbours_secrets_are_asked_for_where_nothing_of_the_role_covers_them() -> None:
    mine = grant("mine", Secret("prefix", "app/"), Secret("name", "shared"), Secret("arn", ARN))
    theirs = [
        grant("a", Secret("name", "app/theirs"), Secret("name", "shared"), Secret("name", "whole/db")),
        grant("b", Secret("name", "theirs"), Secret("name", "far", region="us-east-1"), Secret("prefix", "other/")),
        replace(grant("c", Secret("name", "of-another-account")), account="222222222222"),
        grant("d", Secret("name", "of-another-region"), region="eu-west-1"),
    ]
    assert names(among(mine, *theirs).unreadable) == ["theirs"]


def test_whoever_reads_by_tag_may_read_what_nobody_knows_the_tags_of() -> None:
    mine = grant("mine", Secret("tag", tags=(("project", "mine"),)))
    assert among(mine, grant("a", Secret("name", "theirs"))).unreadable == ()


def test_the_sample_of_neighbours_is_bounded_and_stays_and_is_each_roles_own() -> None:
    theirs = [grant(f"p{number}", Secret("name", f"theirs/{number}")) for number in range(40)]
    mine = grant("mine", Secret("name", "mine"))
    first, second = among(mine, *theirs), among(mine, *reversed(theirs))
    assert len(first.unreadable) == MAX_SECRETS
    assert first.unreadable == second.unreadable
    samples = {among(grant(f"q{number}", Secret("name", "mine")), *theirs).unreadable for number in range(5)}
    assert len(samples) > 1


def writable(*secrets: Secret, **more: Any) -> Any:
    of = grant("p", *secrets, **{"access": Access.READ_WRITE, **more})
    return expected(of, writes=True).writable


def test_only_prefixes_with_read_write_are_written_below() -> None:
    (place,) = writable(Secret("prefix", "app/", kms_key=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/a"), Secret("name", "x"))
    assert (place.prefix, place.beside, place.kms_key) == ("app/", "app-", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/a")
    assert len(place.actions) == 4
    assert writable(Secret("prefix", "app/"), access=Access.READ) == ()
    assert expected(grant("p", Secret("prefix", "app/"), access=Access.READ_WRITE)).writable == ()


@pytest.mark.parametrize(
    ("secrets", "beside"),
    [
        ((Secret("prefix", "app/"), Secret("prefix", "app-")), ""),
        ((Secret("prefix", "app-"),), ""),
        ((Secret("prefix", "rolecall-probe-"),), "rolecall-beside/"),
    ],
)
def test_the_place_beside_is_covered_by_nothing_of_the_role(secrets: tuple[Secret, ...], beside: str) -> None:
    assert writable(*secrets)[0].beside == beside


def test_a_role_that_may_write_everywhere_has_nothing_beside() -> None:
    everything = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}
    assert writable(Secret("prefix", "app/"), statements=(everything,))[0].beside is None


def test_the_verifiers_id_is_its_own_or_that_of_its_parameter() -> None:
    written = grant("p", trust=replace(TRUST, verifier=Verifier(CI, "ci-id")))
    kept = grant("q", trust=replace(TRUST, verifier=Verifier(CI, ParameterReference("/ci", 1))))
    assert expected(written).verifier_id == "ci-id"
    assert expected(kept, verifier_ids={kept.address: "from-parameter"}).verifier_id == "from-parameter"
    assert expected(kept).verifier_id is None
    assert expected(grant("r")).verifier_id is None
