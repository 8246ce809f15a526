"""The trust of a role: the vendor's rules, applied to what was written."""

from rolecall.config.external_ids import external_ids_of, is_no_account
from rolecall.config.party import Party
from rolecall.config.patterns import are_from_the_catalog
from rolecall.config.principals import principals_of
from rolecall.config.values import PENDING
from rolecall.model.trust import Trust
from rolecall.policy.principal import account_of


def trust_of(party: Party, partition: str) -> Trust | None:
    """The trust of a role; None where something is missing or wrong, which has then been noted."""
    principals = principals_of(party, partition)
    ids = external_ids_of(party)
    if principals is None or ids is None:
        return None
    accounts = frozenset(account for account in map(account_of, principals) if account)
    if not is_no_account(ids, accounts, party) or not are_from_the_catalog(principals, ids, party):
        return None
    if PENDING in ids or not principals:
        return Trust(principals, () if PENDING in ids else ids, pending=True)
    return Trust(principals, ids)
