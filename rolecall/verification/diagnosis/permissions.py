"""What is wrong with what a live role may do: the policy that gives too much, that denies, or that is gone."""

from collections.abc import Iterator

from rolecall.model.naming import policy_name
from rolecall.policy.case_blind import as_written
from rolecall.policy.compile import Home, permission_document
from rolecall.policy.pattern import covers, overlaps
from rolecall.policy.permissions import Atom, atoms, beyond
from rolecall.runtime.diagnosis.cause import Cause
from rolecall.runtime.verdict import Verdict
from rolecall.verification.diagnosis.case import Case, seen
from rolecall.verification.diagnosis.grantable import may_be_granted
from rolecall.verification.diagnosis.keys import key_text, stands_for_key
from rolecall.verification.diagnosis.resources import resource_text, width_text

_MANAGED_EVENTS = "CreatePolicyVersion, SetDefaultPolicyVersion"


def permission_causes(case: Case) -> Iterator[Cause]:
    """What gives too much, then what keeps from using what was granted, then what is not there."""
    home = Home(case.grant.partition, case.grant.account, case.grant.region)
    document = permission_document(case.grant.permissions, home)
    ours = atoms([document] if document else [])
    theirs = {name: atoms([policy]) for name, policy in case.live.policies.items()}
    everything = frozenset[Atom]().union(*theirs.values())
    lost = sorted(beyond(ours, everything))
    for name, live in theirs.items():
        yield from _of_policy(name, sorted(beyond(live, ours), key=_reading_first), ours, lost, case)
    # What is as it should be stands for nothing else, nor does what stands in one part of a divided policy.
    strange = frozenset(live for live in everything - ours if not any(live.is_part_of(own) for own in ours))
    yield from _of_lost(lost, strange, case)


def _reading_first(atom: Atom) -> tuple[bool, Atom]:
    """An order in which what every vendor needs is told before the actions beside it."""
    return "getsecretvalue" not in atom.action, atom


def _of_policy(name: str, came: list[Atom], ours: frozenset[Atom], lost: list[Atom], case: Case) -> Iterator[Cause]:
    """One policy of the live role, and what in it the estate does not have."""
    allowed = [atom for atom in came if atom.effect == "Allow" and not any(_stands_for(atom, one) for one in lost)]
    denied = [atom for atom in came if atom.effect == "Deny" and any(_keeps_from(atom, own) for own in ours)]
    where, then = _where(name, case)
    if denied:
        text = f"{where} denies {_said(denied[0])}, and a Deny wins over every Allow: {_away(name, case)}"
        yield seen(text, Verdict.UNDERPOWERED, then=then)
    if allowed:
        more = f" and {len(allowed) - 1} more" if len(allowed) > 1 else ""
        wide = next(filter(None, (width_text(allowed[0].resource, own.resource) for own in ours)), "")
        text = f"{where} allows {_said(allowed[0])}{more}{wide}, beyond what the estate grants: {_away(name, case)}"
        yield seen(text + _or_grant(name, allowed, case), Verdict.OVERREACHING, then=then)


def _said(atom: Atom) -> str:
    return f"{as_written(atom.action)} on {atom.resource}"


def _stands_for(live: Atom, lost: Atom) -> bool:
    """Whether it was meant to be the lost one, with something wrong about its resource or a key's condition."""
    is_of_secret = overlaps(live.action, lost.action) and resource_text(live.resource, lost.resource) is not None
    return is_of_secret or stands_for_key(live, lost)


def _keeps_from(denied: Atom, own: Atom) -> bool:
    return own.effect == "Allow" and denied.touches(own)


def _is_own(name: str, case: Case) -> bool:
    """Whether it is the policy that the estate compiles to, or a part of it."""
    own = f"arn:{case.grant.partition}:iam::{case.grant.account}:policy{case.grant.role_path}"
    named = name.removeprefix(own)
    return named != name and (named + "+").startswith(policy_name(case.grant.role_name) + "+")


def _where(name: str, case: Case) -> tuple[str, str]:
    """A policy in words, and how it came to what it is."""
    if not name.startswith("arn:"):
        return f"the inline policy {name}", case.trail("PutRolePolicy tells who put it there")
    if _is_own(name, case):
        return f"the role's managed policy {name.rpartition('/')[2]}", case.undo(_MANAGED_EVENTS)
    kind = "AWS's managed policy" if ":iam::aws:policy/" in name else "the managed policy"
    return f"{kind} {name.rpartition('/')[2]}", case.trail("AttachRolePolicy tells who attached it")


