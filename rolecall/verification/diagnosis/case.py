"""What is known about one role that is not as it should be, and how its external IDs are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rolecall.model.grant import Grant
from rolecall.runtime.diagnosis.cause import Cause, Likelihood
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.live_role import LiveRole
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.verdict import Verdict

_SHOWN_OF_MASKED = 4


@dataclass(frozen=True)
class Case:
    """A role of the estate as it was read and called.

    Args:
        live: the role; what is wrong with one that could not be read, the calls alone tell.
        ids: every role's external IDs by its address, to tell whose a wrong one is.
    """

    grant: Grant
    expected: RoleExpectation
    live: LiveRole
    probes: Sequence[Probe]
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def shown(self, external_id: str) -> str:
        """An external ID as texts show it: of one that the customer chose, the beginning alone."""
        return f"{external_id[:_SHOWN_OF_MASKED]}…" if self.grant.masked_external_id else external_id

    @property
    def is_refused(self) -> bool:
        """Whether the vendor's principal was not let in with the right external ID."""
        return any(
            p.failed for p in self.probes if p.kind == "right_external_id" and p.rung is not Rung.ASSUMED_BY_VERIFIER
        )

    @property
    def tags_differ(self) -> bool:
        """Whether tags came, went or changed; AWS's own (aws:…) do not count."""
        live = {key: value for key, value in self.live.tags.items() if not key.startswith("aws:")}
        return live != dict(self.grant.all_tags)

    def undo(self, event: str) -> str:
        """How a change by hand is undone, and where it is seen who made it.

        CloudFormation sees no change in a template that is the same as before, so that a plain deploy leaves it there.

        Args:
            event: CloudTrail's names of the calls that can have made it.
        """
        command = f"`cdk deploy --all -c workspace={self.grant.workspace} --revert-drift`"
        return f"A plain deploy undoes no change by hand, {command} does; CloudTrail tells who made it ({event})"


def seen(text: str, *explains: Verdict, then: str = "") -> Cause:
    """A cause that stands in the live role."""
    return Cause(text, Likelihood.SEEN, frozenset(explains), then)
