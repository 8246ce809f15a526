"""Looking through CloudTrail's event history for the vendor's own calls.

botocore's model of cloudtrail:LookupEvents, read 2026-11-22.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rolecall.runtime.contact import AssumeRoleEvent, ContactReading, parse
from rolecall.runtime.observation import Observation, observe
from rolecall.runtime.trouble import Trouble

# Events on a page, the most that there can be, and pages read for one role in one region.
PAGE_EVENTS = 50
MAX_PAGES = 5
# "limited to two per second, per account, per Region", which nobody can have raised: others look things up as well.
SECONDS_APART = 0.6
# Rests of a patient look-up after a throttled call, in seconds; then it cannot be told. botocore has rested before.
RESTS_SECONDS = (1.0, 2.0, 4.0, 8.0)
# Where calls to the global endpoint are recorded, wherever they were served. Other partitions have no such endpoint.
GLOBAL_ENDPOINT_REGIONS = {"aws": "us-east-1"}
_BEYOND = (
    "90 days are kept, a call takes some five minutes to show up, and the vendor may use another region's endpoint"
)


@dataclass
class SharedTrail:
    """One account's event history in one region, of which nobody is in need.

    Who looks something up holds the lock: so the first who hears nothing keeps all others from waiting as long.

    Args:
        why_dead: why a look-up came to nothing that would not fare better soon.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    why_dead: str | None = None


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
        self._trails: dict[tuple[str, str], SharedTrail] = {}

    def trail(self, account: str, region: str) -> "SharedTrail":
        """What is known of an account's trail in a region."""
        with self._lock:
            return self._trails.setdefault((account, region), SharedTrail())

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
    is_needed: bool = True,
) -> ContactReading:
    """The last time that one of the vendor's accounts assumed a role.

    Args:
        cloudtrail: gives the role's account's CloudTrail client of a region; needs cloudtrail:LookupEvents.
        accounts: the vendor's. A call from the role's own account is no contact, whoever made it.
        region: the role's.
        limiter: shared by all who look things up.
        max_pages: of 50 events each, in each region.
        is_needed: whether it is worth some minutes. Otherwise a throttled or silent trail is not asked a second time,
            for whichever role.
    """
    vendors, regions = accounts - {role_arn.split(":")[4]}, regions_to_look_in(role_arn, region)
    trails = [_Trail(cloudtrail(each), each, limiter, max_pages, is_needed) for each in regions]
    found = [trail.newest(role_arn, vendors) for trail in trails]
    events = [event for event, _ in found if event]
    if events:
        return ContactReading(max(events, key=lambda event: event.time).as_contact())
    untold = [reason for _, reason in found if reason]
    if untold:
        return ContactReading(None, "; ".join(untold), told=False)
    return ContactReading(None, f"no call of the vendor's in CloudTrail of {' and '.join(regions)}: {_BEYOND}")


class _Trail:
    """CloudTrail's event history of one region."""

    def __init__(self, client: Any, region: str, limiter: Limiter, max_pages: int, is_needed: bool) -> None:
        self._client, self._region, self._limiter, self._max_pages = client, region, limiter, max_pages
        self._is_needed = is_needed

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
        account, attribute = role_arn.split(":")[4], {"AttributeKey": "ResourceName", "AttributeValue": name}
        request: dict[str, Any] = {"LookupAttributes": [attribute], "MaxResults": PAGE_EVENTS}
        if token:
            request["NextToken"] = token
        if not self._is_needed:
            return self._page_if_alive(account, request)
        for rest in (*RESTS_SECONDS, None):
            seen, page = self._looked_up(account, request)
            if seen.trouble is not Trouble.THROTTLED or rest is None:
                break
            self._limiter.sleep(rest)
        return seen, page

    def _page_if_alive(self, account: str, request: Mapping[str, Any]) -> tuple[Observation, Any]:
        trail = self._limiter.trail(account, self._region)
        with trail.lock:
            if trail.why_dead:
                return Observation.skipped(f"not asked again: {trail.why_dead}"), None
            seen, page = self._looked_up(account, request)
            if seen.trouble is not None and seen.trouble.may_last:
                trail.why_dead = seen.reason
            return seen, page

    def _looked_up(self, account: str, request: Mapping[str, Any]) -> tuple[Observation, Any]:
        self._limiter.wait(account, self._region)
        return observe(lambda: self._client.lookup_events(**request), is_sound=_is_page)


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
