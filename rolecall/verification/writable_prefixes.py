"""Where write probes may make a secret of their own, and where the role must not make one."""

from collections.abc import Iterator

from rolecall.model.grant import Access, Grant
from rolecall.model.secret import Secret
from rolecall.policy.pattern import matches
from rolecall.runtime.expectation import WritablePrefix
from rolecall.runtime.write_intents import MARK
from rolecall.runtime.write_probes import CREATE, DELETE, READ, UPDATE
from rolecall.verification.tried_secrets import Permitted

_RANDOM_DIGITS = 16


def writable_prefixes(grant: Grant) -> Iterator[WritablePrefix]:
    """The prefixes that a vendor with read-write access was granted. A name is somebody's secret, and left alone."""
    if grant.permissions.access is not Access.READ_WRITE:
        return
    permitted = Permitted(grant)
    patterns = [action.lower() for action in grant.permissions.write_actions]
    granted = [a for a in (CREATE, READ, UPDATE, DELETE) if any(matches(each, a.lower()) for each in patterns)]
    for secret in grant.permissions.secrets:
        if secret.kind == "prefix":
            yield WritablePrefix(
                prefix=secret.value,
                region=secret.region_in(grant.region),
                actions=tuple(granted),
                kms_key=secret.kms_key,
                beside=_beside(permitted, secret),
                allow_permanent_delete=grant.permissions.allow_permanent_delete,
            )


def _beside(permitted: Permitted, secret: Secret) -> str | None:
    """What the name of a secret begins with that the role may not make; the closest first, None where it may make any.

    Beside `app/` that is `app-`: a role that was given `app*` by mistake is found out.
    """
    region = secret.region_in(permitted.grant.region)
    for beginning in (f"{secret.value[:-1]}-", "", "rolecall-beside/"):
        name = f"{beginning}{MARK}{'0' * _RANDOM_DIGITS}"
        if not permitted.covers(CREATE.lower(), name, region, conditional=True):
            return beginning
    return None
