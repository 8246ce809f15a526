"""The pipeline: where its role lives, and what it must not be mixed up with."""

from collections.abc import Collection

from rolecall.config.files import WrittenEstate
from rolecall.model import naming
from rolecall.model.grant import Grant
from rolecall.model.identifiers import partition_of
from rolecall.model.invalid import four_parts
from rolecall.model.pipeline import Pipeline


def pipeline_of(written: WrittenEstate, grants: Collection[Grant]) -> Pipeline | None:
    """The pipeline; None where there is none, or one without a place, which has then been noted."""
    estate = written.estate
    entry = estate.pipeline if estate else None
    if estate is None or entry is None:
        return None
    account = entry.account or estate.defaults.account
    region = _region(account, estate.defaults.region, grants)
    if account is None or region is None:
        missing = "account" if account is None else "region"
        allowed = "one in `defaults`, or `account` here" if account is None else "one in `defaults`"
        message = four_parts(f"{missing} of the pipeline is missing", "nothing", allowed, f"add `{missing}:`")
        if not written.source.was_refused(("defaults", missing)):
            written.source.error("RC005", ("pipeline",), message)
        return None
    pipeline = Pipeline(
        entry.github.github,
        account,
        region,
        entry.role_name or naming.deploy_role_name(estate.estate),
        entry.create_provider,
    )
    return None if _is_mixed_up(written, pipeline, grants) else pipeline


def _region(account: str | None, default: str | None, grants: Collection[Grant]) -> str | None:
    """Where the stack lives: in the estate's region, or that of a role beside it."""
    beside = (grant.region for grant in sorted(grants, key=lambda grant: grant.account != account))
    return default or next(beside, None)


def _is_mixed_up(written: WrittenEstate, pipeline: Pipeline, grants: Collection[Grant]) -> bool:
    """Whether its names meet those of the estate, or it cannot reach a role's account; noted where it is so."""
    met = False
    partition = partition_of(pipeline.region)
    if other := next((grant for grant in grants if grant.partition != partition), None):
        what = f"pipeline is of another partition than {other.address} ({other.location})"
        message = four_parts(what, partition, other.partition, "give each partition an estate of its own")
        written.source.error("RC131", ("pipeline",), message)
        met = True
    here = [grant for grant in grants if grant.account == pipeline.account]
    role = next((grant for grant in here if grant.role_name.lower() == pipeline.role_name.lower()), None)
    if role is not None:
        what = f"role name of the pipeline is also that of {role.address} ({role.location})"
        message = four_parts(what, pipeline.role_name, "one role each", "set another `role_name`")
        written.source.error("RC301", ("pipeline",), message)
        met = True
    estates = {grant.estate for grant in grants}
    ours = {name(each) for each in estates for name in (naming.pipeline_stack_name, naming.execution_stack_name)}
    if stack := next((grant for grant in grants if grant.stack in ours), None):
        what = f"stack name of the pipeline is also that of workspace {stack.workspace} ({stack.location})"
        written.source.error("RC301", ("pipeline",), four_parts(what, stack.stack, "one stack each", "rename it"))
        met = True
    return met
