"""Identifiers of AWS and of Rolecall: text that has been checked once and is a plain string from then on."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from rolecall.model import external_ids
from rolecall.model.invalid import AS_TEXT, InvalidValueError
from rolecall.model.stray_signs import stray_sign

_SERVICE = re.compile(r"[A-Za-z0-9.-]+\.amazonaws\.com(\.cn)?")
_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")
"""What the name of a region looks like."""
# botocore's model of iam: roleNameType, pathType, read 2026-11-22; without the signs of patterns and variables.
ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/([!-#%-)+->@-~]{1,510}/)?[A-Za-z0-9_+=,.@-]{1,64}")
"""One role, without any sign that means more than one."""
_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account>[0-9]{12}|):(?P<rest>.+)"
)
# botocore's model of iam: roleNameType, pathType, read 2026-11-22.
_PRINCIPAL_RESOURCE = re.compile(r"root|(user|role)/([\u0021-\u007e]+/)?[A-Za-z0-9_+=,.@-]{1,64}")
_BAD_ACCOUNT = re.compile(r"arn:aws[a-z-]*:(?:iam|sts)::([^:*?$\s]*):.+")
_WILDCARD = re.compile(r"[*?$\s]")


def account_id(value: object, what: str = "account") -> str:
    """An AWS account id: exactly 12 digits.

    Raises:
        InvalidValueError: RC112, for what looks like an external ID; RC111, for anything else, an integer included
            (YAML reads 010101010101 as another number).
    """
    if isinstance(value, str) and re.fullmatch(r"[0-9]{12}", value):
        return value
    if isinstance(value, str) and external_ids.looks_like_one(value):
        raise InvalidValueError(
            f"{what} holds what looks like an external ID: the two are the wrong way round",
            value,
            f"12 digits{AS_TEXT}",
            "put the account here and the external ID into `external_id`",
            rule="RC112",
        )
    change = "put the number in quotes" if isinstance(value, int) else "copy the 12 digits from the AWS console"
    raise InvalidValueError(f"{what} is not an AWS account id", value, f"12 digits{AS_TEXT}", change, rule="RC111")


def slug(value: object, what: str) -> str:
    """A name of Rolecall's own: estate, workspace or project.

    Raises:
        InvalidValueError: RC003.
    """
    if isinstance(value, str) and _SLUG.fullmatch(value):
        return value
    raise InvalidValueError(
        f"{what} is not a slug",
        value,
        "lower-case letters, digits and inner hyphens",
        "rename it; role and stack names are made from it",
        rule="RC003",
    )


def region(value: object, what: str = "region") -> str:
    """An AWS region, such as eu-central-1.

    Raises:
        InvalidValueError: RC302.
    """
    if isinstance(value, str) and REGION.fullmatch(value):
        return value
    raise InvalidValueError(
        f"{what} is not an AWS region", value, "a name such as eu-central-1", "correct it", rule="RC302"
    )


@cache
def partition_of(region_name: str) -> str:
    """The partition that a region belongs to: aws, aws-cn, aws-us-gov or one of the isolated ones."""
    prefixes = {
        "cn-": "aws-cn",
        "us-gov-": "aws-us-gov",
        "us-iso-": "aws-iso",
        "us-isob-": "aws-iso-b",
        "eu-isoe-": "aws-iso-e",
        "us-isof-": "aws-iso-f",
        "eusc-": "aws-eusc",
    }
    return next((partition for prefix, partition in prefixes.items() if region_name.startswith(prefix)), "aws")


def endpoint(service: str, region_name: str, partition: str) -> str:
    """The name of a service's endpoint in a region, as in a queue's address and in kms:ViaService; China has its own.

    https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-Beijing.html
    """
    return f"{service}.{region_name}.amazonaws.com{'.cn' if partition == 'aws-cn' else ''}"


@dataclass(frozen=True)
class Arn:
    """An Amazon Resource Name, taken apart."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, value: object, what: str = "ARN") -> "Arn":
        """Take an ARN apart.

        Raises:
            InvalidValueError: RC303, where it is none or holds a wildcard.
        """
        found = _taken_apart(value) if isinstance(value, str) else None
        if found is None:
            stray = stray_sign(value) if isinstance(value, str) else None
            raise InvalidValueError(
                f"{what} is not an ARN: it holds {stray}" if stray else f"{what} is not an ARN",
                value,
                "arn:partition:service:region:account:resource",
                "copy it whole",
                rule="RC303",
            )
        return found

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


@lru_cache(maxsize=65536)
def _taken_apart(value: str) -> Arn | None:
    match = _ARN.fullmatch(value) if not _WILDCARD.search(value) else None
    return (
        Arn(match["partition"], match["service"], match["region"], match["account"], match["rest"]) if match else None
    )


def principal(value: object, partition: str, what: str = "principal") -> str:
    """A vendor's principal as an ARN: an account (12 digits become its :root), a user or a role; never `*`.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html

    Raises:
        InvalidValueError: RC106 for shapes that let in more than one account, user or role; RC110 for the bare id of a
            deleted user or role; RC111 for an account id that is not 12 digits.
    """
    return _principal(value, partition, what) if isinstance(value, str) else account_id(value, what)


@lru_cache(maxsize=65536)
def _principal(value: str, partition: str, what: str) -> str:
    allowed = "a 12-digit account id, or the ARN of an account's root, of one user or of one role"
    if re.fullmatch(r"A(IDA|ROA)[A-Z0-9]{12,}", value):
        raise InvalidValueError(
            f"{what} is the bare id of a user or role that was deleted",
            value,
            allowed,
            "name the ARN again",
            rule="RC110",
        )
    if account := _BAD_ACCOUNT.fullmatch(value):
        account_id(account[1], f"account of {what}")
    if not value.startswith("arn:"):
        if value == "*" or _WILDCARD.search(value):
            raise InvalidValueError(f"{what} is open to everybody", value, allowed, "name the vendor's", rule="RC106")
        if _SERVICE.fullmatch(value):
            raise InvalidValueError(f"{what} is a service of AWS", value, allowed, "name the vendor's", rule="RC106")
        return f"arn:{partition}:iam::{account_id(value, what)}:root"
    arn = Arn.parse(value, what) if not _WILDCARD.search(value) else None
    if (
        arn is None
        or arn.service != "iam"
        or arn.region
        or not arn.account
        or not _PRINCIPAL_RESOURCE.fullmatch(arn.resource)
    ):
        raise InvalidValueError(
            f"{what} is no principal to trust", value, allowed, "copy it from the vendor", rule="RC106"
        )
    return value
