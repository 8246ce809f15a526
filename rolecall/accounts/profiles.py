"""Accounts and regions that a person's AWS profiles name. No keys are looked at, and no network is asked."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rolecall.model.identifiers import REGION

_ROLE_ACCOUNT = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}):role/.+")


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
    role = _ROLE_ACCOUNT.fullmatch(str(values.get("role_arn", "")))
    signed_in = str(values.get("sso_account_id", ""))
    account = role[1] if role else signed_in if re.fullmatch("[0-9]{12}", signed_in) else None
    region = str(values.get("region", ""))
    return Profile(name, account, region if REGION.fullmatch(region) else None)
