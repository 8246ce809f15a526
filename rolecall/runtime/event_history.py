"""Looking through CloudTrail's event history for the vendor's own calls.

botocore's model of cloudtrail:LookupEvents, read 2026-11-22.
"""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

from rolecall.runtime.contact import AssumeRoleEvent, ContactReading, parse
from rolecall.runtime.observation import Observation, observe
from rolecall.runtime.trouble import Trouble

# Events on a page, the most that there can be, and pages read for one role in one region.
PAGE_EVENTS = 50
MAX_PAGES = 5
# "limited to two per second, per account, per Region", which nobody can have raised: others look things up as well.
SECONDS_APART = 0.6
# Rests after a throttled look-up, in seconds; then it cannot be told.
RESTS_SECONDS = (1.0, 2.0, 4.0, 8.0)
# Where calls to the global endpoint are recorded, wherever they were served. Other partitions have no such endpoint.
GLOBAL_ENDPOINT_REGIONS = {"aws": "us-east-1"}
_BEYOND = (
    "90 days are kept, a call takes some five minutes to show up, and the vendor may use another region's endpoint"
)


class Limiter:
    """Keeps look-ups apart, those of all threads together: one row of turns for each account and region."""

    def __init__(
        self,
        seconds_apart: float = SECONDS_APART,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take the distance of two calls in seconds; a test hands in its own clock and sleep."""
        self._apart, self._clock, self.sleep = seconds_apart, clock, sleep
        self._lock = threading.Lock()
        self._next: dict[tuple[str, str], float] = {}

    def wait(self, account: str, region: str) -> None:
        """Return when it is the caller's turn."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next.get((account, region), now))
            self._next[account, region] = turn + self._apart
        if turn > now:
            self.sleep(turn - now)


def regions_to_look_in(role_arn: str, region: str) -> tuple[str, ...]:
    """The role's region, and that of the global endpoint where the partition has one."""
    of_global = GLOBAL_ENDPOINT_REGIONS.get(role_arn.split(":")[1])
    return tuple(dict.fromkeys([region, *([of_global] if of_global else [])]))


def last_contact(
    cloudtrail: Callable[[str], Any],
    role_arn: str,
    accounts: frozenset[str],
    region: str,
    *,
    limiter: Limiter,
    max_pages: int = MAX_PAGES,
) -> ContactReading:
    """The last time that one of the vendor's accounts assumed a role.

    Args:
        cloudtrail: gives the role's account's CloudTrail client of a region; needs cloudtrail:LookupEvents.
        accounts: the vendor's. A call from the role's own account is no contact, whoever made it.
        region: the role's.
        limiter: shared by all who look things up.
        max_pages: of 50 events each, in each region.
    """
    vendors, regions = accounts - {role_arn.split(":")[4]}, regions_to_look_in(role_arn, region)
    found = [_Trail(cloudtrail(each), each, limiter, max_pages).newest(role_arn, vendors) for each in regions]
    events = [event for event, _ in found if event]
    if events:
        return ContactReading(max(events, key=lambda event: event.time).as_contact())
    untold = [reason for _, reason in found if reason]
    if untold:
        return ContactReading(None, "; ".join(untold), told=False)
    return ContactReading(None, f"no call of the vendor's in CloudTrail of {' and '.join(regions)}: {_BEYOND}")


class _Trail:
    """CloudTrail's event history of one region."""

    def __init__(self, client: Any, region: str, limiter: Limiter, max_pages: int) -> None:
        self._client, self._region, self._limiter, self._max_pages = client, region, limiter, max_pages

    def newest(self, role_arn: str, vendors: frozenset[str]) -> tuple[AssumeRoleEvent | None, str | None]:
        """The vendor's newest call, and why it could not be told.

        An event is found by its resources' names, of which one is the role's ARN. Should the ARN find none of the role
        at all, its name may.
        """
        for name in (role_arn, role_arn.rpartition("/")[2]):
            token, was_seen = None, False
            for _ in range(self._max_pages):
                seen, page = self._page(role_arn, name, token)
                if page is None:
                    return None, f"CloudTrail of {self._region}: {_why(seen)}"
                events = [event for each in page["Events"] if (event := _event(each, role_arn))]
                if own := [event for event in events if event.is_by(vendors)]:
                    return max(own, key=lambda event: event.time), None
                was_seen, token = was_seen or bool(events), page.get("NextToken")
                if not token:
                    break
            if token:
                newest = f"the newest {self._max_pages * PAGE_EVENTS} events"
                return (
                    None,
                    f"CloudTrail of {self._region}: {newest} hold no call of the vendor's, the rest was not read",
                )
            if was_seen:
                break
        return None, None

    def _page(self, role_arn: str, name: str, token: str | None) -> tuple[Observation, Any]:
        request = {"LookupAttributes": [{"AttributeKey": "ResourceName", "AttributeValue": name}]}
        more = {"NextToken": token} if token else {}
        for rest in (*RESTS_SECONDS, None):
            self._limiter.wait(role_arn.split(":")[4], self._region)
            seen, page = observe(
                lambda: self._client.lookup_events(**request, MaxResults=PAGE_EVENTS, **more), is_sound=_is_page
            )
            if seen.trouble is not Trouble.THROTTLED or rest is None:
                break
            self._limiter.sleep(rest)
        return seen, page


def _is_page(answer: Any) -> bool:
    return isinstance(answer["Events"], list)


def _event(found: Any, role_arn: str) -> AssumeRoleEvent | None:
    """An event as it is looked up: the record itself is JSON in a text."""
    try:
        return parse(json.loads(found["CloudTrailEvent"]), role_arn)
    except (KeyError, TypeError, ValueError, RecursionError):
        return None


def _why(seen: Observation) -> str:
    return seen.reason or f"cloudtrail:LookupEvents was refused ({seen.error_code})"
