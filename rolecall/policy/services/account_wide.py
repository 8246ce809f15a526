"""Calls about the whole account, which no resource can narrow: a statement of its own for each service."""

from collections.abc import Iterator, Sequence

from rolecall.model.services import ServiceAccess
from rolecall.policy.reasoned import Reasoned
from rolecall.policy.services.needs import who_documents


def account_wide_calls(accesses: Sequence[ServiceAccess]) -> Iterator[Reasoned]:
    """What the vendor documents that it calls on the account, for one service, unless that is left out.

    Several accesses may have several pages: each is named with its own calls.
    """
    asking = [access for access in accesses if access.account_wide and access.documented.account_wide]
    by_page = {access.documented: dict(access.documented.account_wide) for access in asking}
    if not asking:
        return
    first = asking[0]
    statement = {
        "Sid": f"ListAccountWide{first.service.title()}",
        "Effect": "Allow",
        "Action": list(dict.fromkeys(action for calls in by_page.values() for action in calls)),
        "Resource": "*",
    }
    said = [f"({who_documents(page)}). {_listed(calls)}" for page, calls in by_page.items()]
    reason = f"makes calls about the whole account, which no resource can narrow {' '.join(said)}"
    pages = {page.source for page in by_page}
    source = pages.pop() if len(pages) == 1 else None
    yield Reasoned(statement, reason, first.location, service=first.service, source=source, account_wide=True)


def _listed(calls: dict[str, str]) -> str:
    return "; ".join(f"{action}: {reason}" for action, reason in calls.items())
