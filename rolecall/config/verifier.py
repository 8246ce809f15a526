"""The verifier: one role of the customer's own in every trust, and what it must not be mixed up with."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import chain

from rolecall.config import schema
from rolecall.config.files import WrittenEstate
from rolecall.config.source import PathInFile, SourceFile
from rolecall.config.values import PENDING
from rolecall.model.external_ids import masked
from rolecall.model.finding import Finding, Severity
from rolecall.model.grant import Grant
from rolecall.model.identifiers import Arn
from rolecall.model.invalid import four_parts
from rolecall.model.trust import ParameterReference, Verifier
from rolecall.policy.guessable import why_guessable, words_of
from rolecall.policy.principal import account_of

_PRINCIPAL: PathInFile = ("verifier", "principal")
_ID: PathInFile = ("verifier", "external_id")


def verifier_of(written: WrittenEstate, grants: Collection[Grant]) -> Verifier | None:
    """The verifier; None where there is none, or one that could be taken for a vendor, which has then been noted."""
    entry = written.estate.verifier if written.estate else None
    if entry is None:
        return None
    verifier = Verifier(entry.principal, entry.external_id)
    found = [
        *_that_can_be_guessed(verifier, written.source, grants),
        *_of_the_estate(verifier, written.source, grants),
        *_of_a_vendor(verifier, written, grants),
        *_of_another_partition(verifier, written.source, grants),
        *_with_a_role_s_id(verifier, written.source, grants),
    ]
    written.source.findings.extend(found)
    return None if found else verifier


def with_verifier(grant: Grant, verifier: Verifier) -> Grant:
    """The grant with the verifier in its trust; a pending trust lets nobody in, and stays as it is."""
    return grant if grant.trust.pending else replace(grant, trust=replace(grant.trust, verifier=verifier))


def _of_a_vendor(verifier: Verifier, written: WrittenEstate, grants: Collection[Grant]) -> Iterator[Finding]:
    """RC106: a role in an account that vendors call from would be one more way in for them."""
    account = Arn.parse(verifier.principal).account
    using = (grant.vendor for grant in grants if account in map(account_of, grant.trust.principals))
    known = (name for name, vendor in written.vendors.items() if account in _accounts(vendor))
    vendor = next(chain(using, known), None)
    if vendor is not None:
        what = f"principal of the verifier is in an account of the vendor {vendor}"
        change = "name the role that your own pipeline runs as"
        message = four_parts(what, verifier.principal, "a role of an account of your own", change)
        yield _error("RC106", "FM6", written.source, _PRINCIPAL, message)


def _accounts(vendor: schema.Vendor) -> set[str]:
    """The accounts of a vendor's principals, which are written as ARNs or as the accounts themselves."""
    published = vendor.principals if vendor.principals != PENDING else []
    lists = published.values() if isinstance(published, dict) else [published]
    return {account_of(value) or value for values in lists for value in values}


def _of_another_partition(verifier: Verifier, source: SourceFile, grants: Collection[Grant]) -> Iterator[Finding]:
    """RC106: no principal can call a role of another partition, and IAM refuses it in its trust."""
    partition = Arn.parse(verifier.principal).partition
    other = next((grant for grant in grants if grant.partition != partition), None)
    if other is not None:
        what = f"principal of the verifier is of another partition than {other.address} ({other.location})"
        change = "name a role there; roles of several partitions need an estate each"
        message = four_parts(what, verifier.principal, other.partition, change)
        yield _error("RC106", "FM6", source, _PRINCIPAL, message)


def _with_a_role_s_id(verifier: Verifier, source: SourceFile, grants: Collection[Grant]) -> Iterator[Finding]:
    """RC108: an ID that a vendor sends proves nothing when the verifier sends it, and is known in one place more."""
    sharing = [grant for grant in grants if _opens(grant, verifier.external_id)]
    if sharing:
        first, more = sharing[0], f" and {len(sharing) - 1} more" if sharing[1:] else ""
        what = f"external ID of the verifier also opens {first.address} ({first.id_location or first.location}){more}"
        message = four_parts(what, "the same ID", "one that no vendor sends", "write a UUID4")
        yield _error("RC108", "FM8", source, _ID, message)


def _opens(grant: Grant, external_id: str | ParameterReference) -> bool:
    """Whether a role's vendor may send this ID, as one of its own or as one that fits a pattern."""
    patterns = grant.trust.patterns if isinstance(external_id, str) else ()
    return external_id in grant.trust.external_ids or any(pattern.lets_in(str(external_id)) for pattern in patterns)


def _of_the_estate(verifier: Verifier, source: SourceFile, grants: Collection[Grant]) -> Iterator[Finding]:
    """RC106: a vendor's session could go on to every other vendor's role. Role names are unique, letter case aside."""
    own = Arn.parse(verifier.principal)
    name = own.resource.rpartition("/")[2].lower()
    role = next((g for g in grants if (g.account, g.role_name.lower()) == (own.account, name)), None)
    if role is not None:
        what = f"principal of the verifier is the role of {role.address} ({role.location}), which a vendor assumes"
        allowed, change = "a role that no vendor assumes", "name the role that your own pipeline runs as"
        yield _error("RC106", "FM6", source, _PRINCIPAL, four_parts(what, verifier.principal, allowed, change))


def _that_can_be_guessed(verifier: Verifier, source: SourceFile, grants: Collection[Grant]) -> Iterator[Finding]:
    """RC107 where the ID can be guessed, by the measure of IDs chosen for vendors; RC116 where a parameter has it."""
    value = verifier.external_id
    if isinstance(value, ParameterReference):
        message = f"the verifier: the value of {value.path}:{value.version} is not known here"
        source.findings.append(Finding("RC116", Severity.INFO, source.location(_ID), message))
    elif why := why_guessable(value, set(_known_to_others(verifier, grants))):
        what = f"external ID of the verifier can be guessed: {why}"
        allowed = "random text that nobody else has, such as a UUID4"
        message = four_parts(what, masked(value), allowed, "write a UUID4")
        yield _error("RC107", "FM7", source, _ID, message)


def _known_to_others(verifier: Verifier, grants: Collection[Grant]) -> Iterator[str]:
    """What an outsider tries first: the names and accounts of every role, and those of the verifier's own."""
    role = Arn.parse(verifier.principal)
    names = {role.account, role.resource.rpartition("/")[2]}
    for grant in grants:
        names |= {grant.estate, grant.workspace, grant.project, grant.vendor, grant.role_name, grant.account}
        names.update(filter(None, map(account_of, grant.trust.principals)))
    return words_of(*names)


def _error(rule: str, mode: str, source: SourceFile, path: PathInFile, message: str) -> Finding:
    return Finding(rule, Severity.ERROR, source.location(path), message, (mode,))
