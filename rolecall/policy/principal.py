"""The principals of a trust policy: in one form, sorted by what they are, and compared."""

import re
from enum import Enum, auto
from functools import lru_cache
from typing import Any

from rolecall.policy.document import Statement, as_list
from rolecall.policy.pattern import has_wildcard

EVERYBODY = "*"
# Text that only a deployment knows is written in guillemets: «Parameter», «AWS::AccountId», «Role.Arn» for a principal
# that the same template makes, and «Fn::ImportValue name» or «Fn::GetAtt Stack.Arn», which may be anybody's.
_OWN_ACCOUNT = "«AWS::AccountId»"
_UNKNOWN = re.compile(r"«[^»]*»")
_OWN_RESOURCE = re.compile(r"«[^»: ]+\.Arn»")
_RESOLVED_LATER = re.compile(r".*\{\{resolve:.*", re.DOTALL)
_NUMBER = re.compile(r"\d+")
# What comes along when an account is copied from a screen: blanks, hyphens, and signs that nobody sees.
_BETWEEN_DIGITS = re.compile(r"[\s_\-\u00ad\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DIGITS = range(10, 15)
_DELETED = re.compile(r"A(IDA|ROA)[A-Z0-9]{12,}")
_ACCOUNT_ROOT = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}):root")
_ARN = re.compile(r"arn:(?:aws[a-z-]*|«[^»]*»):(iam|sts):[^:]*:([^:]*):(.*)", re.DOTALL)
_ONE = re.compile(r"root|(user|role)/[^*?$\s]+")


class Kind(Enum):
    """What a principal is to somebody who reads the trust."""

    OWN = auto()
    """Of the role's own account, or made by the same template."""
    ACCOUNT = auto()
    """A whole foreign account: its root."""
    NAMED = auto()
    """One user or role of a foreign account."""
    UNKNOWN = auto()
    """A foreign principal that a parameter names."""
    DELETED = auto()
    """The bare id of a user or role that was deleted."""
    BAD_ACCOUNT = auto()
    """An account id that is not 12 digits."""
    OTHER = auto()
    """Everybody, a pattern, a session, a service, a federation: nothing that a vendor's trust names."""


_FORMS = (
    (_DELETED, Kind.DELETED),
    (_OWN_RESOURCE, Kind.OWN),
    (_UNKNOWN, Kind.UNKNOWN),
    (_RESOLVED_LATER, Kind.UNKNOWN),
    (_NUMBER, Kind.BAD_ACCOUNT),
)


def principals_of(statement: Statement) -> list[str]:
    """The AWS principals of a statement, account ids as their root ARN; anything that is no AWS principal as `*`."""
    principal = statement.get("Principal")
    if "NotPrincipal" in statement or not isinstance(principal, dict):
        return [EVERYBODY]
    named = [_normal_principal(value) for value in as_list(principal.get("AWS"))]
    return named + [f"{kind}:{value}" for kind in principal if kind != "AWS" for value in as_list(principal[kind])]


def _normal_principal(value: Any) -> str:
    text = str(value)
    return f"arn:aws:iam::{text}:root" if re.fullmatch(r"[0-9]{12}", text) or text == _OWN_ACCOUNT else text


def is_no_aws_principal(principal: str) -> bool:
    """Whether it is a service, a federation or a canonical user, which `principals_of` writes as `Kind:value`."""
    return re.match(r"(Service|Federated|CanonicalUser):", principal) is not None


@lru_cache(maxsize=65536)
def kind_of(principal: str, own_accounts: frozenset[str] = frozenset()) -> Kind:
    """What a principal is, as `principals_of` writes it.

    Args:
        principal: an ARN, `*`, a bare id, or `Service:…` and the like.
        own_accounts: ids of accounts that are not foreign.
    """
    found = next((kind for form, kind in _FORMS if form.fullmatch(principal)), None)
    if found is None and is_nearly_an_account(principal):
        found = Kind.BAD_ACCOUNT
    parts = _parts(principal)
    return found or (_kind_of_arn(*parts, own_accounts) if parts else Kind.OTHER)


def is_nearly_an_account(text: str) -> bool:
    """Whether it is an account id that was copied badly: with something between its digits, or with a wrong one."""
    signs = _BETWEEN_DIGITS.sub("", text)
    digits = sum(sign.isdigit() for sign in signs)
    return signs.isalnum() and len(signs) in _DIGITS and digits >= len(signs) - 2


def _kind_of_arn(service: str, account: str, resource: str, own_accounts: frozenset[str]) -> Kind:
    if account == _OWN_ACCOUNT or account in own_accounts:
        return Kind.OWN
    if not re.fullmatch(r"[0-9]{12}", account) and not _UNKNOWN.search(account) and not has_wildcard(account):
        return Kind.BAD_ACCOUNT
    if service != "iam" or has_wildcard(account) or not _ONE.fullmatch(resource):
        return Kind.OTHER
    return Kind.ACCOUNT if resource == "root" else Kind.NAMED


@lru_cache(maxsize=65536)
def account_of(principal: str) -> str | None:
    """The account of a principal's ARN, as written; None for everything else."""
    parts = _parts(principal)
    return parts[1] if parts else None


def _parts(principal: str) -> tuple[str, str, str] | None:
    """Service, account and resource of an ARN, in which the colons between guillemets separate nothing."""
    match = _ARN.fullmatch(_UNKNOWN.sub(lambda unknown: unknown[0].replace(":", "\0"), principal))
    return (match[1], match[2].replace("\0", ":"), match[3].replace("\0", ":")) if match else None


def covers_principal(wide: str, narrow: str) -> bool:
    """Whether trusting `wide` includes `narrow`: everybody, the same, or an account's root and one of its own."""
    if wide in (EVERYBODY, narrow):
        return True
    root = _ACCOUNT_ROOT.fullmatch(wide)
    own = rf"arn:aws[a-z-]*:(iam|sts)::{root[1]}:(user|role|assumed-role)/.+" if root else ""
    return root is not None and re.fullmatch(own, narrow) is not None
