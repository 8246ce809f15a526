"""The embedded AWS: a ministack with enforcement on and a guard in front of it, for proofs without an account.

`up` starts it, `find` finds it, `down` stops it, `running` does all three; what they return is a `LocalAws`, which
hands out sessions, clients and environments for the customer's, the vendors' and a stranger's IAM users.
"""

from rolecall.local.callers import Callers
from rolecall.local.errors import LOCAL_EXTRA, LocalAwsError, NotInstalledError, UnknownIdentity
from rolecall.local.key_ids import KEY_ID_TAG, SECRET_SUFFIX_TAG
from rolecall.local.launch import require_packages
from rolecall.local.lifecycle import down, find, running, up
from rolecall.local.local_aws import LocalAws

__all__ = [
    "KEY_ID_TAG",
    "LOCAL_EXTRA",
    "SECRET_SUFFIX_TAG",
    "Callers",
    "LocalAws",
    "LocalAwsError",
    "NotInstalledError",
    "UnknownIdentity",
    "down",
    "find",
    "require_packages",
    "running",
    "up",
]
