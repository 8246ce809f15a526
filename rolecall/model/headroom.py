"""How much of an account's quotas an estate takes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Headroom:
    """The room in one account. What else is in the account is not known here.

    Args:
        account: its id.
        roles: of the estate.
        policies: managed policies of the estate.
        room: how many more projects of one role and one policy fit by the default quotas.
    """

    account: str
    roles: int
    policies: int
    room: int
