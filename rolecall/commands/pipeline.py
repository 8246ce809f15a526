"""`rolecall synth --pipeline` and `rolecall deploy --pipeline`: the stacks that an administrator puts up once."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from rolecall.accounts.caller import own_account
from rolecall.accounts.reach import AwsReach, LocalReach
from rolecall.answer import Answer, CommandError, Say
from rolecall.commands import local as local_command
from rolecall.commands.cdk_cli import Cdk, failure, find_cdk
from rolecall.commands.pipeline_place import refuse_moved
from rolecall.commands.synth import require_cdk, write_pipeline_assembly
from rolecall.estate import with_pipeline
from rolecall.model import naming
from rolecall.model.grant import Estate
from rolecall.model.identifiers import partition_of
from rolecall.model.pipeline import Pipeline


def synth_pipeline(folder: Path, out: Path) -> Answer:
    """Write the templates of the deploy role and of each account's execution policy."""
    estate, pipeline = with_pipeline(folder)
    assembly = write_pipeline_assembly(estate, pipeline, out)
    return Answer(f"{len(stacks(estate, pipeline))} stacks in {assembly}")


def deploy_pipeline(folder: Path, target: str, approval: str, say: Say) -> Answer:
    """Put up the stacks of the caller's account; on the embedded AWS, of every account."""
    estate, pipeline = with_pipeline(folder)
    placed = stacks(estate, pipeline)
    require_cdk()
    cdk = find_cdk(folder)
    with tempfile.TemporaryDirectory(prefix="rolecall-") as scratch:
        say("synthesising the pipeline's stacks")
        assembly = write_pipeline_assembly(estate, pipeline, Path(scratch) / "cdk.out")
        if target == "local":
            aws = local_command.found(folder)
            accounts = sorted(set(placed.values()))
            refuse_moved(estate, pipeline, accounts, LocalReach(aws))
            for account in accounts:
                _deploy(cdk, estate, assembly, _of(placed, account), "never", aws.environment(account))
            _warn(say)
            return Answer(_next_steps(estate, pipeline, cdk))
        own = own_account(pipeline.region)
        mine, others = _of(placed, own), sorted(set(placed.values()) - {own})
        if not mine:
            raise CommandError(
                f"account {own}, whose credentials you have, has no part in the pipeline",
                f"sign in as an administrator of {', '.join(others)}",
            )
        refuse_moved(estate, pipeline, [own], AwsReach({}))
        _deploy(cdk, estate, assembly, mine, approval, {})
    if others:
        say(f"left: sign in to {', '.join(others)} and run this again, for the stacks there")
    _warn(say)
    return Answer(_next_steps(estate, pipeline, cdk))


def stacks(estate: Estate, pipeline: Pipeline) -> dict[str, str]:
    """The account of each stack by its construct id."""
    execution = naming.execution_stack_name(estate.name)
    placed = {naming.pipeline_stack_name(estate.name): pipeline.account}
    for account in sorted({grant.account for grant in estate.grants}):
        placed[naming.stack_construct_id(execution, account, pipeline.region)] = account
    return placed


def _of(placed: dict[str, str], account: str) -> list[str]:
    return [stack for stack, where in placed.items() if where == account]


def _deploy(
    cdk: Cdk, estate: Estate, assembly: Path, chosen: Sequence[str], approval: str, environment: dict[str, str]
) -> None:
    arguments = ["deploy", "--app", str(assembly), *chosen, "--require-approval", approval, "--progress", "events"]
    ended = cdk.run(arguments, environment)
    if ended.returncode != 0:
        raise failure("cdk deploy", ended.stdout, estate, cdk)


def _warn(say: Say) -> None:
    """The bootstrap that every CDK app of an account shares by default is changed by the commands, for all of them."""
    shared = f"the account's own CDKToolkit (qualifier {naming.BOOTSTRAP_QUALIFIER})"
    say(f"next, `cdk bootstrap`: it replaces trust and execution policies of {shared}")
    say("other CDK apps that deploy by it could then make these roles only; docs/deployer.md says what to do about it")


def _next_steps(estate: Estate, pipeline: Pipeline, cdk: Cdk) -> str:
    """The bootstrap of each account and region, as commands."""
    lines = []
    for account, region in sorted({(grant.account, grant.region) for grant in estate.grants}):
        policy = f"arn:{partition_of(region)}:iam::{account}:policy/{naming.execution_policy_name(estate.name)}"
        trust = f"--trust {pipeline.account} --trust-for-lookup {pipeline.account}"
        lines.append(f"{cdk.bootstrap} aws://{account}/{region} {trust} --cloudformation-execution-policies {policy}")
    return "\n".join(lines)
