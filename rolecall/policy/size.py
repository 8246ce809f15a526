"""Sizes as IAM counts them (characters of the JSON text, without white space), and what it takes at most."""

import json
from collections.abc import Iterable

from rolecall.policy.document import Document, Statement, as_list

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, read 2026-11-22. The size of a managed
# policy and of all inline policies of a role is fixed; the others are the default quotas of an account, with what they
# can be raised to.
TRUST_POLICY_MAX_CHARACTERS = 2048
RAISED_TRUST_POLICY_MAX_CHARACTERS = 8192
MANAGED_POLICY_MAX_CHARACTERS = 6144
INLINE_POLICIES_MAX_CHARACTERS = 10240
MANAGED_POLICIES_PER_ROLE = 10
RAISED_MANAGED_POLICIES_PER_ROLE = 25
ROLES_PER_ACCOUNT = 1000
RAISED_ROLES_PER_ACCOUNT = 10000
POLICIES_PER_ACCOUNT = 1500
RAISED_POLICIES_PER_ACCOUNT = 10000


# One encoder for all documents: json.dumps would make one for each.
_ENCODE = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def characters(document: Document) -> int:
    """The size of a policy document as IAM's quotas count it."""
    return len(_ENCODE(document))


def at_most(statements: Iterable[Statement]) -> int:
    """As many characters as a document of these statements has, or more: quick to tell, and mostly all one needs."""
    return 100 + sum(map(_at_most, statements))


def _at_most(statement: Statement) -> int:
    """In JSON a character takes two at most, unless IAM refuses it; a Sid and the names of elements take under 300."""
    listed = [*as_list(statement.get("Action")), *as_list(statement.get("Resource"))]
    further = len(repr(statement["Condition"])) if "Condition" in statement else 0
    return 300 + 2 * (further + sum(map(len, map(str, listed)))) + 3 * len(listed)