def _away(name: str, case: Case) -> str:
    """The command that takes it away; of the role's own policy, what to do with it."""
    role = case.grant.role_name
    if not name.startswith("arn:"):
        return f"`aws iam delete-role-policy --role-name {role} --policy-name {name}`"
    if _is_own(name, case):
        return "make its earlier version the default again"
    return f"`aws iam detach-role-policy --role-name {role} --policy-arn {name}`"


def _or_grant(name: str, allowed: list[Atom], case: Case) -> str:
    is_fit = not _is_own(name, case) and all(map(may_be_granted, allowed))
    return ", or grant it in the estate" if is_fit else ""


def _of_lost(lost: list[Atom], live: frozenset[Atom], case: Case) -> Iterator[Cause]:
    """What the estate grants and the role may not do: why not, as far as another statement shows it."""
    missed = _missed(lost, live)
    for first, *others in missed.values():
        more = f" (and {len(others)} more)" if others else ""
        explains = (Verdict.UNDERPOWERED, Verdict.OVERREACHING)
        yield seen(first + more, *explains, then=case.undo(_MANAGED_EVENTS))
    is_told = bool(missed)
    for atom in sorted(lost, key=_reading_first):
        if atom.effect == "Deny":
            text = f"the Deny of {as_written(atom.action)} is in no policy of the role: put it there"
            yield seen(text, Verdict.OVERREACHING, then=case.undo(_MANAGED_EVENTS))
        elif atom.action.startswith("kms:"):
            yield _of_key(atom, live, case)
        elif not is_told:
            yield _of_absent(atom, case)
            is_told = True


def _missed(lost: list[Atom], live: frozenset[Atom]) -> dict[str, list[str]]:
    """What another statement was to allow: a sentence for each resource, by how that went wrong."""
    sentences: dict[str, tuple[str, str]] = {}
    for atom in sorted(lost, key=_reading_first):
        near = _near(atom, live) if atom.effect == "Allow" and not atom.action.startswith("kms:") else None
        if near:
            sentences.setdefault(atom.resource, near)
    alike: dict[str, list[str]] = {}
    for how, text in sentences.values():
        alike.setdefault(how, []).append(text)
    return alike


def _near(lost: Atom, live: frozenset[Atom]) -> tuple[str, str] | None:
    """The statement that was to allow it: how its resource or its condition went wrong, and that in a sentence."""
    for atom in sorted(live):
        if atom.effect != "Allow" or not overlaps(atom.action, lost.action):
            continue
        if covers(atom.action, lost.action) and covers(atom.resource, lost.resource):
            keys = ", ".join(as_written(key) for _, key, _ in atom.condition if key)
            only = f"only under a condition that the estate does not have ({keys})"
            return only, f"the role's policies allow {_said(lost)} {only}: take that away"
        if how := resource_text(atom.resource, lost.resource):
            action = as_written(lost.action)
            return how, f"the role's policies allow {action} on {atom.resource}, {how}: write {lost.resource}"
    return None


def _of_key(lost: Atom, live: frozenset[Atom], case: Case) -> Cause:
    """https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html, read 2026-11-22."""
    by_nearness = sorted(live, key=lambda atom: (not covers(atom.resource, lost.resource), atom))
    near = next(filter(None, (key_text(atom, lost) for atom in by_nearness)), None)
    what = f"no policy of the role allows {as_written(lost.action)} on the KMS key {lost.resource}"
    missing = f"the key grant is missing: {what}; put the statement there"
    explains = (Verdict.UNDERPOWERED, Verdict.OVERREACHING) if near else (Verdict.UNDERPOWERED,)
    return seen(near or missing, *explains, then=case.undo(_MANAGED_EVENTS))


def _of_absent(lost: Atom, case: Case) -> Cause:
    grant = case.grant
    if any(_is_own(name, case) for name in case.live.policies):
        text = f"the role's managed policy does not allow {_said(lost)}: put that there"
        return seen(text, Verdict.UNDERPOWERED, then=case.undo(_MANAGED_EVENTS))
    arn = f"arn:{grant.partition}:iam::{grant.account}:policy{grant.role_path}{policy_name(grant.role_name)}"
    text = (
        f"the role's managed policy {policy_name(grant.role_name)} is not attached, so that it may not"
        f" {as_written(lost.action)}: `aws iam attach-role-policy --role-name {grant.role_name} --policy-arn {arn}`"
    )
    return seen(text, Verdict.UNDERPOWERED, then=case.instead("DetachRolePolicy"))
