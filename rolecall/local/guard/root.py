"""An account's root: a 12-digit access key, believed only with a signature made with the secret of this launch.

ministack takes four kinds of credentials for root without looking at a signature: a 12-digit key, the key `test`, the
access key in its own environment, and whatever it does not understand.
"""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

_ACCOUNT = re.compile(r"[0-9]{12}")


def is_root_access_key(access_key_id: str) -> bool:
    """Whether the key names an account's root: 12 digits and nothing else."""
    return _ACCOUNT.fullmatch(access_key_id or "") is not None


def skips_signature(access_key_id: str) -> bool:
    """Whether a key is believed unseen: none is."""
    del access_key_id
    return False


def with_root_secret(original: Callable[..., Any], root_secret: str) -> Callable[..., Any]:
    """`resolve_credential`, with this launch's secret for root in place of one that everybody knows."""

    def resolve_credential(access_key_id: str, *args: Any, **kwargs: Any) -> Any:
        credential = original(access_key_id, *args, **kwargs)
        if not is_root_access_key(access_key_id) or not hasattr(credential, "secret_access_key"):
            return credential
        return dataclasses.replace(credential, secret_access_key=root_secret)

    return resolve_credential
