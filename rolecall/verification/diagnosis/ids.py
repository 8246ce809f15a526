"""What is wrong with an external ID that a live trust asks for: whose it is, or what happened to the right one."""

from itertools import takewhile

from rolecall.model import external_ids
from rolecall.model.invalid import InvalidValueError
from rolecall.model.stray_signs import stray_sign, without_stray_signs
from rolecall.policy.guard import guard_of
from rolecall.policy.principal import account_of, principals_of
from rolecall.verification.diagnosis.party import Party, Spot, parties

# Two IDs of which no more characters than these differ, in one place, are one with a typing error.
_MAX_TYPED_WRONG = 2
# What is left of an ID, or an ID within other text, tells nothing where it is shorter.
_MIN_PART = 4


def id_text(live: str, spot: Spot) -> str | None:
    """In words what is wrong with it and what to do; None for one that belongs there."""
    right = spot.party.external_ids
    if live in right:
        return None
    accounts = {account_of(each) for each in (*principals_of(spot.statement), *spot.party.principals)}
    if live in accounts or (len(live) == 12 and live.isdigit()):
        return wrong_way_round(spot)
    what = _known(live, spot)
    if spot.is_extra or set(right) & (guard_of(spot.statement).exact or set()):
        what = what or f"another external ID ({spot.party.shown(live)})"
        return f"{spot.party.where} asks for {what} besides the right one: {spot.cure('', is_beside=True)}"
    what = what or _unknown(live, spot.party)
    return f"{spot.party.where} asks for {what}: {spot.cure(spot.party.right_id)}"


def wrong_way_round(spot: Spot) -> str:
    """Account and external ID have each other's place."""
    return (
        f"account and external ID are swapped in {spot.party.where}: the principal has to be"
        f" {spot.party.principals[0]}, and the external ID {spot.party.right_id}"
    )


def altered(live: str, right: str) -> str | None:
    """What happened to the right ID, in words; None where it is nothing like it."""
    how = _as_pasted(live, right)
    return _of_right(how) if how else _as_typed(live, right)


def _of_right(how: str) -> str:
    return f"the right external ID {how}, and IAM compares exactly"


def _known(live: str, spot: Spot) -> str | None:
    """Whose it is, or what happened to the right one; what is another's is no typing error, however little differs."""
    right = spot.party.external_ids
    pasted = next((altered(live, each) for each in right if _as_pasted(live, each)), None)
    typed = next(filter(None, (_as_typed(live, each) for each in right)), None)
    part = next((_of_right(how) for each in right if (how := _as_part(live, each))), None)
    return pasted or _owners(live, spot) or _of_scope(live, spot.party) or typed or part


def _as_pasted(live: str, right: str) -> str | None:
    """What came along when the right ID was copied, or was lost."""
    stray = stray_sign(live)
    if stray and without_stray_signs(live) == right:
        return f"with {stray}"
    return "in other letter case" if live.lower() == right.lower() else None


def _as_part(live: str, right: str) -> str | None:
    """What is left of the right ID, or what came to stand around it."""
    if min(len(live), len(right)) < _MIN_PART:
        return None
    if live.lower() == right.lower().replace("-", ""):
        return "without its hyphens"
    if right.startswith(live):
        return f"cut off after character {len(live)}"
    if right.endswith(live):
        return f"without its first {len(right) - len(live)} characters"
    before, found, after = live.partition(right)
    if not found:
        return None
    return f"with other text {' and '.join(filter(None, [before and 'before', after and 'behind']))} it"


def _as_typed(live: str, right: str) -> str | None:
    """The right ID with one typing error, and where."""
    start = _common(live, right)
    end = _common(live[start:][::-1], right[start:][::-1])
    differing = max(len(live), len(right)) - start - end
    if differing > _MAX_TYPED_WRONG or len(right) <= 2 * _MAX_TYPED_WRONG:
        return None
    size = len(live) - len(right)
    what = f"{size} too many" if size > 0 else f"{-size} missing" if size < 0 else "another one"
    return f"the right external ID with a typing error (character {start + 1}: {what})"


def _common(one: str, other: str) -> int:
    """How many characters are the same at the beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _owners(live: str, spot: Spot) -> str | None:
    """An ID of the other party, or of another role by its address."""
    for other in parties(spot.case):
        if other.name != spot.party.name and any(live == each or altered(live, each) for each in other.external_ids):
            return f"{other.name}'s external ID"
    others = (address for address, ids in spot.case.ids.items() if live in ids and address != spot.case.grant.address)
    return next((f"the external ID of {whose}" for whose in others), None)


def _of_scope(live: str, party: Party) -> str | None:
    """An ID of the same workspace, for the other setting of the vendor's switch."""
    right = party.external_ids
    if any(each.startswith(f"{live}_") for each in right):
        return f"the workspace-wide external ID {party.shown(live)}, and the vendor's External ID scope is the project"
    if any(live.startswith(f"{each}_") for each in right):
        return f"one project's external ID {party.shown(live)}, and the vendor's External ID scope is the workspace"
    return None


def _unknown(live: str, party: Party) -> str:
    try:
        external_ids.external_id(live)
    except InvalidValueError as error:
        if "placeholder" in error.what:
            return f"a placeholder that nobody filled in ({party.shown(live)})"
        return f"an external ID with {stray_sign(live) or 'a sign that STS does not take'}, which nobody can send"
    return f"another external ID ({party.shown(live)}), perhaps that of before a rotation"
