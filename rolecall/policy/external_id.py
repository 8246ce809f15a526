"""The external IDs that a statement asks for, as far as they stand there: sendable, an account's, guessable."""

import re
from collections.abc import Iterator

from rolecall.model import external_ids
from rolecall.model.finding import Severity
from rolecall.model.invalid import InvalidValueError, four_parts
from rolecall.policy.guard import Guard
from rolecall.policy.guessable import MIN_BITS, why_guessable
from rolecall.policy.reading import Reading, VendorFact
from rolecall.policy.trust import is_known_later, is_sendable

Said = tuple[str, str, str, str, Severity]
"""Rule, failure mode, element of the statement, message and severity."""

# Of IDs whose maker is not known: a number of a vendor's own is none of the customer's, a word alone still is.
_BITS_OF_A_WORD = 16
_UNKNOWN = re.compile("«([^»]*)»")
_RESOLVED_LATER = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):[^{}]+\}\}")
# What AWS fills in and everybody who sees an ARN of the role knows, or the name of the stack, which is no secret.
_PUBLIC = frozenset({"AWS::AccountId", "AWS::StackName", "AWS::Region", "AWS::Partition", "AWS::URLSuffix"})
# How the names of parameters end that may hold something random, or something that the vendor made.
_OF_CHANCE = re.compile(
    "(?i).*(ids?|uuid|guid|secret|random|token|key|nonce|salt|hash|suffix|number|password|code|string)"
)
_AN_ID = "2 to 1,224 characters of A-Z a-z 0-9 _ + = , . @ : / -"


def problems_of_ids(guard: Guard, principals: list[str], reading: Reading) -> Iterator[Said]:
    if guard.exact is not None and not guard.exact:
        message = four_parts("statement asks for no external ID", "none that fits", _AN_ID, "name the vendor's")
        yield "RC111", "", "Condition", message, Severity.ERROR
    for value in sorted(guard.exact or ()):
        if reading.foreign and _RESOLVED_LATER.search(value):
            continue
        if not is_sendable(value) and (reading.deployed or not is_known_later(value)):
            message = four_parts("statement asks for what no caller can send", value, _AN_ID, "correct it")
            yield "RC111", "", "Condition", message, Severity.ERROR
        elif "«" in value:
            yield from _of_unknown(value, principals, reading)
        elif not value.startswith("{{"):
            yield from _of_value(value, principals, reading)


def _of_value(value: str, principals: list[str], reading: Reading) -> Iterator[Said]:
    """An external ID that stands there as it is: a placeholder, or something that can be guessed."""
    try:
        external_ids.external_id(value)
    except InvalidValueError as error:
        # Sendable all the same, so it is a placeholder: to somebody who reads a foreign trust, one of the known words.
        if not reading.foreign:
            yield "RC111", "", "Condition", str(error), Severity.ERROR
            return
        yield _guessable(value, "it is a placeholder that was never filled in")
        return
    if reading.foreign and (why := _why_guessable(value, principals, reading)):
        yield _guessable(value, why)


def _of_unknown(value: str, principals: list[str], reading: Reading) -> Iterator[Said]:
    """An external ID of which only the deployment knows some part: what is known of it may be all that matters."""
    names = _UNKNOWN.findall(value)
    public = _PUBLIC & set(names)
    rest = _UNKNOWN.sub("-", value)
    if not reading.foreign or len(rest) > external_ids.MAX_CHARACTERS:
        return
    if set(names) - _PUBLIC and (not (public or re.search("[A-Za-z0-9]", rest)) or any(map(_may_be_chance, names))):
        return
    forms = (form for fact in reading.vendors.values() for form in fact.id_forms)
    if set(names) - _PUBLIC and any(re.fullmatch(form, _UNKNOWN.sub("1", value)) for form in forms):
        return
    if why := _why_guessable(rest, principals, reading):
        known = f"what AWS fills in ({', '.join(sorted(public))}) is no secret; " if public else ""
        yield _guessable(value, f"{known}without what the deployment fills in, {why}")


def _may_be_chance(name: str) -> bool:
    """Whether what stands for this name may be random: whatever is no parameter, or one that is called like an ID."""
    if name in _PUBLIC:
        return False
    words = re.findall("[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return not re.fullmatch("[A-Za-z0-9]+", name) or any(map(_OF_CHANCE.fullmatch, [name, *words]))


def _guessable(value: str, why: str) -> Said:
    what = f"statement asks for an external ID that can be guessed: {why}"
    message = four_parts(what, value, "random text that nobody else has", "have one made, such as a UUID4")
    return "RC107", "FM7", "Condition", message, Severity.ERROR


def _why_guessable(value: str, principals: list[str], reading: Reading) -> str | None:
    facts = _facts(principals, reading)
    forms = (form for fact in reading.vendors.values() for form in fact.id_forms)
    if any(re.fullmatch(form, value) for form in forms):
        return None
    # A vendor that says what its IDs look like has not made one that looks otherwise; of the others' nobody knows. Of
    # an ID that nobody knows the maker of: without a digit it is a word of somebody's own.
    made = any(fact.makes_ids and not fact.id_forms for fact in facts)
    unknown = not facts and re.search("[0-9]", value)
    return why_guessable(value, reading.names, _BITS_OF_A_WORD if made or unknown else MIN_BITS)


def _facts(principals: list[str], reading: Reading) -> list[VendorFact]:
    return [fact for fact in map(reading.fact_of, principals) if fact is not None]
