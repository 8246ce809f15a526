"""What a vendor is told whose own secrets cannot be written, or be deleted for good: by the calls alone."""

from collections.abc import Callable
from typing import Any

import pytest

from rolecall.runtime.diagnosis import hint
from rolecall.runtime.verdict import Verdict
from tests.embedded.test_write_probes import everywhere, permissions, role_of, without, written
from tests.embedded.world import World


def elsewhere(document: dict[str, Any]) -> None:
    """The same in another region."""
    for statement in document["Statement"]:
        if statement["Effect"] == "Allow":
            resources = statement["Resource"]
            named = [resources] if isinstance(resources, str) else resources
            statement["Resource"] = [each.replace("eu-central-1", "us-east-1") for each in named]


def without_deny(document: dict[str, Any]) -> None:
    document["Statement"] = [each for each in document["Statement"] if each["Effect"] == "Allow"]


@pytest.mark.parametrize(
    ("change", "verdict", "begins"),
    [
        *(
            (
                without(action),
                Verdict.UNDERPOWERED,
                f"the role's policies do not allow secretsmanager:{action} below unified/ in eu-central-1: compare"
                " action, region and prefix; the Resource has to end in unified/*",
            )
            for action in ("CreateSecret", "GetSecretValue", "UpdateSecret", "DeleteSecret")
        ),
        (
            elsewhere,
            Verdict.UNDERPOWERED,
            "the role's policies do not allow secretsmanager:CreateSecret below unified/ in eu-central-1: compare",
        ),
        (without_deny, Verdict.OVERREACHING, "the Deny on secretsmanager:DeleteSecret with ForceDeleteWithoutRecovery"),
        (
            everywhere,
            Verdict.OVERREACHING,
            "the role's policies allow secretsmanager:CreateSecret beside unified/ in eu-central-1, where nothing was",
        ),
    ],
    ids=["create", "read", "update", "delete", "other region", "no Deny", "everywhere"],
)
def test_the_vendor_is_told_what_the_policies_lack(
    world: World, change: Callable[[dict[str, Any]], None], verdict: Verdict, begins: str
) -> None:
    with permissions(world, change):
        result = written(world)
    text = str(hint(result.probes, verdict, role_of(world).role_arn))
    assert text.startswith(begins), text
