"""From service access to statements on the named resources, and to the account-wide calls that a vendor documents."""

import json
from collections.abc import Iterator, Sequence

from rolecall.model.services import S3Access, ServiceAccess
from rolecall.policy.reasoned import Home, Reasoned, short_hash
from rolecall.policy.services.account_wide import account_wide_calls
from rolecall.policy.services.keys import use_of_key
from rolecall.policy.services.named import on_named_resources
from rolecall.policy.services.needs import need
from rolecall.policy.services.objects import on_buckets

# What comes first in a policy; a service that is added goes to the end, so that the others stay where they are.
_ORDER = ("sqs", "sns", "s3", "lambda", "ses", "lex", "cloudwatch")


def service_statements(services: Sequence[ServiceAccess], home: Home) -> list[Reasoned]:
    """The statements of all services of a role, each with its reason: by service, then as they were given."""
    return [reasoned for service in _ORDER for reasoned in _of_service(_only(service, services), home)]


def _only(service: str, services: Sequence[ServiceAccess]) -> list[ServiceAccess]:
    """The different accesses to one service."""
    return list(dict.fromkeys(access for access in services if access.service == service))


def _of_service(accesses: list[ServiceAccess], home: Home) -> Iterator[Reasoned]:
    """Each statement once: names in another order, or `shared`, make no other grant."""
    seen: set[str] = set()
    for reasoned in _with_repeated(accesses, home):
        grants = json.dumps({key: value for key, value in reasoned.statement.items() if key != "Sid"}, sort_keys=True)
        if grants not in seen:
            seen.add(grants)
            yield reasoned


def _with_repeated(accesses: list[ServiceAccess], home: Home) -> Iterator[Reasoned]:
    for access in accesses:
        # IAM takes each Sid once in a policy.
        end = short_hash(_granted(access, home)) if len(accesses) > 1 else ""
        named = on_buckets(access, home, end) if isinstance(access, S3Access) else on_named_resources(access, home, end)
        yield from named
        yield from use_of_key(access, home, end)
    yield from account_wide_calls(accesses)


def _granted(access: ServiceAccess, home: Home) -> str:
    """What an access lets the role do, as a text: the same whoever shares it, and wherever its actions were read."""
    actions = [(mode, need(access, mode).actions) for mode in access.modes_asked]
    return repr((access.resources(home.partition, home.region, home.account), actions))
