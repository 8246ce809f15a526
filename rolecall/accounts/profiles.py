"""Accounts and regions that a person's AWS profiles name. No keys are looked at, and no network is asked."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rolecall.model.identifiers import REGION

# What names the account: the role, the user who has signed in (aws login), or the id itself.
_ARN = re.compile(r"arn:aws[a-z-]*:(?:iam|sts)::([0-9]{12}):.+")
_ARNS = ("role_arn", "login_session")
_IDS = ("sso_account_id", "aws_account_id")


@dataclass(frozen=True)
class Profile:
    """What a profile tells of where it leads."""

    name: str
    account: str | None
    region: str | None


def profiles() -> tuple[Profile, ...]:
    """The profiles of the AWS configuration, the one that is in force first; none where it cannot be read.

    Source: https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html, read 2026-11-22.
    """
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 -- a quarter of a second, for questions alone
    from botocore.session import Session  # noqa: PLC0415

    try:
        written = Session().full_config.get("profiles", {})
    except (BotoCoreError, ValueError):
        return ()
    chosen = os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or "default"
    found = [_profile(name, values) for name, values in written.items() if isinstance(values, dict)]
    return tuple(sorted(found, key=lambda profile: (profile.name != chosen, profile.name)))


def _profile(name: str, values: Mapping[str, Any]) -> Profile:
    arns = [_ARN.fullmatch(str(values.get(key, ""))) for key in _ARNS]
    ids = [re.fullmatch("([0-9]{12})", str(values.get(key, ""))) for key in _IDS]
    account = next((found[1] for found in [*arns, *ids] if found), None)
    region = str(values.get("region", ""))
    return Profile(name, account, region if REGION.fullmatch(region) else None)


def region_in_force() -> str | None:
    """The region that the environment names; None where it names none.

    Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html, read 2026-11-22; AWS_DEFAULT_REGION is
    what boto3 and the AWS CLI read.
    """
    named = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""
    return named if REGION.fullmatch(named) else None
