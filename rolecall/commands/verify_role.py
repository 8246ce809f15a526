"""`rolecall verify-role`: the trust probes for one role, for somebody who has an ARN and an external ID only."""

import re
from pathlib import Path

from rolecall.commands import local as local_command
from rolecall.commands.answer import CANNOT_TELL, USAGE, Answer, CommandError
from rolecall.commands.expectations import wrong_ids
from rolecall.commands.verify import exit_code
from rolecall.model import identifiers
from rolecall.report import verification as report
from rolecall.runtime.clients import Clients
from rolecall.runtime.expectation import RoleExpectation
from rolecall.runtime.observation import Observed, observe
from rolecall.runtime.trust_probes import AT_ONCE, Patience, TrustProbes
from rolecall.runtime.verdict import RoleResult, Rung, evidence, findings, verdict

_ROLE = re.compile(r"role/([\u0021-\u007e]+/)?[A-Za-z0-9_+=,.@-]{1,64}")


def verify_role(
    folder: Path, role_arn: str, external_id: str, target: str, identity: str | None, output: str
) -> Answer:
    """Call the role with the right external ID, without one and with wrong ones, as the caller's own principal.

    Args:
        identity: on the local target, whom to call as: vendor:ID or a principal's ARN.
    """
    arn = identifiers.Arn.parse(role_arn, "role ARN")
    if arn.service != "iam" or not _ROLE.fullmatch(arn.resource):
        raise CommandError(f"{role_arn} is not the ARN of a role", "copy it whole, path included", USAGE)
    identifiers.external_id(external_id)
    clients = _clients(folder, target, identity)
    region = clients.region or "us-east-1"
    seen, caller = observe(lambda: clients.client("sts", region).get_caller_identity())
    if seen.observed is not Observed.ALLOWED:
        raise CommandError(
            f"who you are cannot be told: {seen.reason}", "check credentials, region and network", CANNOT_TELL
        )
    role = RoleExpectation(
        "-", arn.resource.rpartition("/")[2], role_arn, region, (external_id,), tuple(wrong_ids((external_id,)))
    )
    probes = tuple(TrustProbes(role, AT_ONCE if target == "local" else Patience()).as_vendor(clients))
    against = findings(probes, [])
    climbed = evidence(probes, None)
    word = verdict(against, climbed, (Rung.ASSUMED,))
    texts = tuple(text for _, text in against)
    result = RoleResult("-", role.project, role_arn, word, climbed, texts, probes, report.hint(word, texts))
    render = report.as_json if output == "json" else report.as_text
    return Answer(render([result], mode="vendor", caller_arn=caller["Arn"]), exit_code([result]))


def _clients(folder: Path, target: str, identity: str | None) -> Clients:
    if target == "local":
        if identity is None:
            raise CommandError("on the local target, say whom to call as", "--as vendor:ID", USAGE)
        return Clients(local_command.found(folder).session(identity))
    import boto3  # noqa: PLC0415 -- takes a quarter of a second

    return Clients(boto3.Session())
