"""What is wrong with a principal of a live trust: deleted, exchanged, or another than it should be."""

import re

from rolecall.policy.document import statements
from rolecall.policy.principal import EVERYBODY, Kind, account_of, is_no_aws_principal, kind_of, principals_of
from rolecall.verification.diagnosis.ids import altered, wrong_way_round
from rolecall.verification.diagnosis.party import Spot, parties

_NAMED = re.compile(r"arn:aws[a-z-]*:(?:iam|sts)::[0-9]{12}:(user|role|assumed-role)/(.+)")


def principal_text(principal: str, spot: Spot) -> str | None:
    """In words what is wrong with it and what to do; None for one that belongs there."""
    right = spot.party.principals
    if principal in right:
        return None
    if spot.is_extra or set(right) <= set(principals_of(spot.statement)):
        cure = spot.cure("", is_beside=True)
        return f"{spot.party.where} names {_named(principal, spot)}, besides {spot.party.name}'s: {cure}"
    if kind_of(principal) is Kind.DELETED:
        return _deleted(principal, spot)
    if principal == EVERYBODY:
        return f'{spot.party.where} names everybody ("*") as its principal: name {right[0]} again'
    if is_no_aws_principal(principal):
        cure = "take that statement away" if is_named_elsewhere(spot) else spot.cure(right[0])
        return f"{spot.party.where} lets in {principal}, which is not {spot.party.name}'s: {cure}"
    return _exchanged(principal, spot) or _other(principal, account_of(principal) or principal, spot)


def is_named_elsewhere(spot: Spot) -> bool:
    """Whether another statement names the right principal, whatever else is wrong with it."""
    others = [each for each in statements(spot.case.live.trust) if each is not spot.statement]
    return any(set(spot.party.principals) & set(principals_of(each)) for each in others if each.get("Effect") != "Deny")


def _named(principal: str, spot: Spot) -> str:
    """A principal with what it is, as far as that is known."""
    if kind_of(principal) is Kind.DELETED:
        return f"{principal}, a {_user_or_role(principal)} that was deleted"
    if principal == EVERYBODY:
        return 'everybody ("*")'
    if whose := _owner(principal, spot):
        return f"{principal}, {whose}'s principal"
    own = ", your own account" if account_of(principal) == spot.case.grant.account else ""
    return f"{_shown(principal, spot)}{own}"


def _owner(principal: str, spot: Spot) -> str | None:
    """Whose it is, the vendor's or the verifier's."""
    return next((party.name for party in parties(spot.case) if principal in party.principals), None)


def _shown(principal: str, spot: Spot) -> str:
    """What is no ARN may be an external ID in the wrong place."""
    return principal if account_of(principal) or is_no_aws_principal(principal) else spot.party.shown(principal)


def _user_or_role(principal: str) -> str:
    return "user" if principal.startswith("AIDA") else "role"


def _deleted(principal: str, spot: Spot) -> str:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html, read 2026-11-22."""
    what, right = _user_or_role(principal), spot.party.principals
    named = [each for each in right if f":{what}/" in each] or list(right)
    return (
        f"{spot.party.where} names {principal}, a {what} that was deleted: if it was made anew, IAM does not take"
        f" the new one for the old. Save the trust with {named[0]} in its place (`aws iam update-assume-role-policy"
        f" --role-name {spot.case.grant.role_name} --policy-document file://trust.json`); a deploy of an unchanged"
        " template does not do it"
    )


def _exchanged(principal: str, spot: Spot) -> str | None:
    """One that is the external ID, or nothing like an account."""
    text = account_of(principal) or principal
    if any(right in {text, principal} or altered(principal, right) for right in spot.party.external_ids):
        return wrong_way_round(spot)
    if kind_of(principal) is Kind.BAD_ACCOUNT:
        return (
            f"{spot.party.where} names {text}, which is no account of 12 digits: {spot.cure(spot.party.principals[0])}"
        )
    return None


def _other(principal: str, account: str, spot: Spot) -> str:
    right, where = spot.party.principals, spot.party.where
    if whose := _owner(principal, spot):
        return f"{where} names {principal}, {whose}'s principal and not {spot.party.name}'s: {spot.cure(right[0])}"
    ours = next((each for each in right if account_of(each) == account), None)
    if text := _of_other_center(principal, spot, is_of_ours=ours is not None):
        return text
    if ours is not None:
        return f"{where} names {_beside_ours(principal, account, ours, spot)}: {spot.cure(ours)}"
    if account == spot.case.grant.account:
        return (
            f"{where} names your own account {account} where {spot.party.name}'s belongs, so that the two accounts are"
            f" swapped: {spot.cure(right[0])}"
        )
    what = f"{_shown(principal, spot)}, of an account that is not {spot.party.name}'s"
    return f"{where} names {what}: {spot.cure(right[0])}"


def _of_other_center(principal: str, spot: Spot, *, is_of_ours: bool) -> str | None:
    """The vendor's, of a data centre that is not the workspace's.

    Args:
        is_of_ours: whether it is of the right account, as data centres may share one; then only the whole ARN tells.
    """
    grant = spot.case.grant
    for written, center in () if spot.party.is_verifier else grant.principals_elsewhere:
        [known] = principals_of({"Principal": {"AWS": written}})
        if principal == known or (not is_of_ours and account_of(principal) == account_of(known) is not None):
            here = f", and this workspace is {grant.data_center}" if grant.data_center else ""
            what = "the vendor's principal" if principal == known else "of the vendor's account"
            cure = spot.cure(spot.party.principals[0])
            return f"{spot.party.where} names {principal}, {what} of data centre {center}{here}: {cure}"
    return None


def _beside_ours(principal: str, account: str, ours: str, spot: Spot) -> str:
    """Another of the right account, and how it misses the right one."""
    partition, right = principal.split(":")[1], ours.split(":")[1]
    if partition != right:
        return f"{principal}, of the partition {partition} and not {right}"
    if principal.endswith(":root"):
        return f"{spot.party.name}'s whole account {account}, not {ours} alone"
    if ours.endswith(":root") and _NAMED.fullmatch(principal):
        return f"{principal} alone, and not {spot.party.name}'s account"
    return f"{principal}, {_how(principal, ours)} {ours}"


def _how(live: str, right: str) -> str:
    """How one user, role or session misses the right one, in words that its ARN follows."""
    if live.lower() == right.lower():
        return "in other letter case than"
    is_one, is_right = _NAMED.fullmatch(live), _NAMED.fullmatch(right)
    kind, what = (found[1] if found else "" for found in (is_one, is_right))
    if is_one and kind == "assumed-role":
        # A session's ARN has the role's name without its path, then the session's own name.
        is_of_ours = what == "role" and is_one[2].partition("/")[0] == right.rpartition("/")[2]
        return "one session alone of" if is_of_ours else "one session of another role than"
    if {kind, what} == {"user", "role"}:
        return f"a {kind} and not the {what}"
    if live.rpartition("/")[2] == right.rpartition("/")[2]:
        return "under another path than"
    return "another user or role than"
