"""The pipeline: where its role lives, and what it must not be mixed up with."""

from collections.abc import Collection, Iterator

from rolecall.config.files import WrittenEstate
from rolecall.config.unheard import report_region
from rolecall.model import naming
from rolecall.model.grant import Grant
from rolecall.model.identifiers import partition_of
from rolecall.model.invalid import four_parts
from rolecall.model.pipeline import PARTITION, Pipeline

_RENAME = "set another `role_name`"


def pipeline_of(written: WrittenEstate, grants: Collection[Grant]) -> Pipeline | None:
    """The pipeline; None where there is none, or one without a place, which has then been noted."""
    estate = written.estate
    entry = estate.pipeline if estate else None
    if estate is None or entry is None:
        return None
    account = entry.account or estate.defaults.account
    region = region_of(entry.region, estate.defaults.region, grants)
    report_region(entry.region, written.source, ("pipeline", "region"))
    if account is None or region is None:
        missing = "account" if account is None else "region"
        allowed = f"one in `defaults`, or `{missing}` here"
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


def region_of(own: str | None, default: str | None, grants: Collection[Grant]) -> str | None:
    """Where all the stacks live: where it is said, else the estate's region, else the first of its roles'.

    Args:
        own: the pipeline's own.
        default: that of the estate's defaults.
        grants: the estate's.
    """
    return own or default or min((grant.region for grant in grants), default=None)


def _is_mixed_up(written: WrittenEstate, pipeline: Pipeline, grants: Collection[Grant]) -> bool:
    """Whether its names meet those of the estate, or it cannot reach a role's account; noted where it is so."""
    found = [*_misplaced(pipeline, grants), *_names_that_meet(written, pipeline, grants)]
    for rule, message in found:
        written.source.error(rule, ("pipeline",), message)
    return bool(found)


def _misplaced(pipeline: Pipeline, grants: Collection[Grant]) -> Iterator[tuple[str, str]]:
    """Of what GitHub's tokens open in another partition we know nothing: see PARTITION."""
    partition = partition_of(pipeline.region)
    if partition != PARTITION:
        what = f"partition of the pipeline's region {pipeline.region}"
        yield "RC131", four_parts(what, partition, PARTITION, "deploy the estates of other partitions without one")
    if other := next((grant for grant in grants if grant.partition != partition), None):
        what = f"pipeline is of another partition than {other.address} ({other.location})"
        yield "RC131", four_parts(what, partition, other.partition, "give each partition an estate of its own")


def _names_that_meet(
    written: WrittenEstate, pipeline: Pipeline, grants: Collection[Grant]
) -> Iterator[tuple[str, str]]:
    """Names of roles and policies are unique in an account, letter case and path aside; those of stacks in a region."""
    estate = written.estate.estate if written.estate else ""
    execution, taken = naming.execution_policy_name(estate).lower(), naming.BOOTSTRAP_PREFIX
    if pipeline.role_name.lower().startswith(taken):
        yield "RC301", four_parts("role name of the pipeline", pipeline.role_name, f"none with {taken}", _RENAME)
    for grant in grants:
        name, who = grant.role_name.lower(), f"{grant.address} ({grant.location})"
        if name.startswith(taken):
            what = f"role name of {who} is like those of CDK's bootstrap, which the pipeline deploys by"
            yield "RC301", four_parts(what, grant.role_name, f"none with {taken}", _RENAME)
        if name == execution:
            what = f"name of the pipeline's execution policy is also that of the policy of {who}"
            yield "RC301", four_parts(what, grant.role_name, "one policy each", _RENAME)
    role = next((each for each in grants if _is_role_of(pipeline, each)), None)
    if role is not None:
        what = f"role name of the pipeline is also that of {role.address} ({role.location})"
        yield "RC301", four_parts(what, pipeline.role_name, "one role each", _RENAME)
    ours = {name(estate) for name in (naming.pipeline_stack_name, naming.execution_stack_name)}
    if stack := next((grant for grant in grants if grant.stack in ours), None):
        what = f"stack name of the pipeline is also that of workspace {stack.workspace} ({stack.location})"
        yield "RC301", four_parts(what, stack.stack, "one stack each", "rename it")


def _is_role_of(pipeline: Pipeline, grant: Grant) -> bool:
    return grant.account == pipeline.account and grant.role_name.lower() == pipeline.role_name.lower()
