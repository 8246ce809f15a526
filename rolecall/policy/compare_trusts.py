"""Two trusts compared by meaning: which doors the live one opens beyond the compiled one, and which it shut."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from rolecall.policy.case_blind import CaseBlind, as_written
from rolecall.policy.condition import Condition, normalised
from rolecall.policy.document import Document, Statement, as_list, statements
from rolecall.policy.guard import EXTERNAL_ID_KEY, is_misspelt
from rolecall.policy.pattern import covers, has_wildcard, matches
from rolecall.policy.permissions import Change
from rolecall.policy.permissions import in_words as asked_in_words
from rolecall.policy.principal import EVERYBODY, Kind, covers_principal, is_no_aws_principal, kind_of, principals_of
from rolecall.policy.trust import ASSUME_ROLE, Door, doors, is_sendable, reaches

# Operators of a Deny that spares the IDs it names. A request without an ID has none of them, and is denied as well.
_SPARING = re.compile("stringnot(equals|like)(ifexists)?")
_NAMING = ("arnequals", "arnlike", "stringequals", "stringlike")
# One ID is sent: what is asked of any or all values, or only if there is one, is asked of it.
_PLAIN = re.compile("^((forany|forall)values?:)?(string)?|ifexists$")
_BUT_SOME = "everybody but some"
_POSITIVE = ("stringequals", "stringlike", "stringequalsignorecase")
# Effect, principal, action in lower case, condition.
_TrustAtom = tuple[str, str, str, Condition]


def trust_change(compiled: Document, live: Document) -> Change:
    """Which doors the live trust opens beyond the compiled one, and which it no longer opens."""
    ours, theirs = _each_by_principal(doors(compiled)), _for_assume_role(live)
    # A role lets itself in by its account and a condition; for all others a condition more is a narrower door.
    itself = ours - doors(compiled)
    gained = [door for door in _open(live) if not any(_covers(other, door) for other in ours)]
    also = _each_by_principal(theirs)
    shut = [door for door in ours if not any(_covers(other, door) for other in (also if door in itself else theirs))]
    # A Deny without any condition, or one on this very ID alone, stands before a door for good.
    denied = [door for door in ours if door not in shut and any(_shuts(each, door) for each in statements(live))]
    # The same door under one more condition may still open: the calls decide, the comparison names it.
    narrowed = [door for door in shut if any(_covers(replace(other, further=()), door) for other in theirs)]
    lost = [door for door in shut if door not in narrowed] + denied
    # Of two patterns it has to be said which; where none is in order, that it is one says enough.
    in_words = _with_pattern if any(door.patterns for door in ours) else str
    other = [f"asks {in_words(door)} for more than before" for door in narrowed]
    was, now = _atoms(compiled), _atoms(live)
    other += [f"{_denial(atom)} was added" for atom in now - was if atom[0] == "Deny"]
    other += [f"{_denial(atom)} is gone" for atom in was - now if atom[0] == "Deny"]
    if not (gained or lost or narrowed) and any(atom[0] != "Deny" for atom in was ^ now):
        other.append("written differently, with the same doors")
    return Change(_words(gained, in_words), _words(lost, in_words), tuple(sorted(other)))


def _for_assume_role(trust: Document) -> frozenset[Door]:
    """The doors that a vendor can use: by sts:AssumeRole itself, and with conditions that can be met."""
    by_itself = [statement for statement in statements(trust) if reaches(statement, ASSUME_ROLE)]
    return frozenset(door for door in doors({"Statement": by_itself}) if not _is_never_met(door))


def _open(trust: Document) -> frozenset[Door]:
    """The doors through which somebody can come: who may exist, with an ID that can be sent, past every Deny."""
    found = _each_by_principal(doors(trust))
    for statement in statements(trust):
        found = frozenset(left for door in found for left in _left_open(door, statement))
    return frozenset(door for door in found if _can_be_used(door))


def _each_by_principal(some: frozenset[Door]) -> frozenset[Door]:
    return frozenset(each for door in some for each in _by_principal(door))


def _by_principal(door: Door) -> Iterator[Door]:
    """A door for an account that asks who of it comes (aws:PrincipalArn) is one for those principals.

    No other door is: a session's aws:PrincipalArn is its role's, and a service's or a federation's is something else.
    """
    is_wide = door.principal == EVERYBODY or kind_of(door.principal) is Kind.ACCOUNT
    named = [part for part in door.further if part[1] == "aws:principalarn" and part[0] in _NAMING]
    if not is_wide or len(named) != 1 or any(has_wildcard(value) or "${" in value for value in named[0][2]):
        yield door
        return
    further = tuple(part for part in door.further if part not in named)
    for value in named[0][2]:
        if covers_principal(door.principal, value):
            yield replace(door, principal=value, further=further)


def _left_open(door: Door, by: Statement) -> Iterator[Door]:
    """What a statement leaves of a door: a Deny shuts it, or all of it but the IDs that the Deny spares."""
    asked = normalised(by.get("Condition"))
    if not _denies_the_call(by, door.principal):
        yield door
    elif (spared := _spared(asked)) is not None:
        open_to = {each for each in spared if _takes(door, each)}
        yield from (replace(door, external_id=external_id, patterns=()) for external_id in open_to)
    elif asked:
        yield door


def _spared(condition: Condition) -> frozenset[str] | None:
    """The IDs that a Deny spares, where its condition says that and nothing else."""
    if len(condition) != 1:
        return None
    operator, key, values = condition[0]
    is_exact = not any(has_wildcard(value) or "${" in value for value in values)
    return frozenset(values) if key == EXTERNAL_ID_KEY and _SPARING.fullmatch(operator) and is_exact else None


def _denies_the_call(statement: Statement, principal: str) -> bool:
    """Whether it denies sts:AssumeRole to all whom a principal means; excluded principals are left to the calls."""
    named = statement.get("Principal")
    if statement.get("Effect") != "Deny" or not (named == EVERYBODY or isinstance(named, Mapping)):
        return False
    # Among everybody are those who come from elsewhere, whose calls have names of their own.
    ends = ("", "WithSAML", "WithWebIdentity") if principal == EVERYBODY else ("",)
    every_call = all(reaches(statement, f"{ASSUME_ROLE}{end}") for end in ends)
    everybody = any(covers_principal(each, principal) for each in principals_of(statement))
    return every_call and everybody and not is_no_aws_principal(principal)


def _can_be_used(door: Door) -> bool:
    is_sent = door.external_id is None or is_sendable(door.external_id)
    return is_sent and not _is_never_met(door) and not _is_nobody(door.principal)


def _is_never_met(door: Door) -> bool:
    """Whether it asks for a key that is in no request, by an operator that no request without it meets."""
    return any(operator in _POSITIVE and is_misspelt(key) for operator, key, _ in door.further)


def _is_nobody(principal: str) -> bool:
    """Whether it names no account, user, role, service or federation that there could be."""
    known = principal == EVERYBODY or has_wildcard(principal) or is_no_aws_principal(principal)
    kind = kind_of(principal)
    return kind is Kind.BAD_ACCOUNT or (kind is Kind.OTHER and not known and not principal.startswith("arn:"))


def _shuts(statement: Statement, door: Door) -> bool:
    """Whether a Deny leaves nothing of a door, whoever comes and from wherever."""
    asked = normalised(statement.get("Condition"))
    by_id = door.external_id is not None and all(
        key == EXTERNAL_ID_KEY and _is_met(operator, values, door.external_id) for operator, key, values in asked
    )
    return _denies_the_call(statement, door.principal) and (by_id or not list(_left_open(door, statement)))


def _is_met(operator: str, values: tuple[str, ...], external_id: str) -> bool:
    """Whether who sends this ID surely meets what is asked of it."""
    plain = _PLAIN.sub("", operator)
    if plain == "null":
        return values == ("false",)
    if any("${" in value for value in values):
        return False
    fits = {
        "equals": lambda value: value == external_id,
        "equalsignorecase": lambda value: value.lower() == external_id.lower(),
        "like": lambda value: matches(value, external_id),
    }.get(plain.removeprefix("not"))
    return fits is not None and any(map(fits, values)) is not plain.startswith("not")


def _words(some: list[Door], in_words: Callable[[Door], str]) -> tuple[str, ...]:
    return tuple(sorted(map(in_words, some)))


def _with_pattern(door: Door) -> str:
    return f"{door}: {', '.join(door.patterns)}" if door.patterns else str(door)


def _covers(wide: Door, narrow: Door) -> bool:
    return (
        covers_principal(wide.principal, narrow.principal)
        and _asks_no_more(wide, narrow)
        and wide.further in ((), narrow.further)
    )


def _asks_no_more(wide: Door, narrow: Door) -> bool:
    """Whether whoever can send what `narrow` asks for can send what `wide` asks for."""
    if narrow.external_id is not None:
        return _takes(wide, narrow.external_id)
    if not wide.patterns:
        return wide.external_id is None
    return bool(narrow.patterns) and all(any(covers(by, each) for by in wide.patterns) for each in narrow.patterns)


def _takes(door: Door, external_id: str) -> bool:
    """Whether a door opens to this external ID, as far as its principal and conditions let it."""
    if door.patterns:
        return any(matches(pattern, external_id) for pattern in door.patterns)
    return door.external_id in (None, external_id)


def _denial(atom: _TrustAtom) -> str:
    """A Deny in words. Which doors it stands before is left to the calls."""
    _, principal, action, condition = atom
    return f"Deny {as_written(action)} for {principal}{asked_in_words(condition)}"


def _atoms(trust: Document) -> frozenset[_TrustAtom]:
    """The statements of a trust, each taken apart so that order and scalar-or-list make no difference."""
    return frozenset(
        (str(statement.get("Effect")), principal, CaseBlind(f"{but}{action}"), condition)
        for statement in statements(trust)
        for but in ["everything but " if "NotAction" in statement else ""]
        for condition in _one_by_one(statement)
        for principal in ([_BUT_SOME] if "NotPrincipal" in statement else principals_of(statement))
        for action in as_list(statement.get("Action") or statement.get("NotAction")) or [""]
    )


def _one_by_one(statement: Statement) -> list[Condition]:
    """An Allow's condition for each of its IDs: two in one statement mean the same as one in each of two."""
    asked = normalised(statement.get("Condition"))
    if statement.get("Effect") != "Allow" or len(asked) != 1:
        return [asked]
    operator, key, values = asked[0]
    is_plain = (operator, key) == ("stringequals", EXTERNAL_ID_KEY)
    return [((operator, key, (value,)),) for value in values] if is_plain and values else [asked]
