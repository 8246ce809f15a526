"""What is known about one role that is not as it should be, and how a change of it is undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rolecall.model.grant import Grant
from rolecall.runtime.diagnosis.cause import Cause, Likelihood
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.live_role import LiveRole
from rolecall.runtime.observation import Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.verdict import Verdict

EVENT = "UpdateAssumeRolePolicy"
"""What CloudTrail calls a change of a trust."""


@dataclass(frozen=True)
class Case:
    """A role of the estate as it was read and called.

    Args:
        live: the role; what is wrong with one that could not be read, the calls alone tell.
        ids: every role's external IDs by its address, to tell whose a wrong one is.
        is_local: whether it is on the embedded AWS.
    """

    grant: Grant
    expected: RoleExpectation
    live: LiveRole
    probes: Sequence[Probe]
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_local: bool = False

    @property
    def is_refused(self) -> bool:
        """Whether the vendor's principal was not let in with the right external ID."""
        return any(probe.failed for probe in self._with_the_right_id)

    @property
    def is_let_in(self) -> bool:
        """Whether the vendor's principal was let in with the right external ID, and never refused."""
        return any(p.observed is Observed.ALLOWED for p in self._with_the_right_id) and not self.is_refused

    @property
    def _with_the_right_id(self) -> list[Probe]:
        return [p for p in self.probes if p.kind == "right_external_id" and p.rung is not Rung.ASSUMED_BY_VERIFIER]

    @property
    def tags_differ(self) -> bool:
        """Whether tags came, went or changed; AWS's own (aws:…) do not count."""
        live = {key: value for key, value in self.live.tags.items() if not key.startswith("aws:")}
        return live != dict(self.grant.all_tags)

    @property
    def deploy(self) -> str:
        """The command. It names the workspace alone, so that alike roles have one hint."""
        return deploy_command(self.grant, is_local=self.is_local)

    def undo(self, event: str) -> str:
        """How a difference goes away, whoever made it: the live role alone does not tell which of the two is older.

        Args:
            event: CloudTrail's names of the calls that can have made it.
        """
        return f"If the estate was changed since the last deployment: {self.deploy}. If not, {self.by_hand(event)}"

    def by_hand(self, event: str) -> str:
        """How a change by hand is undone, and where it is seen who made it.

        CloudFormation sees no change in a template that is the same as before, so that a plain deploy leaves it there.
        The embedded AWS cannot revert drift, and has no CloudTrail.
        """
        if self.is_local:
            return f"it was changed by hand: put it back, or `rolecall local down`, `rolecall local up`, {self.deploy}"
        command = f"`cdk deploy --all -c estate=DIR -c workspace={self.grant.workspace} --revert-drift`"
        return (
            f"it was changed by hand: {command} undoes that, a plain deploy does not;"
            f" CloudTrail tells who did it ({event})"
        )

    def instead(self, event: str) -> str:
        """What to do in the place of a command that undoes a change by hand, and where it is seen who made it."""
        newer = f"If the estate was changed since the last deployment, {self.deploy} instead"
        return newer if self.is_local else f"{newer}. CloudTrail's {event} tells who changed it"

    def trail(self, text: str) -> str:
        """What CloudTrail tells, where there is one."""
        return "" if self.is_local else f"CloudTrail's {text}"


def deploy_command(grant: Grant, *, is_local: bool) -> str:
    """How the role's stack is deployed."""
    return f"`rolecall deploy {grant.workspace}{' --target local' if is_local else ''}`"


def seen(text: str, *explains: Verdict, then: str = "") -> Cause:
    """A cause that stands in the live role."""
    return Cause(text, Likelihood.SEEN, frozenset(explains), then)
