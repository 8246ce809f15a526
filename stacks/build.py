"""From an estate to a cloud assembly."""

import os
from collections import defaultdict
from collections.abc import Collection, Iterable
from pathlib import Path

import aws_cdk as cdk

from constructs_lib import UnprotectedTrustError, refuse_unprotected
from rolecall.model.grant import Estate, Grant
from rolecall.model.pipeline import Pipeline
from stacks.pipeline_stack import ExecutionStack, PipelineStack
from stacks.workspace_stack import WorkspaceStack


def validation_wanted() -> bool:
    """Whether rule packs run: yes, unless CDK's own switch says no (as `cdk synth --no-validation` does)."""
    return os.environ.get("CDK_VALIDATION") != "false"


def new_app(outdir: Path | None = None) -> cdk.App:
    """An app that writes the assembly to a folder (default: where the cdk CLI wants it), without usage reports."""
    return cdk.App(outdir=str(outdir) if outdir else None, analytics_reporting=False, tree_metadata=False)


def build(app: cdk.App, grants: Iterable[Grant], *, validate: bool = True) -> None:
    """Put a stack for each workspace, account and region into the app."""
    if validate:
        # Before any child, as CDK demands, and imported here because cdk-nag takes a third of a second to load.
        from stacks import validation  # noqa: PLC0415

        validation.switch_on(app)
    placed: dict[tuple[str, str, str], list[Grant]] = defaultdict(list)
    for grant in grants:
        placed[grant.workspace, grant.account, grant.region].append(grant)
    for together in placed.values():
        stack = WorkspaceStack(app, together)
        if validate:
            validation.acknowledge(stack, together)


def build_pipeline(app: cdk.App, estate: Estate, pipeline: Pipeline, *, validate: bool = True) -> None:
    """Put the stacks of an estate's pipeline into the app: its role, and one for each account with roles."""
    if validate:
        from stacks import validation  # noqa: PLC0415 -- as above

        validation.switch_on(app)
    PipelineStack(app, estate, pipeline)
    by_account: dict[str, list[Grant]] = defaultdict(list)
    for grant in estate.grants:
        by_account[grant.account].append(grant)
    for _, together in sorted(by_account.items()):
        stack = ExecutionStack(app, estate, together, pipeline.region)
        if validate:
            validation.acknowledge_paths(stack)


def synth(app: cdk.App, grants: Collection[Grant]) -> Path:
    """Write the cloud assembly of these grants and look at its templates.

    Returns:
        The folder of the assembly.

    Raises:
        RuntimeError: CDK or one of the rule packs refused; CDK has said on standard error what and where.
        UnprotectedTrustError: a template would open a role, or holds other roles than those that were compiled.
    """
    try:
        assembly = Path(app.synth().directory)
        patterned = [pattern for grant in grants for pattern in grant.trust.patterns]
        found = refuse_unprotected(assembly, patterned)
        if found != len(grants):
            raise UnprotectedTrustError(f"the templates hold {found} vendor roles where {len(grants)} were compiled")
    except (RuntimeError, UnprotectedTrustError):
        # CDK has written the templates by now; without its manifest nothing deploys what was refused.
        (Path(app.outdir) / "manifest.json").unlink(missing_ok=True)
        raise
    return assembly
