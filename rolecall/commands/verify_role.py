"""`rolecall verify-role`: the trust probes for one role, for somebody who has an ARN and an external ID only."""

import re
from pathlib import Path

from rolecall.commands import local as local_command
from rolecall.commands.answer import CANNOT_TELL, USAGE, Answer, CommandError
from rolecall.commands.verify import exit_code
from rolecall.model import identifiers
from rolecall.report import verification as report
from rolecall.runtime.clients import Clients
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.observation import Observed, observe
from rolecall.runtime.patience import AT_ONCE, Patience
from rolecall.runtime.rung import Rung
from rolecall.runtime.trust_probes import MAX_SESSION_SECONDS, TrustProbes
from rolecall.runtime.verdict import RoleResult, evidence, findings, verdict
from rolecall.runtime.wrong_ids import wrong_ids

_ROLE = re.compile(r"role/([\u0021-\u007e]+/)?[A-Za-z0-9_+=,.@-]{1,64}")


def verify_role(role_arn: str, external_id: str, clients: Clients, wait_seconds: float, output: str) -> Answer:
    """Call the role with the right external ID, without one and with wrong ones, as the caller's own principal.

    Args:
        wait_seconds: how long a wrong answer is asked again, as IAM is eventually consistent; 0 to take the first.
    """
    arn = identifiers.Arn.parse(role_arn, "role ARN")
    if arn.service != "iam" or not _ROLE.fullmatch(arn.resource):
        raise CommandError(f"{role_arn} is not the ARN of a role", "copy it whole, path included", USAGE)
    identifiers.external_id(external_id)
    region = clients.region or "us-east-1"
    seen, caller = observe(lambda: clients.client("sts", region).get_caller_identity())
    if seen.observed is not Observed.ALLOWED:
        raise CommandError(
            f"who you are cannot be told: {seen.reason}", "check credentials, region and network", CANNOT_TELL
        )
    role = RoleExpectation(
        workspace="",
        project=arn.resource.rpartition("/")[2],
        role_arn=role_arn,
        region=region,
        external_ids=(external_id,),
        wrong_ids=tuple(wrong_ids((external_id,))),
        max_session_seconds=MAX_SESSION_SECONDS,  # not known here, so its limit is not tried
    )
    patience = Patience(bound_seconds=wait_seconds) if wait_seconds else AT_ONCE
    probes = tuple(TrustProbes(role, patience).as_vendor(clients))
    against = findings(probes, [])
    climbed = evidence(probes, None)
    word = verdict(against, climbed, (Rung.ASSUMED,))
    texts = tuple(text for _, text in against)
    result = RoleResult("", role.project, role_arn, word, climbed, texts, probes, report.hint(word, texts))
    render = report.as_json if output == "json" else report.as_text
    return Answer(render([result], mode="vendor", caller_arn=caller["Arn"]), exit_code([result]))


def clients_of(folder: Path, target: str, identity: str | None) -> Clients:
    """Whoever calls: on AWS the credentials that boto3 finds, on the embedded AWS the named caller."""
    if target == "local":
        if identity is None:
            raise CommandError("on the local target, say whom to call as", "--as vendor:ID", USAGE)
        return Clients(local_command.found(folder).session(identity))
    import boto3  # noqa: PLC0415 -- takes a quarter of a second

    return Clients(boto3.Session())
