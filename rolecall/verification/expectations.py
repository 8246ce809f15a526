"""From a grant to what a caller should find: right and wrong external IDs, secrets to read and to be refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from rolecall.model.grant import Grant
from rolecall.model.trust import ParameterReference
from rolecall.runtime.expectation import RoleExpectation, SecretToRead, ServiceCall
from rolecall.runtime.wrong_ids import Neighbours, example_of, wrong_ids
from rolecall.verification.named_secrets import NamedSecrets, named, unnamed
from rolecall.verification.named_services import NamedServices
from rolecall.verification.services_beside import is_makeable
from rolecall.verification.tried_secrets import Permitted, Place, elsewhere, stands, to_read
from rolecall.verification.tried_services import PermittedCalls, service_stands, uncalled
from rolecall.verification.writable_prefixes import writable_prefixes

# At most so many secrets of a role are tried.
MAX_SECRETS = 5
MAX_NEIGHBOURS = 2
"""So many secrets of neighbours are tried beside the stand-ins."""
_NO_PARAMETERS: Mapping[str, str] = MappingProxyType({})


def expectation(
    grant: Grant,
    ids: Mapping[str, tuple[str, ...]],
    neighbours: Neighbours,
    *,
    secrets: bool,
    existing: NamedSecrets | None = None,
    stand_ins: bool = False,
    writes: bool = False,
    verifier_ids: Mapping[str, str] = _NO_PARAMETERS,
    services: NamedServices | None = None,
) -> RoleExpectation:
    """Everything to be asked about one role.

    Args:
        ids: the external IDs of each role by its address, with parameters read.
        neighbours: the external IDs that the role's vendor sends in the estate.
        secrets: whether secrets are tried, and services with them.
        existing: the estate's own secrets. Default: none, and stand-ins are tried.
        stand_ins: whether stand-ins are tried although secrets are given, of which the neighbours' still are.
        writes: whether secrets are made below writable prefixes.
        verifier_ids: the verifier's external ID by a role's address, for those that a parameter keeps; a role that is
            missing here is not asked as the verifier.
        services: what the estate's roles were granted of services. Default: no neighbour's is tried.
    """
    right = sendable(grant, ids[grant.address]) if not grant.trust.pending else ()
    patterns = tuple(pattern.value for pattern in grant.trust.patterns) if not grant.trust.pending else ()
    tried = _Tried() if not secrets else _existing(grant, existing) if existing and not stand_ins else _stand_ins(grant)
    if secrets and stand_ins and existing:
        tried = replace(tried, beside=(*existing.beside(Permitted(grant), MAX_NEIGHBOURS), *tried.beside))
    calls = _calls(grant, services, stand_ins=stand_ins) if secrets and grant.permissions.services else _Calls()
    return RoleExpectation(
        workspace=grant.workspace,
        project=grant.project,
        role_arn=grant.role_arn,
        region=grant.region,
        external_ids=right,
        wrong_ids=(
            *wrong_ids(tuple(each for each in right if each not in examples(grant)), patterns),
            *neighbours.beside(grant.address, right, patterns),
        ),
        verifier_id=_verifier_id(grant, verifier_ids),
        session_seconds=grant.session_seconds,
        max_session_seconds=grant.max_session_seconds,
        readable=tried.inside[:MAX_SECRETS],
        unreadable=tried.beside[:MAX_SECRETS],
        elsewhere=tried.elsewhere,
        unnamed=tried.unnamed[:MAX_SECRETS],
        writable=tuple(writable_prefixes(grant))[:MAX_SECRETS] if writes else (),
        patterns=patterns,
        trusts_itself=grant.trust.itself is not None and not grant.trust.pending,
        callable=calls.inside,
        uncallable=calls.outside,
        uncalled=calls.uncalled,
        unmade=calls.unmade,
    )


def examples(grant: Grant) -> dict[str, str]:
    """By an ID that fits it, each pattern of a role's external IDs."""
    return {example_of(pattern.value): pattern.value for pattern in grant.trust.patterns}


def sendable(grant: Grant, ids: tuple[str, ...]) -> tuple[str, ...]:
    """External IDs as somebody can send them: for a pattern one that fits it."""
    by_pattern = {pattern: example for example, pattern in examples(grant).items()}
    return tuple(by_pattern.get(external_id, external_id) for external_id in ids)


@dataclass(frozen=True)
class _Calls:
    inside: tuple[ServiceCall, ...] = ()
    outside: tuple[ServiceCall, ...] = ()
    uncalled: tuple[str, ...] = ()
    unmade: tuple[str, ...] = ()


def _calls(grant: Grant, of_estate: NamedServices | None, *, stand_ins: bool) -> _Calls:
    """What is tried of services: what is known to be there, or everything where stand-ins are."""
    permitted, found = PermittedCalls(grant), [each for each in service_stands(grant) if stand_ins or each.is_known]
    granted = tuple(each.call for each in found if each.place is Place.INSIDE)
    inside = tuple(call for call in granted if is_makeable(call) or not stand_ins)
    unmade = tuple(dict.fromkeys(call.where for call in granted if call not in inside))
    beside = of_estate.beside(permitted, MAX_NEIGHBOURS) if of_estate else ()
    outside = dict.fromkeys([*beside, *(each.call for each in found if each.place is not Place.INSIDE)])
    return _Calls(inside, tuple(outside), uncalled(permitted, stand_ins=stand_ins), unmade)


@dataclass(frozen=True)
class _Tried:
    inside: tuple[SecretToRead, ...] = ()
    beside: tuple[SecretToRead, ...] = ()
    elsewhere: tuple[SecretToRead, ...] = ()
    unnamed: tuple[str, ...] = ()


def _stand_ins(grant: Grant) -> _Tried:
    permitted, found = Permitted(grant), list(stands(grant))
    inside, beside, elsewhere_ = (
        tuple(to_read(permitted, stand) for stand in found if stand.place is place) for place in Place
    )
    return _Tried(inside, beside, elsewhere_)


def _existing(grant: Grant, of_estate: NamedSecrets) -> _Tried:
    permitted, known = Permitted(grant), named(grant)
    return _Tried(
        inside=tuple(to_read(permitted, stand) for stand in known),
        beside=of_estate.beside(permitted, MAX_SECRETS),
        elsewhere=tuple(to_read(permitted, stand) for stand in elsewhere(permitted, known)),
        unnamed=unnamed(grant),
    )


def _verifier_id(grant: Grant, from_parameters: Mapping[str, str]) -> str | None:
    verifier = grant.trust.verifier
    if verifier is None or grant.trust.pending:
        return None
    written = verifier.external_id
    return from_parameters.get(grant.address) if isinstance(written, ParameterReference) else written


def neighbours_by_vendor(grants: Sequence[Grant], ids: Mapping[str, tuple[str, ...]]) -> dict[str, Neighbours]:
    """The external IDs of an estate by the vendor that sends them."""
    pairs: dict[str, list[tuple[str, str]]] = {}
    for grant in grants:
        pairs.setdefault(grant.vendor, []).extend(
            (value, grant.address) for value in sendable(grant, ids[grant.address])
        )
    return {vendor: Neighbours.of(found) for vendor, found in pairs.items()}
