"""Who calls, and what that lets him tell: the vendor, the account's owner, or on the embedded AWS everybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rolecall import local
from rolecall.accounts.reach import AwsReach, LocalReach, Reach
from rolecall.answer import CANNOT_TELL, CommandError, Say
from rolecall.model.grant import Estate, Grant
from rolecall.runtime.caller import account_of_caller, calls_as
from rolecall.runtime.clients import Clients
from rolecall.runtime.diagnosis.trouble import trouble_text
from rolecall.runtime.observation import observe
from rolecall.runtime.rung import Rung

DEFAULT_REGION = "us-east-1"


class Mode(StrEnum):
    """As whom `verify` acts."""

    VENDOR = "vendor"
    OWNER = "owner"
    AUTO = "auto"


@dataclass(frozen=True)
class Callers:
    """Everybody whose credentials are at hand.

    Args:
        mode: vendor or owner.
        arn: the one who calls; None on the embedded AWS, where Rolecall calls as each vendor in turn.
        reach: how live roles are read; None where the caller is the vendor, whose accounts they are not.
        vendors: clients of the vendors' principals, by their ARN as the trusts name them.
        verifier: clients of the customer's own calling principal.
        stranger: clients of somebody whom no trust names.
        default_rungs: the evidence that `verified` needs unless somebody says otherwise.
    """

    mode: Mode
    arn: str | None
    reach: Reach | None
    default_rungs: tuple[Rung, ...]
    vendors: Mapping[str, Clients] = field(default_factory=dict)
    verifier: Clients | None = None
    stranger: Clients | None = None
    aws: local.LocalAws | None = None
    """The embedded AWS, if that is the target."""

    def of_account(self, account: str) -> Clients | None:
        """Somebody of a customer's account who may call every role that lets him; on the embedded AWS alone."""
        is_known = self.aws is not None and account in self.aws.identities()
        return Clients(self.aws.session(account)) if self.aws is not None and is_known else None

    @property
    def why_no_vendor(self) -> str:
        """Why a role is not called as its vendor, where it is not."""
        if self.mode is Mode.OWNER:
            return "the account's owner cannot call as the vendor's principal"
        return f"the role does not trust the caller {self.arn}" if self.arn else "no credentials for the principal"


def local_callers(aws: local.LocalAws, estate: Estate, grants: Sequence[Grant], mode: Mode) -> Callers:
    """Everybody on the embedded AWS: owners, vendors, the verifier and a stranger."""
    known = set(aws.identities())
    own = estate.verifier.principal if estate.verifier else None
    verifier = Clients(aws.session(own)) if own in known else None
    if mode is Mode.OWNER:
        return Callers(Mode.OWNER, None, LocalReach(aws), (Rung.LIVE,), verifier=verifier, aws=aws)
    principals = sorted({principal for grant in grants for principal in grant.trust.principals} & known)
    return Callers(
        Mode.VENDOR,
        None,
        LocalReach(aws),
        (Rung.LIVE, Rung.ASSUMED),
        vendors={arn: Clients(aws.session(arn)) for arn in principals},
        verifier=verifier,
        stranger=Clients(aws.session("foreign")),
        aws=aws,
    )


def aws_callers(estate: Estate, grants: Sequence[Grant], mode: Mode, say: Say) -> Callers:
    """Whoever boto3 finds credentials for.

    Raises:
        CommandError: it cannot be told who that is.
    """
    import boto3  # noqa: PLC0415 -- takes a quarter of a second

    clients = Clients(boto3.Session())
    region = clients.region or next((grant.region for grant in grants), estate.default_region) or DEFAULT_REGION
    arn = caller_arn(clients, region)
    trusted = {principal for grant in grants for principal in grant.trust.principals}
    vendors = {principal: clients for principal in trusted if calls_as(arn, principal)}
    is_verifier = estate.verifier is not None and calls_as(arn, estate.verifier.principal)
    found = Mode.VENDOR if vendors and account_of_caller(arn) not in estate.accounts else Mode.OWNER
    if mode is Mode.AUTO:
        say(f"calling as the {'verifier' if is_verifier else found}: {arn}")
    if (found if mode is Mode.AUTO else mode) is Mode.VENDOR:
        return Callers(Mode.VENDOR, arn, None, (Rung.ASSUMED,), vendors)
    # A pipeline that runs as the verifier proves what it is there for; an owner who is none reads the roles.
    rung, verifier = (Rung.ASSUMED_BY_VERIFIER, clients) if is_verifier else (Rung.LIVE, None)
    reach = AwsReach.of(grants, own_through_reader=estate.pipeline is not None)
    return Callers(Mode.OWNER, arn, reach, (rung,), verifier=verifier)


def caller_arn(clients: Clients, region: str) -> str:
    """Who the credentials belong to.

    Raises:
        CommandError: there are none, or AWS could not be asked.
    """
    seen, answer = observe(
        lambda: clients.client("sts", region).get_caller_identity()["Arn"],
        is_sound=lambda arn: isinstance(arn, str),
    )
    if answer is None:
        why = seen.reason or f"AWS answered {seen.error_code}"
        tip = trouble_text(seen) or "check credentials, region, endpoint and the machine's clock"
        raise CommandError(f"who you are cannot be told: {why}", tip, CANNOT_TELL)
    return str(answer)
