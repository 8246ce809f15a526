"""What IAM would refuse at deployment, refused before: CDK itself checks next to nothing of it."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

import aws_cdk as cdk

from rolecall.model import iam_names
from rolecall.model.grant import MAX_SESSION_SECONDS, MIN_SESSION_SECONDS
from rolecall.model.invalid import InvalidValueError
from rolecall.model.tags import MAX_TAGS, tag_key, tag_value
from rolecall.policy.compile import Home
from rolecall.policy.document import Document, Statement
from rolecall.policy.size import (
    MANAGED_POLICIES_PER_ROLE,
    MANAGED_POLICY_MAX_CHARACTERS,
    TRUST_POLICY_MAX_CHARACTERS,
    characters,
)


def check_role(role_name: str | None, role_path: str, max_session_seconds: int, tags: Mapping[str, str]) -> None:
    """Names, path, session length and tags of a role.

    Raises:
        InvalidValueError: RC304 for the session, RC305 for the path, RC306 for the name, RC310 for tags.
    """
    if role_name is not None:
        iam_names.role_name(role_name)
    iam_names.role_path(role_path)
    if type(max_session_seconds) is not int or not MIN_SESSION_SECONDS <= max_session_seconds <= MAX_SESSION_SECONDS:
        raise InvalidValueError(
            "max_session_seconds",
            max_session_seconds,
            f"{MIN_SESSION_SECONDS} to {MAX_SESSION_SECONDS}",
            "write 3600",
            rule="RC304",
        )
    _check_tags(tags)


def _check_tags(tags: Mapping[str, str]) -> None:
    if len(tags) > MAX_TAGS:
        raise InvalidValueError("tags", f"{len(tags)} of them", f"at most {MAX_TAGS}", "leave some out", rule="RC310")
    for key, value in tags.items():
        tag_key(key)
        tag_value(value)


def check_boundary(permissions_boundary: str | None, home: Home) -> None:
    """The ARN of a managed policy of the role's own account, as far as that is known, or of AWS's.

    Raises:
        InvalidValueError: RC303.
    """
    if permissions_boundary is None:
        return
    if not iam_names.is_boundary_arn(permissions_boundary):
        allowed = "the ARN of one policy, without * ? $"
        raise InvalidValueError("permissions_boundary", permissions_boundary, allowed, "copy it", rule="RC303")
    _, partition, _, _, owner, _ = permissions_boundary.split(":", 5)
    is_there = cdk.Token.is_unresolved(home.region) or partition == home.partition
    if not is_there or not (cdk.Token.is_unresolved(home.account) or owner in (home.account, "aws")):
        allowed = f"account {home.account} in partition {home.partition}"
        what = "permissions_boundary of another account or partition"
        raise InvalidValueError(what, permissions_boundary, allowed, "name one there", rule="RC303")


def check_sids(statements: Iterable[Statement]) -> None:
    """Each Sid once: IAM takes no other policy.

    Raises:
        InvalidValueError: RC210.
    """
    counted = Counter(str(statement["Sid"]) for statement in statements if "Sid" in statement)
    for sid in (sid for sid, count in counted.items() if count > 1):
        raise InvalidValueError("Sid stands twice in the role's policy", sid, "each once", "rename it", rule="RC210")


def check_purpose(purpose: str) -> None:
    """Plain text: the role's description carries the mark by which templates are checked.

    Raises:
        InvalidValueError: RC003.
    """
    if not isinstance(purpose, str) or not re.fullmatch(r"[\u0020-\u007e]{1,900}", purpose) or "${" in purpose:
        raise InvalidValueError("purpose", purpose, "1 to 900 plain characters, no tokens", "shorten it", rule="RC003")


def within_trust_size(document: Document) -> Document:
    """The document itself.

    Raises:
        InvalidValueError: RC307, over the default quota of IAM.
    """
    return _within(document, TRUST_POLICY_MAX_CHARACTERS, "trust policy", "RC307")


def within_policies(documents: Mapping[str, Document]) -> Mapping[str, Document]:
    """The documents themselves.

    Raises:
        InvalidValueError: RC308, if one is over the limit of IAM; RC313, if they are more than a role takes.
    """
    if len(documents) > MANAGED_POLICIES_PER_ROLE:
        raise InvalidValueError(
            "managed policies of the role",
            len(documents),
            f"{MANAGED_POLICIES_PER_ROLE}",
            "grant a prefix, or name fewer resources of services",
            rule="RC313",
        )
    for document in documents.values():
        _within(document, MANAGED_POLICY_MAX_CHARACTERS, "managed policy", "RC308")
    return documents


def _within(document: Document, limit: int, what: str, rule: str) -> Document:
    size = characters(document)
    if size > limit:
        raise InvalidValueError(f"{what} is too large", f"{size} characters", str(limit), "grant a prefix", rule=rule)
    return document
