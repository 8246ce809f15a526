"""Looking for the vendor's own calls: in CloudTrail, or in the guard's journal on the embedded AWS."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

from rolecall.accounts.reach import Reach
from rolecall.answer import CommandError
from rolecall.model.grant import Grant
from rolecall.runtime.contact import ContactReading
from rolecall.runtime.event_history import Limiter, last_contact
from rolecall.runtime.lines import TRIES
from rolecall.verification.callers import Callers
from rolecall.verification.journal_contact import journal_contacts, vendor_accounts

# CloudTrail answers two look-ups a second and account, and a role that nobody called costs four: half a minute or so.
MAX_UNASKED = 20
"""In an account with more roles than this the vendor is looked for only where `contact` is required."""


class Contacts:
    """The vendor's last own call of each role of a run."""

    def __init__(self, callers: Callers, grants: Sequence[Grant], *, required: bool) -> None:
        """Read what is read once for all roles.

        Args:
            required: whether a role needs this evidence, however long it takes.
        """
        self._callers, self._required, self._limiter = callers, required, Limiter()
        self._many = Counter(grant.account for grant in grants)
        self._untold: Counter[str] = Counter()
        """Look-ups in a row that came to nothing, by account: somebody who may not look, or a line that is dead."""
        self._journal: Mapping[str, ContactReading] = journal_contacts(callers.aws, grants) if callers.aws else {}

    def of(self, grant: Grant) -> ContactReading:
        """What was seen of the vendor at one role."""
        reach = self._callers.reach
        if grant.role_arn in self._journal:
            return self._journal[grant.role_arn]
        if reach is None:
            return ContactReading(None, "CloudTrail is the customer's to read", told=False)
        if not self._required and self._many[grant.account] > MAX_UNASKED:
            reason = f"CloudTrail is slow, and account {grant.account} has many roles: --require contact asks for each"
            return ContactReading(None, reason, told=False)
        if self._untold[grant.account] >= TRIES:
            return ContactReading(
                None, f"not asked: CloudTrail of account {grant.account} could not be read", told=False
            )
        reading = self._looked_up(grant, reach)
        self._untold[grant.account] = 0 if reading.told else self._untold[grant.account] + 1
        return reading

    def _looked_up(self, grant: Grant, reach: Reach) -> ContactReading:
        client = partial(reach.client, grant.account, "cloudtrail")
        try:
            return last_contact(
                client,
                grant.role_arn,
                vendor_accounts(grant),
                grant.region,
                limiter=self._limiter,
                is_needed=self._required,
            )
        except CommandError as error:
            return ContactReading(None, str(error), told=False)
