"""A vendor that keeps its own secrets: makes them below its prefix, not beside it, and nothing stays unnamed."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rolecall.model.secret import Secret
from rolecall.policy.compile import Home, permission_document
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.observation import Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.write_intents import is_ours, listed, new_name
from rolecall.runtime.write_probes import NOT_WRITTEN, WriteProbes, Written
from rolecall.verification.write_intents import FileIntents
from tests.embedded.asked_role import clients, expected_of, grant_of, with_secrets
from tests.embedded.world import ACCOUNT, ROOT, UNIFIED, World

CONNECTIONS = "unified-prod/connections"
REGION = "eu-central-1"
ALLOWED, DENIED = Observed.ALLOWED, Observed.DENIED


class Forgetful:
    """Intents of somebody who keeps nothing: after a kill, only a list of the account's secrets shows what is left."""

    def begin(self, name: str, region: str, role_arn: str, *, beside: bool = False) -> None:
        """Keep nothing."""

    def done(self, name: str) -> None:
        """Forget nothing."""

    def earlier(self, role_arn: str) -> tuple[()]:
        """Know nothing."""
        return ()


def role_of(world: World, **more: Any) -> RoleExpectation:
    """The role as it is asked with --write-probes."""
    return replace(expected_of(grant_of(world, CONNECTIONS), secrets=False, writes=True), **more)


def written(world: World, role: RoleExpectation | None = None, **more: Any) -> Written:
    """What the write probes of the vendor show."""
    given = {"intents": Forgetful(), **more}
    return WriteProbes(role or role_of(world), **given).as_vendor(clients(world, UNIFIED))


def admin(world: World) -> Any:
    return world.aws.client(ACCOUNT, "secretsmanager", REGION)


def ours(world: World, *, scheduled: bool) -> list[str]:
    """The names of all secrets of write probes that are there."""
    pages = admin(world).get_paginator("list_secrets").paginate(IncludePlannedDeletion=scheduled)
    return [secret["Name"] for page in pages for secret in page["SecretList"] if is_ours(secret["Name"])]


@pytest.fixture(autouse=True)
def nothing_stays(world: World) -> Iterator[None]:
    """Other tests verify roles of this world and kill runs: secrets that wait for their deletion stay, and notes."""
    _clear(world)
    yield
    _clear(world)


def _clear(world: World) -> None:
    for file in noted(world):  # of runs that tests of faults have killed
        file.unlink()
    for name in ours(world, scheduled=True):
        admin(world).delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


@contextmanager
def permissions(world: World, change: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    """The role with its own policy put aside and another in its place, for a while."""
    grant, iam = grant_of(world, CONNECTIONS), world.iam()
    document = permission_document(grant.permissions, Home(grant.partition, grant.account, grant.region))
    changed = json.loads(json.dumps(document))
    change(changed)
    attached = iam.list_attached_role_policies(RoleName=grant.role_name)["AttachedPolicies"]
    for policy in attached:
        iam.detach_role_policy(RoleName=grant.role_name, PolicyArn=policy["PolicyArn"])
    iam.put_role_policy(RoleName=grant.role_name, PolicyName="planted", PolicyDocument=json.dumps(changed))
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=grant.role_name, PolicyName="planted")
        for policy in attached:
            iam.attach_role_policy(RoleName=grant.role_name, PolicyArn=policy["PolicyArn"])


def without(action: str) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        for statement in document["Statement"]:
            if statement["Effect"] == "Allow":
                statement["Action"] = [each for each in statement["Action"] if each != f"secretsmanager:{action}"]

    return change


def everywhere(document: dict[str, Any]) -> None:
    document["Statement"][0]["Resource"] = "*"


def said(probes: tuple[Probe, ...]) -> list[tuple[str, str, Observed]]:
    """Kind, first words and outcome of each, with every random name as X."""
    return [(p.kind, re.sub(r"rolecall-probe-[0-9a-f]{16}", "X", p.asked), p.observed) for p in probes]


def test_a_sound_role_writes_below_its_prefix_and_is_refused_beside_it(world: World) -> None:
    result = written(world)
    assert said(result.probes) == [
        ("secret_in_scope", f"create unified/X in {REGION}", ALLOWED),
        ("secret_in_scope", f"read unified/X in {REGION}", ALLOWED),
        ("secret_in_scope", f"update unified/X in {REGION}", ALLOWED),
        ("secret_out_of_scope", f"delete unified/X in {REGION} without recovery", DENIED),
        ("secret_in_scope", f"delete unified/X in {REGION}", ALLOWED),
        ("secret_out_of_scope", f"create unified-X in {REGION}, beside unified/", DENIED),
    ]
    week = f"{datetime.now(UTC) + timedelta(days=7):%Y-%m-%d}"
    (left,) = result.leftovers
    assert re.fullmatch(rf"unified/rolecall-probe-[0-9a-f]{{16}} in {REGION}, scheduled for deletion on {week}", left)
    assert ours(world, scheduled=False) == []


