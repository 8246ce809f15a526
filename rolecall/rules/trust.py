"""RC101 to RC114 as far as they speak of compiled trusts: protection, shared IDs, whole accounts."""

from collections.abc import Iterator

from rolecall.model.finding import Finding, Severity
from rolecall.model.grant import Estate, Grant, ParameterReference
from rolecall.model.invalid import four_parts
from rolecall.policy.compile import trust_document
from rolecall.policy.analyse import problems


def unprotected(estate: Estate) -> Iterator[Finding]:
    """The first of two looks at every trust: on the grant, before anything is synthesised."""
    for grant in estate.grants:
        for problem in problems(trust_document(grant.trust)):
            modes = (problem.failure_mode,) if problem.failure_mode else ()
            yield Finding(problem.rule, Severity.ERROR, grant.location, f"{grant.address}: {problem.message}", modes)


def shared_ids(estate: Estate) -> Iterator[Finding]:
    """RC114 inside a workspace, where the scope says so; RC108 where the same ID opens roles of several workspaces."""
    first: dict[str, Grant] = {}
    for grant in estate.grants:
        for written in grant.trust.written_ids:
            other = first.setdefault(written, grant)
            if other is grant:
                continue
            by_scope = grant.shares_id and other.shares_id and grant.workspace == other.workspace
            if by_scope or grant.shares_parent_id or other.shares_parent_id:
                message = f"{grant.address} and {other.address} share one external ID by scope: they are not isolated"
                yield Finding("RC114", Severity.INFO, grant.location, message)
            else:
                message = four_parts(
                    f"external ID also opens {other.address} ({other.location})",
                    "the same ID",
                    "one ID for each role, unless the scope says otherwise",
                    "correct the ids, or make a new ID",
                )
                yield Finding("RC108", Severity.ERROR, grant.location, message, ("FM8",))


def unknown_values(estate: Estate) -> Iterator[Finding]:
    """RC116: an external ID that is kept in a parameter is known to those who deploy and verify, not to the files."""
    for grant in estate.grants:
        for external_id in grant.trust.external_ids:
            if isinstance(external_id, ParameterReference):
                message = f"{grant.address}: the value of {external_id.path}:{external_id.version} is not known here"
                yield Finding("RC116", Severity.INFO, grant.location, message)


def whole_accounts(estate: Estate) -> Iterator[Finding]:
    """RC109: with `:root` as principal the external ID is the only guard within the vendor's account."""
    for grant in estate.grants:
        if any(principal.endswith(":root") for principal in grant.trust.principals):
            message = (
                f"{grant.address} trusts the vendor's whole account; every principal there can try the external ID"
            )
            yield Finding("RC109", Severity.INFO, grant.location, message, ("FM12",))
