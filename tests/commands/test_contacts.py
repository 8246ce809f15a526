"""The vendor's own calls on AWS: a slow CloudTrail costs those only who need what it tells."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from rolecall.estate import sound
from rolecall.runtime import event_history
from rolecall.runtime.rung import Rung
from rolecall.verification.callers import Callers, Mode
from rolecall.verification.contacts import Contacts
from tests.embedded.world import ACCOUNT, ROOT

GRANTS = [grant for grant in sound(ROOT / "examples" / "acme").grants if grant.account == ACCOUNT][:4]
REGIONS = 2
RESTS = 2


class Throttled:
    """CloudTrail of every account and region, throttled to the end; counts who asks."""

    def __init__(self) -> None:
        self.calls = 0

    def client(self, account: str, service: str, region: str) -> Any:
        """Itself."""
        assert (account, service) == (ACCOUNT, "cloudtrail"), region
        return self

    def environment(self, account: str) -> dict[str, str]:
        """Nobody asks."""
        raise NotImplementedError(account)

    def lookup_events(self, **_request: Any) -> Any:
        """No answer."""
        self.calls += 1
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "m"}}, "LookupEvents")


@pytest.mark.parametrize(("required", "calls"), [(False, REGIONS), (True, 3 * REGIONS * (1 + RESTS))])
def test_a_throttled_trail_is_asked_again_only_where_the_contact_is_required(
    monkeypatch: pytest.MonkeyPatch, required: bool, calls: int
) -> None:
    monkeypatch.setattr(event_history, "RESTS_SECONDS", (0.0,) * RESTS)
    monkeypatch.setattr(event_history.Limiter, "wait", lambda *_: None)
    trail = Throttled()
    contacts = Contacts(Callers(Mode.OWNER, None, trail, (Rung.LIVE,)), GRANTS, required=required)
    found = [contacts.of(grant) for grant in GRANTS]
    assert len(found) == 4
    assert {(each.contact, each.told) for each in found} == {(None, False)}
    assert all(each.reason for each in found)
    assert trail.calls == calls
