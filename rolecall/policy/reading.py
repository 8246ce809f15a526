"""From what point of view a trust policy is read: one's own, or a foreign one with what the catalog knows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rolecall.model.trust import Trust
from rolecall.policy.principal import account_of


@dataclass(frozen=True)
class VendorFact:
    """What is known of a vendor by its AWS account."""

    name: str
    makes_ids: bool
    """Whether the vendor makes the external IDs, by a rule or by chance; else the customer does."""
    id_forms: tuple[str, ...] = ()
    """Regular expressions of the IDs that the vendor makes, whole strings."""
    shared_form: str | None = None
    """Regular expression of the IDs that the vendor sends for several roles; None: each role has one of its own."""
    like_form: str | None = None
    """Regular expression of the patterns that this vendor asks for under StringLike; None: none."""
    like_reason: str = ""
    """Why it asks for a pattern."""
    partitions: frozenset[str] = frozenset({"aws"})
    """Where its accounts are the vendor's: the same number in another partition is somebody else's."""
    self_trust: bool = False
    """Whether it asks that its roles may assume themselves."""

    def sends_for_several(self, external_id: str) -> bool:
        """Whether it sends this ID for several roles, as its scope says; of an ID that is not known yet it may."""
        known = "«" not in external_id and not external_id.startswith("{{")
        return self.shared_form is not None and (not known or re.fullmatch(self.shared_form, external_id) is not None)


@dataclass(frozen=True)
class Reading:
    """From what point of view a trust is read.

    By default it is one that Rolecall makes: nothing but one vendor's statement belongs into it. A foreign one may
    trust services and its own account as well; only what it opens to others is judged.
    """

    foreign: bool = False
    deployed: bool = False
    """Whether it is a live role's, in which nothing is left that a deployment would fill in."""
    own_accounts: frozenset[str] = frozenset()
    vendors: Mapping[str, VendorFact] = field(default_factory=dict)
    """By account id."""
    names: frozenset[str] = frozenset()
    """Words that an external ID must not be made of."""
    patterns: Mapping[str, str] = field(default_factory=dict)
    """Patterns of the external ID that the role was given for a reason of its vendor's: the reason by the pattern."""
    itself: str | None = None
    """ARN of the role, where it is meant to trust itself."""

    def fact_of(self, principal: str) -> VendorFact | None:
        """What is known of the vendor that a principal belongs to."""
        fact = self.vendors.get(account_of(principal) or "")
        partition = principal.split(":", 2)[1] if fact is not None else ""
        return fact if fact is not None and (partition in fact.partitions or "«" in partition) else None


def own_reading(trust: Trust, *, deployed: bool = False) -> Reading:
    """How a trust is read that should be this one: with the patterns, and the trust in itself, that it was given."""
    reasons = {pattern.value: pattern.reason for pattern in trust.patterns}
    return Reading(deployed=deployed, patterns=reasons, itself=trust.itself)


OURS = Reading()
LIVE = Reading(deployed=True)