@pytest.mark.parametrize("action", ["CreateSecret", "GetSecretValue", "UpdateSecret", "DeleteSecret"])
def test_an_action_that_the_role_lost_is_found_and_what_stays_is_named(world: World, action: str) -> None:
    with permissions(world, without(action)):
        result = written(world)
    (failed,) = [probe for probe in result.probes if probe.failed]
    verb = {"CreateSecret": "create", "GetSecretValue": "read", "UpdateSecret": "update", "DeleteSecret": "delete"}
    assert failed.asked.startswith(f"{verb[action]} unified/")
    named = {left.split(" in ")[0] for left in result.leftovers}
    assert named == set(ours(world, scheduled=True))
    if action == "DeleteSecret":
        assert result.leftovers[0].endswith("not deleted: AccessDeniedException")


def test_a_role_that_writes_everywhere_is_found_and_cleaned_up_after(world: World) -> None:
    with permissions(world, everywhere):
        result = written(world)
    (failed,) = [probe for probe in result.probes if probe.failed]
    assert (failed.kind, failed.observed) == ("secret_out_of_scope", ALLOWED)
    assert len(result.leftovers) == 2
    assert all("scheduled for deletion on" in left for left in result.leftovers)
    assert ours(world, scheduled=False) == []


def test_a_role_that_deletes_for_good_is_found(world: World) -> None:
    def without_deny(document: dict[str, Any]) -> None:
        document["Statement"] = [each for each in document["Statement"] if each["Effect"] == "Allow"]

    with permissions(world, without_deny):
        result = written(world)
    (failed,) = [probe for probe in result.probes if probe.failed]
    assert failed.asked.endswith("without recovery")
    assert (result.leftovers, ours(world, scheduled=True)) == ((), [])


def test_where_permanent_deletion_is_granted_nothing_is_left(world: World) -> None:
    def without_deny(document: dict[str, Any]) -> None:
        document["Statement"] = [each for each in document["Statement"] if each["Effect"] == "Allow"]

    role = role_of(world)
    role = replace(role, writable=tuple(replace(place, allow_permanent_delete=True) for place in role.writable))
    with permissions(world, without_deny):
        result = written(world, role)
    assert [probe for probe in result.probes if probe.failed] == []
    assert (result.leftovers, ours(world, scheduled=True)) == ((), [])


def test_new_secrets_get_the_key_of_the_prefix(world: World) -> None:
    key = world.aws.client(ACCOUNT, "kms", REGION).create_key()["KeyMetadata"]["Arn"]
    grant = with_secrets(grant_of(world, CONNECTIONS), Secret("prefix", "unified/", kms_key=key))
    role = expected_of(grant, secrets=False, writes=True)
    shut = written(world, role)
    assert [(probe.observed, probe.asked[:14]) for probe in shut.probes if probe.failed] == [(DENIED, "create unified")]

    def with_key(document: dict[str, Any]) -> None:
        keyed = permission_document(grant.permissions, Home(grant.partition, grant.account, grant.region))
        document["Statement"] = json.loads(json.dumps(keyed))["Statement"]

    with permissions(world, with_key):
        opened = written(world, role)
    assert [probe for probe in opened.probes if probe.failed] == []
    (left,) = opened.leftovers
    assert admin(world).describe_secret(SecretId=left.split(" in ")[0])["KmsKeyId"] == key


def test_a_vendor_that_may_not_delete_makes_nothing(world: World) -> None:
    role = role_of(world)
    kept = tuple(action for action in role.writable[0].actions if not action.endswith("DeleteSecret"))
    result = written(world, replace(role, writable=(replace(role.writable[0], actions=kept),)))
    assert result.probes[0].observation.reason == NOT_WRITTEN
    assert [probe.observed for probe in result.probes] == [Observed.SKIPPED, DENIED]
    assert ours(world, scheduled=True) == []


def test_a_role_that_reads_only_is_not_written_with(world: World) -> None:
    assert expected_of(grant_of(world, "acme-prod/billing"), writes=True).writable == ()


KILLED = """
import os, signal, sys
from pathlib import Path
import boto3
from rolecall.verification.expectations import expectation
from rolecall.verification.write_intents import FileIntents
from rolecall.estate import sound
from rolecall.runtime.clients import Clients
from rolecall.runtime.write_probes import WriteProbes
from rolecall.runtime.wrong_ids import Neighbours

class Dying(Clients):
    def temporary(self, *arguments):
        client = super().temporary(*arguments)
        sound = client.{operation}
        dies = lambda asked: asked.get("SecretId", asked.get("Name")).startswith("{beginning}")
        client.{operation} = lambda **asked: os.kill(os.getpid(), signal.{signal}) if dies(asked) else sound(**asked)
        return client

folder = Path(sys.argv[1])
grant = next(grant for grant in sound(folder).grants if grant.address == "unified-prod/connections")
ids = {{grant.address: grant.trust.written_ids}}
role = expectation(grant, ids, Neighbours.of([]), secrets=False, writes=True)
WriteProbes(role, FileIntents(folder, print)).as_vendor(Dying(boto3.Session()))
"""


