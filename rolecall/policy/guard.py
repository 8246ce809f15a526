"""What a statement of a trust policy asks of the external ID, and what opens it where it asks too little."""

import re
from dataclasses import dataclass

from rolecall.policy.case_blind import as_written
from rolecall.policy.condition import NEVER, normalised
from rolecall.policy.document import Statement
from rolecall.policy.pattern import has_wildcard, matches

EXTERNAL_ID_KEY = "sts:externalid"
# A federation's claims, which may have any name, stand behind its host; AWS's keys behind a word.
_MISSPELT = re.compile(r"(?!sts:externalid$)([a-z0-9-]+:)?external[-_]?id", re.IGNORECASE)
# Operators on the external ID, other than StringEquals, by the rule that names them.
_NEGATED = re.compile(r"(string|arn|numeric|date)not.*|notipaddress")


@dataclass(frozen=True)
class Guard:
    """What a statement asks of the external ID.

    `exact` are the IDs that open it; where it is None, `weakness` says in words what opens it instead.
    """

    exact: frozenset[str] | None
    rule: str = ""
    failure_mode: str = ""
    weakness: str = ""
    patterns: frozenset[str] = frozenset()
    """The patterns that an ID may fit, where StringLike asks for one."""
    only_patterns: bool = False
    """Whether that is all that is asked of the external ID, and stands there without a variable."""


def guard_of(statement: Statement) -> Guard:
    """What the statement asks of the external ID.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    condition = normalised(statement.get("Condition"))
    if condition == NEVER:
        return Guard(None, "RC101", "FM1", "a condition that is no object")
    found = [(op, values) for op, key, values in condition if key == EXTERNAL_ID_KEY]
    # IAM puts the caller's own value in the place of a policy variable: what holds one is no exact value.
    exact = [frozenset(v) for op, v in found if op == "stringequals" and not any("${" in value for value in v)]
    if exact and ("null", ("true",)) in found:  # there can be none and this one at once
        return Guard(frozenset())
    if exact:
        return Guard(frozenset(each for each in frozenset.intersection(*exact) if _fits_all_patterns(each, found)))
    literal = [frozenset(v) for op, v in found if op == "stringlike" and not any(map(_is_open_ended, v))]
    if literal:
        # Means the same as StringEquals today; an edit away from a wildcard, so it is named but opens no new door.
        return Guard(frozenset.intersection(*literal), "RC104", "FM4", "StringLike")
    return _weakest(found)


def is_misspelt(key: str) -> bool:
    """Whether a condition key was meant to be the external ID's and is none: AWS takes any, and no request has it."""
    return _MISSPELT.fullmatch(key) is not None


def _weakest(found: list[tuple[str, tuple[str, ...]]]) -> Guard:
    """The guard of a statement that has no plain StringEquals, by the first rule that one of its operators breaks."""
    operators = [operator for operator, _ in found]
    if operators == ["foranyvalue:stringequals"] and not any("${" in value for value in found[0][1]):
        return Guard(frozenset(found[0][1]), "RC103", "FM3", "a set operator (ForAnyValue)")
    broken = [
        (not operators, "RC101", "FM1", "no external ID at all"),
        (any(o.endswith("ifexists") for o in operators), "RC102", "FM2", "no external ID (…IfExists)"),
        (any(o.startswith("forallvalues:") for o in operators), "RC103", "FM3", "no external ID (ForAllValues)"),
        (any(o.startswith("foranyvalue:") for o in operators), "RC103", "FM3", "a set operator (ForAnyValue)"),
        (found == [("null", ("true",))], "RC105", "FM5", "no external ID, and with no other (Null)"),
        (operators == ["null"], "RC105", "FM5", "any external ID (Null)"),
        (any(map(_NEGATED.fullmatch, operators)), "RC104", "FM4", "any other external ID or none (negated operator)"),
        (True, "RC104", "FM4", f"an external ID that fits a pattern ({', '.join(map(as_written, operators))})"),
    ]
    like = frozenset(value for operator, values in found if operator == "stringlike" for value in values)
    alone = operators == ["stringlike"] and not any("${" in value for value in like)
    return next(Guard(None, rule, mode, weakness, like, alone) for holds, rule, mode, weakness in broken if holds)


def _fits_all_patterns(external_id: str, asked: list[tuple[str, tuple[str, ...]]]) -> bool:
    """Whether an ID meets what StringLike asks beside StringEquals: all of a condition has to be met."""
    patterns = [values for operator, values in asked if operator == "stringlike" and "${" not in "".join(values)]
    return all(any(matches(value, external_id) for value in values) for values in patterns)


def _is_open_ended(value: str) -> bool:
    return has_wildcard(value) or "${" in value
