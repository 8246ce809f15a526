"""A write probe in an account that holds as many secrets as it may: no throttle, nothing left, and said as it is."""

from typing import Any

from rolecall.runtime.diagnosis import hint
from rolecall.runtime.observation import Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.probe_secret import QUOTA_REACHED, ProbeSecret
from rolecall.runtime.trouble import Trouble
from rolecall.runtime.verdict import Verdict
from tests.runtime.fake_secrets import REGION, FakeSecrets

ROLE = "arn:aws:iam::111111111111:role/r"


class Forgetful:
    """Intents that keep what is open, whatever else is told with it."""

    def __init__(self) -> None:
        self.open: set[str] = set()

    def begin(self, name: str, *_: Any, **__: Any) -> None:
        self.open.add(name)

    def done(self, name: str) -> None:
        self.open.discard(name)

    def earlier(self, role_arn: str) -> Any:
        return ()


def _created(code: str) -> tuple[Probe, ProbeSecret, Forgetful, FakeSecrets]:
    secrets, notes = FakeSecrets(lambda operation, _: code if operation == "create_secret" else None), Forgetful()
    with ProbeSecret(secrets, "app/x", REGION, notes).begin(ROLE) as secret:
        seen = secret.create(None)
    return Probe("secret_in_scope", Observed.ALLOWED, seen, f"create app/x in {REGION}"), secret, notes, secrets


def test_a_quota_that_is_used_up_is_no_throttle_and_leaves_nothing() -> None:
    probe, secret, notes, secrets = _created("LimitExceededException")
    assert (probe.observed, probe.observation.trouble) == (Observed.UNDECIDED, None)
    assert [operation for operation, _ in secrets.requests] == ["create_secret"]
    assert (secret.leftover, notes.open) == (None, set())
    assert QUOTA_REACHED in str(hint([probe], Verdict.INCONCLUSIVE, ROLE))


def test_a_throttle_is_one_still() -> None:
    probe, _, _, secrets = _created("ThrottlingException")
    assert probe.observation.trouble is Trouble.THROTTLED
    assert "delete_secret" in [operation for operation, _ in secrets.requests]
