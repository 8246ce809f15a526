"""Calls about the whole account, which no resource can narrow: a statement of its own for each service."""

from collections.abc import Iterator, Sequence

from rolecall.model.services import ServiceAccess
from rolecall.policy.reasoned import Reasoned
from rolecall.policy.services.needs import who_documents


def account_wide_calls(accesses: Sequence[ServiceAccess]) -> Iterator[Reasoned]:
    """What the vendor documents that it calls on the account, for one service; nothing where it documents none."""
    why = {action: reason for access in accesses for action, reason in access.documented.account_wide}
    if not why:
        return
    first = next(access for access in accesses if access.documented.account_wide)
    statement = {
        "Sid": f"ListAccountWide{first.service.title()}",
        "Effect": "Allow",
        "Action": list(why),
        "Resource": "*",
    }
    calls = "; ".join(f"{action}: {reason}" for action, reason in why.items())
    reason = f"makes calls about the whole account, which no resource can narrow ({who_documents(first)}). {calls}"
    yield Reasoned(statement, reason, first.location, service=first.service, source=first.documented.source)
