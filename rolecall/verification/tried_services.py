"""Which calls to AWS services are tried for a grant: what it was granted, what lies beside that, and elsewhere.

They are read off the compiled statements, so that what is tried is what the role gets.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from rolecall.model.grant import Grant, Permissions
from rolecall.model.identifiers import partition_of
from rolecall.model.services import S3Access
from rolecall.policy.case_blind import as_written
from rolecall.policy.compile import Home, permission_document
from rolecall.policy.pattern import has_wildcard, matches
from rolecall.policy.permissions import Atom, atoms
from rolecall.runtime.expectation import ServiceCall
from rolecall.runtime.service_calls import harmless
from rolecall.verification.services_beside import STAND_IN_OBJECT, beside
from rolecall.verification.tried_secrets import REGIONS, Place

MAX_RESOURCES = 5
"""At most so many resources of a service are tried for a role."""
_LIST_BUCKET, _READ_OBJECT = "s3:ListBucket", "s3:GetObject"
# Services that refuse before they look, so that what is not there can be asked for too. SQS says the same of both, and
# the name of a bucket may be anybody's. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html,
# https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html,
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html, read 2026-11-22.
_REFUSE_FIRST = ("lambda", "sns", "logs")
# Where keys hold nothing but what other grants need: SQS's and S3's use of KMS is asked of no role by itself.
_OF_KEYS = "kms"


@dataclass(frozen=True)
class ServiceStand:
    """A call to try, and where it stands, seen from a grant.

    Args:
        is_known: whether it can be asked on AWS: what the estate names, or what is refused whether or not it is there.
    """

    call: ServiceCall
    place: Place
    is_known: bool


class PermittedCalls:
    """What a role may do with services according to the estate, its own statements included."""

    def __init__(self, grant: Grant) -> None:
        self.grant = grant

    @cached_property
    def granted(self) -> list[Atom]:
        """What is granted of services alone, in an order that does not change."""
        return sorted(_allowed(replace(self.grant, permissions=_of_services(self.grant))))

    @cached_property
    def _everything(self) -> list[Atom]:
        return _allowed(self.grant)

    def may(self, call: ServiceCall) -> bool:
        """Whether it may make a call, as far as can be told: conditions on anything but a prefix may be met."""
        action = call.action.lower()
        return any(
            matches(atom.action, action)
            and any(matches(atom.resource, arn) for arn in _arns(call))
            and _may_hold(atom, call)
            for atom in self._everything
        )


def service_stands(grant: Grant) -> list[ServiceStand]:
    """All calls that are tried for one grant where everything is there to be called: inside, beside, elsewhere."""
    permitted = PermittedCalls(grant)
    calls = inside(permitted)
    found = [ServiceStand(call, Place.INSIDE, is_known(call)) for call in calls]
    for call in calls:
        others = (each for each in beside(call) if not permitted.may(each))
        found += [ServiceStand(each, Place.BESIDE, _is_known_beside(each, call)) for each in others]
    for call in _elsewhere(permitted, calls):
        found.append(ServiceStand(call, Place.ELSEWHERE, _service(call) in _REFUSE_FIRST))
    return list(dict.fromkeys(found))


def is_known(call: ServiceCall) -> bool:
    """Whether what was granted can be called on AWS: which objects there are, no vendor can ask."""
    return call.action != _READ_OBJECT


def _is_known_beside(call: ServiceCall, granted: ServiceCall) -> bool:
    """Another prefix of the same bucket, or what is refused before anybody looks for it."""
    return _service(call) in _REFUSE_FIRST or (call.resource == granted.resource and is_known(call))


def inside(permitted: PermittedCalls) -> list[ServiceCall]:
    """Every harmless call that was granted, of a few resources of each service, and of a few prefixes of them all."""
    found: dict[ServiceCall, None] = {}
    names: dict[str, set[str]] = {}
    count: dict[str, int] = {}
    for atom in permitted.granted:
        call = _granted(atom, permitted.grant.region)
        if call is None or harmless(call.action) is None:
            continue
        of_service = names.setdefault(_service(call), set())
        is_room = call.resource in of_service or len(of_service) < MAX_RESOURCES
        if call not in found and is_room and count.get(call.action, 0) < MAX_RESOURCES:
            of_service.add(call.resource)
            count[call.action] = count.get(call.action, 0) + 1
            found[call] = None
    return list(found)


def granted_calls(permitted: PermittedCalls) -> list[ServiceCall]:
    """Everything that was granted on one resource, whatever comes of such a call."""
    found = (_granted(atom, permitted.grant.region) for atom in permitted.granted)
    return [call for call in found if call and call.resource != "*"]


def uncalled(permitted: PermittedCalls, *, stand_ins: bool) -> tuple[str, ...]:
    """In words, granted resources on which no call was granted that does nothing."""
    granted = [_granted(atom, permitted.grant.region, any_name=True) for atom in permitted.granted]
    named = [call for call in granted if call and call.resource != "*"]
    callable_ = {
        (_service(call), call.name) for call in named if harmless(call.action) and (stand_ins or is_known(call))
    }
    left = (call for call in named if (_service(call), call.name) not in callable_)
    return tuple(dict.fromkeys(f"{_service(call)} {call.name} in {call.region}" for call in left))[:MAX_RESOURCES]


def _of_services(grant: Grant) -> Permissions:
    return replace(grant.permissions, secrets=(), statements=(), statement_locations=())


def _allowed(grant: Grant) -> list[Atom]:
    home = Home(grant.partition, grant.account, grant.region)
    document = permission_document(grant.permissions, home)
    return [atom for atom in atoms([document] if document else []) if atom.effect == "Allow"]


def _service(call: ServiceCall) -> str:
    return call.action.partition(":")[0]


def _granted(atom: Atom, role_region: str, *, any_name: bool = False) -> ServiceCall | None:
    """The call that an atom allows; None where it names no one resource.

    Args:
        any_name: whether a pattern of names will do, to tell of it.
    """
    action, resource, key = as_written(atom.action), atom.resource, ""
    if action.startswith(f"{_OF_KEYS}:"):
        return None
    if resource == "*":
        return ServiceCall(action, resource, role_region)
    _, _, service, region, _, name = resource.split(":", 5)
    if service == "logs":
        resource = resource.removesuffix(":*").removesuffix(":log-stream:*").removesuffix(":log-stream")
    if service == "s3" and "/" in name:
        resource, _, beginning = resource.partition("/")
        key = f"{beginning.removesuffix('*')}{STAND_IN_OBJECT}"
    elif action == _LIST_BUCKET:
        key = _first_prefix(atom)
    if has_wildcard(action) or (has_wildcard(f"{resource}{key}") and not any_name):
        return None
    return ServiceCall(action, resource, region or role_region, key)


def _first_prefix(atom: Atom) -> str:
    """The prefix below which the role may list; nothing where it may list everything."""
    values = [value for _, name, values in atom.condition if name == S3Access.prefix_key for value in values]
    return next((value.rstrip("*") for value in values if value.rstrip("*")), "")


def _arns(call: ServiceCall) -> tuple[str, ...]:
    """What IAM compares with a Resource: an object's ARN; of a log group, what is in it, and it itself."""
    if call.action == _READ_OBJECT and call.key:
        return (f"{call.resource}/{call.key}",)
    return (call.resource, f"{call.resource}:log-stream:") if _service(call) == "logs" else (call.resource,)


def _may_hold(atom: Atom, call: ServiceCall) -> bool:
    if call.action != _LIST_BUCKET:
        return True
    asked = [(operator, values) for operator, name, values in atom.condition if name == S3Access.prefix_key]
    return all(
        operator not in ("stringlike", "stringequals")
        or any(matches(value, call.key) if operator == "stringlike" else value == call.key for value in values)
        for operator, values in asked
    )


def _elsewhere(permitted: PermittedCalls, calls: Sequence[ServiceCall]) -> Iterator[ServiceCall]:
    """The first call of each service, in the first region of the partition where the role may not make it."""
    first = {_service(call): call for call in reversed(calls) if call.resource != "*" and _service(call) != "s3"}
    for call in first.values():
        parts = call.resource.split(":", 5)
        near = (region for region in REGIONS if partition_of(region) == parts[1])
        there = (replace(call, region=each, resource=":".join([*parts[:3], each, *parts[4:]])) for each in near)
        yield from [each for each in there if not permitted.may(each)][:1]
