"""What is wrong with the principals that a statement trusts, and what is to be known about them."""

from collections.abc import Iterator

from rolecall.model.finding import Severity
from rolecall.model.invalid import four_parts
from rolecall.policy.condition import normalised
from rolecall.policy.document import Statement
from rolecall.policy.external_id import Said
from rolecall.policy.pattern import has_wildcard
from rolecall.policy.principal import EVERYBODY, Kind, account_of, kind_of
from rolecall.policy.reading import Reading

ONE = "the ARN of one account's root, of one user or of one role"
_NARROWING = ("aws:principalarn", "aws:userid")
# A negated operator, or one with …IfExists, keeps out somebody and lets in all others.
_SAYING_WHO = ("stringequals", "stringlike", "arnequals", "arnlike")


def problems_of_principals(statement: Statement, principals: list[str], reading: Reading) -> Iterator[Said]:
    part = "NotPrincipal" if "NotPrincipal" in statement else "Principal"
    for principal in principals:
        kind = kind_of(principal, reading.own_accounts)
        if kind is Kind.DELETED:
            what = "statement trusts the bare id of a user or role that was deleted"
            message = four_parts(what, principal, ONE, "name the ARN again, and save the policy anew")
            yield "RC110", "FM13", part, message, Severity.ERROR
        elif kind is Kind.BAD_ACCOUNT:
            what = "statement trusts an account that is not 12 digits"
            yield "RC111", "", part, four_parts(what, principal, ONE, "copy it from the vendor"), Severity.ERROR
        elif kind is Kind.OTHER or (kind in (Kind.OWN, Kind.UNKNOWN) and not reading.foreign):
            who = "everybody" if principal == EVERYBODY else "what is no account, user or role of a vendor"
            message = four_parts(f"statement trusts {who}", principal, ONE, "name the vendor's")
            yield "RC106", "FM6", part, message, Severity.ERROR
        elif kind is Kind.ACCOUNT and not _is_narrowed(statement):
            message = (
                f"statement trusts the whole account of {principal}: every principal there can try the external ID"
            )
            yield "RC109", "FM12", part, message, Severity.INFO


def exchanged(value: str, part: str) -> Said:
    """RC112, at the principal that is an ID or at the ID that is an account."""
    if part == "Condition":
        what, allowed = "asks for an account as external ID", "the ID that the vendor's screen shows"
    else:
        what, allowed = "trusts an external ID in place of an account", ONE
    message = four_parts(f"statement {what}: the two are the wrong way round", value, allowed, "exchange them")
    return "RC112", "", part, message, Severity.ERROR


def _is_narrowed(statement: Statement) -> bool:
    """Whether a condition says which principals of the account may come in."""
    return any(
        key in _NARROWING and operator in _SAYING_WHO and values and all(map(_names_somebody, values))
        for operator, key, values in normalised(statement.get("Condition"))
    )


def _names_somebody(value: str) -> bool:
    """Whether a value of aws:PrincipalArn or aws:userid means less than everybody, and less than a whole account."""
    account = account_of(value)
    if account is None:
        return not has_wildcard(value[:1]) and not value.startswith("arn:")
    name = value.rsplit(":", 1)[-1]
    return not has_wildcard(account) and name.strip("*?") not in ("", "root")