def killed(world: World, how: signal.Signals, operation: str = "update_secret", beginning: str = "unified/") -> int:
    """Write probes in a process that gets a signal at one call, between creation and deletion: its exit code."""
    script = KILLED.format(signal=how.name, operation=operation, beginning=beginning)
    environment = {**world.aws.environment(UNIFIED), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    arguments = [sys.executable, "-c", script, str(world.folder)]
    ended = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False, timeout=60)
    return ended.returncode


def noted(world: World) -> list[Path]:
    return sorted((world.folder / ".rolecall" / "write-probes").glob("*"))


def test_what_a_killed_run_left_is_deleted_and_named_by_the_next_one(world: World) -> None:
    assert killed(world, signal.SIGKILL) == -signal.SIGKILL
    (name,) = ours(world, scheduled=False)
    (file,) = noted(world)
    assert file.stat().st_mode & 0o777 == 0o600
    result = written(world, intents=FileIntents(world.folder, print))
    assert result.leftovers[0].startswith(f"{name} in {REGION}, scheduled for deletion on")
    assert [probe for probe in result.probes if probe.failed] == []
    assert (ours(world, scheduled=False), noted(world)) == ([], [])


def test_what_a_killed_run_asked_beside_the_prefix_fails_nothing_and_is_settled_by_who_may_look(world: World) -> None:
    assert killed(world, signal.SIGKILL, "create_secret", "unified-") == -signal.SIGKILL
    (file,) = noted(world)
    name = json.loads(file.read_text())["name"]
    assert name.startswith("unified-")
    note = f".rolecall/write-probes/{file.name}"
    intents = FileIntents(world.folder, print)
    alone = written(world, intents=intents)
    intents._hold(name, None)  # as the end of the run does
    assert alone.leftovers[0] == f"{name} in {REGION}, was probably never made; look for it, then delete {note}"
    assert [probe for probe in alone.probes if probe.failed or not probe.decided] == []
    assert noted(world) == [file]
    settled = written(world, intents=FileIntents(world.folder, print), account=lambda _: admin(world))
    assert [left for left in settled.leftovers if name in left] == []
    assert noted(world) == []


def test_what_a_killed_run_asked_beside_the_prefix_and_was_given_is_deleted_by_an_administrator(world: World) -> None:
    killed(world, signal.SIGKILL, "create_secret", "unified-")
    (file,) = noted(world)
    name = json.loads(file.read_text())["name"]
    admin(world).create_secret(Name=name, SecretString="{}")
    settled = written(world, intents=FileIntents(world.folder, print), account=lambda _: admin(world))
    assert settled.leftovers[0].startswith(f"{name} in {REGION}, scheduled for deletion on")
    assert (ours(world, scheduled=False), noted(world)) == ([], [])


def test_an_interrupted_run_deletes_what_it_made(world: World) -> None:
    assert killed(world, signal.SIGINT) in {1, -signal.SIGINT}
    assert (ours(world, scheduled=False), noted(world)) == ([], [])
    assert len(ours(world, scheduled=True)) == 1


def test_what_a_killed_run_left_is_found_by_listing_too(world: World) -> None:
    killed(world, signal.SIGKILL)
    for file in noted(world):
        file.unlink()
    (name,) = ours(world, scheduled=False)
    now = datetime.now(UTC)
    (young,) = listed(admin(world), role_of(world), REGION, now)
    assert (young.name, young.may_be_in_use) == (name, True)
    assert (
        f"{name} in {REGION}, made by a run that may still be going on" in written(world, earlier=[young]).leftovers[0]
    )
    assert name in ours(world, scheduled=False)
    old = listed(admin(world), role_of(world), REGION, now + timedelta(minutes=19))
    assert [secret.name for secret in old] == [name]
    assert written(world, earlier=old).leftovers[0].startswith(f"{name} in {REGION}, scheduled for deletion on")
    assert ours(world, scheduled=False) == []


def test_nothing_is_listed_but_what_write_probes_make(world: World) -> None:
    client, beside = admin(world), new_name("unified-")
    names = ["unified/rolecall-probe-of-mine", "unified/x-rolecall-probe-0123456789abcdef", beside]
    for name in names:
        client.create_secret(Name=name, SecretString="{}")
    try:
        assert [secret.name for secret in listed(client, role_of(world), REGION, datetime.now(UTC))] == [beside]
        vendor = world.aws.client("foreign", "secretsmanager", REGION)
        assert listed(vendor, role_of(world), REGION, datetime.now(UTC)) == ()
    finally:
        for name in names:
            client.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def test_no_content_and_no_credential_is_told_or_kept(world: World) -> None:
    killed(world, signal.SIGKILL)
    (name,) = ours(world, scheduled=False)
    content = json.loads(admin(world).get_secret_value(SecretId=name)["SecretString"])["rolecall"]
    kept = "".join(file.read_text() for file in noted(world))
    result = written(world, intents=FileIntents(world.folder, print))
    text = kept + repr(result) + json.dumps([probe.as_json() for probe in result.probes])
    assert content not in text
    assert not re.search(r"ASIA[A-Z0-9]{12,}|SessionToken|SecretString", text)
