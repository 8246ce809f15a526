"""The external IDs that a statement asks for, as far as they stand there: sendable, an account's, guessable."""

import re
from collections.abc import Iterator

from rolecall.model import identifiers
from rolecall.model.finding import Severity
from rolecall.model.invalid import InvalidValueError, four_parts
from rolecall.policy.guard import Guard
from rolecall.policy.guessable import MIN_BITS, why_guessable
from rolecall.policy.principal import account_of
from rolecall.policy.reading import Reading, VendorFact
from rolecall.policy.trust import is_sendable

Said = tuple[str, str, str, str, Severity]
"""Rule, failure mode, element of the statement, message and severity."""

# Of IDs whose maker is not known: a number of a vendor's own is none of the customer's, a word alone still is.
_BITS_OF_A_WORD = 16
_AN_ID = "2 to 1,224 characters of A-Z a-z 0-9 _ + = , . @ : / -"


def problems_of_ids(guard: Guard, principals: list[str], reading: Reading) -> Iterator[Said]:
    if guard.exact is not None and not guard.exact:
        message = four_parts("statement asks for no external ID", "none that fits", _AN_ID, "name the vendor's")
        yield "RC111", "", "Condition", message, Severity.ERROR
    for value in sorted(guard.exact or ()):
        if not is_sendable(value):
            message = four_parts("statement asks for what no caller can send", value, _AN_ID, "correct it")
            yield "RC111", "", "Condition", message, Severity.ERROR
        elif not value.startswith("{{") and "«" not in value:
            yield from _of_value(value, principals, reading)


def _of_value(value: str, principals: list[str], reading: Reading) -> Iterator[Said]:
    """An external ID that stands there as it is: an account, a placeholder, something that can be guessed."""
    accounts = {account_of(principal) for principal in principals}
    if value in accounts | set(reading.vendors):
        what = "statement asks for an account as external ID: the two are the wrong way round"
        message = four_parts(what, value, "the ID that the vendor's screen shows", "exchange them")
        yield "RC112", "", "Condition", message, Severity.ERROR
        return
    try:
        identifiers.external_id(value)
    except InvalidValueError as error:
        yield "RC111", "", "Condition", str(error), Severity.ERROR
        return
    if reading.foreign and (why := _why_guessable(value, principals, reading)):
        what = f"statement asks for an external ID that can be guessed: {why}"
        message = four_parts(what, value, "random text that nobody else has", "have one made, such as a UUID4")
        yield "RC107", "FM7", "Condition", message, Severity.ERROR


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
