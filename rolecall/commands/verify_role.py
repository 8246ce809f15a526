"""`rolecall verify-role`: the trust probes for one role, for somebody who has an ARN and an external ID only.

It calls as whoever one is, and proves what that caller gets.
"""

import re
import threading
from datetime import UTC, datetime
from pathlib import Path

from rolecall.accounts.received_ids import checked
from rolecall.answer import USAGE, Answer, CommandError
from rolecall.commands import local as local_command
from rolecall.commands.verify import exit_code
from rolecall.model import identifiers
from rolecall.model.invalid import InvalidValueError
from rolecall.model.stray_signs import stray_sign
from rolecall.report import verification as report
from rolecall.runtime.assume_role import MAX_SESSION_SECONDS
from rolecall.runtime.clients import Clients
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.role_trust import verify_trust
from rolecall.runtime.rung import Rung
from rolecall.runtime.wrong_ids import wrong_ids
from rolecall.verification.callers import DEFAULT_REGION, Mode, caller_arn
from rolecall.verification.wish import Wish

_A_ROLE = "arn:aws:iam::111111111111:role/path/name"
_SESSION = re.compile(r"assumed-role/([^/]+)/.+")
_ROLE = re.compile(r"role/([\u0021-\u007e]+/)?[A-Za-z0-9_+=,.@-]{1,64}")


def verify_role(role_arn: str, external_id: str, clients: Clients, wish: Wish) -> Answer:
    """Call the role with the right external ID, without one and with wrong ones, as whoever the caller is.

    `verified; evidence: assumed` then says that the role lets in this caller with this external ID and no other ID. It
    says nothing about the vendor, unless the caller is the vendor's own principal.

    Args:
        wish: of which target, wait, output and width matter here.

    Raises:
        CommandError: who calls cannot be told, or the ARN is not a role's.
        InvalidValueError: the ARN is none, or the external ID.
    """
    arn = _role(role_arn)
    checked(external_id, "external_id")
    now, region = datetime.now(UTC), clients.region or DEFAULT_REGION
    caller = caller_arn(clients, region)
    role = RoleExpectation(
        workspace="",
        project=arn.resource.rpartition("/")[2],
        role_arn=role_arn,
        region=region,
        external_ids=(external_id,),
        wrong_ids=tuple(wrong_ids((external_id,))),
        max_session_seconds=MAX_SESSION_SECONDS,  # not known here, so its limit is not tried
    )
    result = verify_trust(role, clients, patience=wish.patience(threading.Event()), caller_arn=caller)
    facts = report.RunFacts(Mode.VENDOR.value, caller, (Rung.ASSUMED,), wish.target, report.utc(now))
    return Answer(report.render(wish.output, [result], facts, width=wish.width), exit_code([result]))


def _role(role_arn: str) -> identifiers.Arn:
    """The ARN taken apart. What came along when it was copied is told before anything else: nobody sees it."""
    if stray := stray_sign(role_arn):
        raise InvalidValueError(
            f"role ARN is not an ARN: it holds {stray}", role_arn, _A_ROLE, "copy it whole, without that", rule="RC303"
        )
    arn = identifiers.Arn.parse(role_arn, "role ARN")
    if arn.service == "sts" and (session := _SESSION.fullmatch(arn.resource)):
        raise CommandError(
            f"{role_arn} is the ARN of a session of the role {session[1]}, and not of the role",
            f"copy the role's own ARN from IAM, path included: arn:{arn.partition}:iam::{arn.account}:role/…",
            USAGE,
        )
    if arn.service != "iam" or arn.region or not arn.account or not _ROLE.fullmatch(arn.resource):
        raise CommandError(f"{role_arn} is not the ARN of a role", f"copy it whole, path included: {_A_ROLE}", USAGE)
    return arn


def clients_of(folder: Path, target: str, identity: str | None) -> Clients:
    """Whoever calls: on AWS the credentials that boto3 finds, on the embedded AWS the named caller."""
    if target == "local":
        if identity is None:
            raise CommandError("on the local target, say whom to call as", "--as vendor:ID", USAGE)
        return Clients(local_command.found(folder).session(identity))
    import boto3  # noqa: PLC0415 -- takes a quarter of a second

    return Clients(boto3.Session())
