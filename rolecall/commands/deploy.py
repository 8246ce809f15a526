"""`rolecall deploy`: synthesise, look for names that are taken, then `cdk deploy`."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from rolecall.accounts.parameters import external_ids, verifier_id
from rolecall.accounts.reach import AwsReach, LocalReach, Reach
from rolecall.answer import Answer, CommandError, Say
from rolecall.commands import local as local_command
from rolecall.commands.cdk_cli import Cdk, failure, find_cdk
from rolecall.commands.ownership import refuse_taken_names
from rolecall.commands.synth import require_cdk, write_assembly
from rolecall.estate import in_whole_stacks, selected, sound
from rolecall.model.grant import Grant
from rolecall.model.naming import BOOTSTRAP_QUALIFIER
from rolecall.model.numbers import number_of
from rolecall.report.roles import as_text
from rolecall.verification.left_out import is_left_out, tell_left_out
from rolecall.verification.stand_ins import make_boundaries

_BOOTSTRAP_VERSION = f"/cdk-bootstrap/{BOOTSTRAP_QUALIFIER}/version"


def deploy(folder: Path, selectors: Sequence[str], target: str, approval: str, say: Say) -> Answer:
    """Put the roles up. Nothing is deployed if the estate, a template or a name has anything against it."""
    estate = sound(folder)
    grants = in_whole_stacks(estate.grants, selected(estate.grants, selectors))
    if not grants:
        return Answer("the estate has no roles; nothing was deployed")
    if target == "local":
        tell_left_out(grants, say)
        grants = tuple(grant for grant in grants if not is_left_out(grant))
    require_cdk()  # what is not installed is said before anything takes long
    cdk = find_cdk(folder)
    aws = local_command.found(folder) if target == "local" else None
    with tempfile.TemporaryDirectory(prefix="rolecall-") as scratch:
        say(f"synthesising {number_of(len(grants), 'role')}")
        assembly = write_assembly(grants, Path(scratch) / "cdk.out")
        if aws is not None:
            reach: Reach = LocalReach(aws)
            home = estate.default_account or grants[0].account
            make_boundaries(reach, grants)
            bootstrap(cdk, reach, home, grants, Path(scratch), say)
            environment, approval = aws.environment(home), "never"
        else:
            reach = AwsReach.of(grants, own_through_reader=estate.pipeline is not None)
            environment = {}
        refuse_taken_names(grants, reach)
        for grant in grants:
            external_ids(grant, reach)  # a parameter that is missing or holds no external ID stops everything here
            verifier_id(grant, reach)
        say("deploying with cdk")
        arguments = ["deploy", "--app", str(assembly), "--all", "--require-approval", approval, "--progress", "events"]
        ended = cdk.run(arguments, environment)
    if ended.returncode != 0:
        raise failure("cdk deploy", ended.stdout, estate, cdk)
    say(f"next: rolecall verify{' --target local' if target == 'local' else ''}")
    return Answer(as_text(grants, show_external_ids=False))


def bootstrap(cdk: Cdk, reach: Reach, home: str, grants: Sequence[Grant], scratch: Path, say: Say) -> None:
    """Make sure that CDK's own roles and bucket exist on the embedded AWS; one account deploys into all.

    Args:
        scratch: a folder without a cdk.json, whose app bootstrapping would start.
    """
    for account, region in sorted({(grant.account, grant.region) for grant in grants}):
        if _is_bootstrapped(reach, account, region):
            continue
        say(f"bootstrapping CDK in {account}/{region}")
        arguments = ["bootstrap", f"aws://{account}/{region}", "--trust", home, "--trust-for-lookup", home]
        arguments += ["--cloudformation-execution-policies", "arn:aws:iam::aws:policy/AdministratorAccess"]
        ended = cdk.run(arguments, reach.environment(account), quiet=True, folder=scratch)
        if ended.returncode != 0:
            raise CommandError(f"cdk bootstrap failed in {account}/{region}:\n{ended.stdout}")


def _is_bootstrapped(reach: Reach, account: str, region: str) -> bool:
    from botocore.exceptions import ClientError  # noqa: PLC0415 -- boto3 takes a quarter of a second

    try:
        reach.client(account, "ssm", region).get_parameter(Name=_BOOTSTRAP_VERSION)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterNotFound":
            return False
        raise
    return True
