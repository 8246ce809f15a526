"""Who may assume a role and what it may do, worked out from AWS's documentation and from nothing of Rolecall.

Sources, read 2026-11-22:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


class RefusedError(Exception):
    """IAM would not save this policy, so that it lets nobody in."""


@dataclass(frozen=True)
class Caller:
    """Somebody who calls sts:AssumeRole."""

    principal: str
    """The ARN of a user or role, or the name of a service."""
    external_id: str | None = None

    @property
    def account(self) -> str:
        """Of the user or role; empty for a service."""
        return self.principal.split(":")[4] if self.principal.startswith("arn:") else ""

    @property
    def context(self) -> dict[str, str]:
        """The condition keys of the call."""
        keys = {"aws:principalarn": self.principal, "aws:principalaccount": self.account, "aws:securetransport": "true"}
        return keys | ({} if self.external_id is None else {"sts:externalid": self.external_id})


def lets_in(policy: Any, caller: Caller) -> bool:
    """Whether the trust policy lets the caller assume the role: some Allow, and no Deny."""
    try:
        written = policy["Statement"]
        said = [_says(each, caller) for each in (written if isinstance(written, list) else [written])]
    except RefusedError:
        return False
    return "Allow" in said and "Deny" not in said


@dataclass(frozen=True)
class Request:
    """Something that the role does, as the service asks IAM about it."""

    action: str
    resource: str
    context: Mapping[str, str]
    """The condition keys of the call."""


def allows(policies: Iterable[Any], request: Request) -> bool:
    """Whether the role's permission policies together let it do so: some Allow, and no Deny."""
    said = [_permits(statement, request) for policy in policies for statement in policy["Statement"]]
    return "Allow" in said and "Deny" not in said


def _permits(statement: Mapping[str, Any], request: Request) -> str | None:
    context = {key.lower(): value for key, value in request.context.items()}
    is_action = any(_fits(each.lower(), request.action.lower()) for each in _texts(statement["Action"]))
    is_resource = any(_fits(each, request.resource) for each in _texts(statement["Resource"]))
    holds = _holds(statement.get("Condition", {}), context)
    return str(statement["Effect"]) if is_action and is_resource and holds else None


def _says(statement: Any, caller: Caller) -> str | None:
    if not isinstance(statement, Mapping) or statement.get("Effect") not in ("Allow", "Deny"):
        raise RefusedError
    means_caller, means_action = _means_caller(statement, caller), _means_action(statement)
    holds = _holds(statement.get("Condition", {}), caller.context)
    return str(statement["Effect"]) if means_caller and means_action and holds else None


def _one_of(statement: Mapping[str, Any], name: str) -> tuple[bool, Any]:
    """The value of an element or of its negation, exactly one of which has to be there."""
    there = [key for key in (name, f"Not{name}") if key in statement]
    if len(there) != 1:
        raise RefusedError
    return there[0] == name, statement[there[0]]


def _texts(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    if not all(isinstance(each, str | int | float) for each in listed):
        raise RefusedError
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in listed]


# --- principals and actions -------------------------------------------------------------------------------------------
def _means_caller(statement: Mapping[str, Any], caller: Caller) -> bool:
    is_positive, written = _one_of(statement, "Principal")
    if written == "*":
        return is_positive
    if (
        not isinstance(written, Mapping)
        or not written
        or set(written) - {"AWS", "Service", "Federated", "CanonicalUser"}
    ):
        raise RefusedError
    found = [_is_meant(kind, each, caller) for kind, several in written.items() for each in _texts(several)]
    return any(found) == is_positive


def _is_meant(kind: str, written: str, caller: Caller) -> bool:
    if kind != "AWS":
        return written == caller.principal
    if written == "*":
        return True
    if re.fullmatch("A(IDA|ROA)[A-Z0-9]+", written):
        return False  # of somebody who was deleted
    root = re.fullmatch("([0-9]{12})|arn:aws[a-z-]*:iam::([0-9]{12}):root", written)
    if root:
        return caller.account == (root[1] or root[2])
    if not re.fullmatch(r"arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:(user|role|assumed-role)/[^*?\s]+", written):
        raise RefusedError
    return written == caller.principal


def _means_action(statement: Mapping[str, Any]) -> bool:
    is_positive, written = _one_of(statement, "Action")
    named = _texts(written)
    if not named or not all(each == "*" or ":" in each for each in named):
        raise RefusedError
    return any(_fits(each.lower(), "sts:assumerole") for each in named) == is_positive


def _fits(pattern: str, text: str) -> bool:
    """Text against a pattern of IAM's, letter by letter."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return _fits(pattern[1:], text) or (bool(text) and _fits(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and _fits(pattern[1:], text[1:])


# --- conditions -------------------------------------------------------------------------------------------------------
_NEGATED = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnlike",
    "arnnotlike": "arnlike",
}
_POSITIVE = {"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "bool"}


def _holds(condition: Any, context: Mapping[str, str]) -> bool:
    """Operators and keys are joined by AND, the values of a key by OR."""
    if not isinstance(condition, Mapping):
        raise RefusedError
    found = []
    for operator, keys in condition.items():
        if not isinstance(keys, Mapping):
            raise RefusedError
        found += [
            _meets(str(operator).lower(), context.get(str(key).lower()), values, context)
            for key, values in keys.items()
        ]
    return all(found)


def _meets(operator: str, sent: str | None, values: Any, context: Mapping[str, str]) -> bool:
    wanted = _texts(values)
    if operator == "null":
        return any((sent is None) == (each.lower() == "true") for each in wanted)
    quantifier, _, rest = operator.rpartition(":")
    base = rest.removesuffix("ifexists")
    if quantifier not in ("", "forallvalues", "foranyvalue") or base not in (_POSITIVE | set(_NEGATED)):
        raise RefusedError
    if sent is None:
        # ForAllValues holds for no value at all, ForAnyValue needs one; without them only a negated operator holds.
        return rest != base or quantifier == "forallvalues" or (not quantifier and base in _NEGATED)
    # The external ID is one value, so that from here on both quantifiers ask the same.
    hit = any(_equals(_NEGATED.get(base, base), each, sent, context) for each in wanted)
    return hit != (base in _NEGATED)


def _equals(operator: str, written: str, sent: str, context: Mapping[str, str]) -> bool:
    text = _filled(written, context)
    if text is None:
        return False
    if operator == "stringequals":
        return text.replace("\0", "*") == sent
    if operator in ("stringequalsignorecase", "bool"):
        return text.replace("\0", "*").lower() == sent.lower()
    if operator.startswith("arn") and not (sent.startswith("arn:") and text.count(":") >= 5):
        return False
    return _fits(text, sent)


def _filled(written: str, context: Mapping[str, str]) -> str | None:
    """The value with IAM's variables filled in; None where the call has no such key. `${*}` is a plain star."""
    names = re.findall(r"\$\{([^}]*)\}", written)
    for name in names:
        value = "\0" if name == "*" else context.get(name.lower())
        if value is None:
            return None
        written = written.replace("${" + name + "}", value)
    return written
