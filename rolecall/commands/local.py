"""`rolecall local`: the embedded AWS of an estate, with the accounts and callers that the estate needs."""

import json
import shlex
from pathlib import Path

from rolecall import local, state_folder
from rolecall.answer import CANNOT_TELL, NO, Answer, CommandError, Say
from rolecall.config.load import load
from rolecall.model.grant import Estate
from rolecall.model.identifiers import Arn, partition_of
from rolecall.verification.left_out import taking_part, tell_left_out

_DEFAULT_REGION = "us-east-1"
# Used where an estate names no account at all: the embedded AWS takes any 12 digits.
_EXAMPLE_ACCOUNT = "111111111111"


def state_dir(folder: Path) -> Path:
    """Where the embedded AWS of an estate keeps its state."""
    return folder / state_folder.NAME / "local"


def callers_of(estate: Estate) -> local.Callers:
    """Who must exist: an administrator in each account of the estate, each vendor's own principals, the verifier.

    For roles of another partition than `aws` nobody has to: ministack knows none.
    """
    estate = taking_part(estate)
    principals: dict[str, tuple[str, ...]] = {}
    for grant in estate.grants:
        known = principals.get(grant.vendor, ())
        principals[grant.vendor] = tuple(dict.fromkeys(known + grant.trust.principals))
    keys = {Arn.parse(key).account for grant in estate.grants for key in grant.permissions.kms_keys}
    deploying = {estate.pipeline.account} if estate.pipeline else set()
    accounts = tuple(sorted(keys | deploying | set(estate.accounts))) or (_EXAMPLE_ACCOUNT,)
    named = (estate.default_region, *(grant.region for grant in estate.grants))
    region = next((name for name in named if name and partition_of(name) == "aws"), _DEFAULT_REGION)
    return local.Callers(accounts, principals, region, (estate.verifier.principal,) if estate.verifier else ())


def up(folder: Path, port: int | None, say: Say) -> Answer:
    """Start it, or find it running; accounts that the estate has gained are added."""
    estate = _estate(folder)
    tell_left_out(estate.grants, say)
    aws = local.up(state_dir(folder), callers_of(estate), port=port, say=say)
    say('next: rolecall deploy --target local, or eval "$(rolecall local env)" for your own commands')
    return Answer(aws.endpoint_url)


def down(folder: Path) -> Answer:
    """Stop it."""
    return Answer("stopped" if local.down(state_dir(folder)) else "was not running")


def status(folder: Path) -> Answer:
    """Whether it runs, and for whom; the answer is no where it does not."""
    aws = local.find(state_dir(folder))
    if aws is None:
        return Answer("not running", NO)
    return Answer(f"{aws.endpoint_url} (process {aws.pid}), callers: {', '.join(aws.identities())}")


def env(folder: Path, identity: str | None, output: str) -> Answer:
    """The environment of one caller there; the default is the administrator of the estate's default account."""
    aws = found(folder)
    accounts = [name for name in aws.identities() if name.isdigit()]
    default = _estate(folder).default_account or accounts[0]
    environment = aws.environment(identity or default)
    if output == "json":
        return Answer(json.dumps(environment, indent=2))
    return Answer("\n".join(f"export {name}={shlex.quote(value)}" for name, value in environment.items()))


def found(folder: Path) -> local.LocalAws:
    """The running embedded AWS of an estate.

    Raises:
        NotInstalledError: it cannot even be started.
        CommandError: it does not run.
    """
    aws = local.find(state_dir(folder))
    if aws is None:
        local.require_packages()
        raise CommandError("the embedded AWS of this estate does not run", "rolecall local up", CANNOT_TELL)
    return aws


def _estate(folder: Path) -> Estate:
    """The estate as far as it can be read: its accounts are needed even while some project is wrong."""
    return load(folder).estate or Estate("", ())
