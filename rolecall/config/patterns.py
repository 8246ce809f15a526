"""External IDs with a `*`: refused like any other wrong sign, unless the vendor's entry gives a reason for patterns.

The reason is about whoever calls from the accounts that the catalog names for the vendor, and about nobody else.
"""

from rolecall.config import schema
from rolecall.config.external_id_rule import PatternedId
from rolecall.config.files import WrittenWorkspace
from rolecall.config.party import Party
from rolecall.config.source import PathInFile, SourceFile
from rolecall.config.values import WrittenPattern
from rolecall.model.external_ids import external_id
from rolecall.model.invalid import InvalidValueError, four_parts
from rolecall.model.patterned_id import PatternedExternalId
from rolecall.model.trust import ExternalId
from rolecall.policy.principal import account_of
from rolecall.vendors import catalog, facts

_KEYS = ("external_id", "previous_external_id")


def report_patterns(within: WrittenWorkspace, vendor: schema.Vendor | None) -> None:
    """Note each pattern of a workspace's files that is no external ID of this vendor's, wherever it stands.

    Args:
        vendor: None where it is not known; then nobody gives a reason.
    """
    like = vendor.external_id.string_like if vendor is not None else None
    workspace_role = within.workspace.workspace_role
    holders: list[tuple[object, SourceFile, PathInFile]] = [
        (within.workspace, within.source, ()),
        *([(workspace_role, within.source, ("workspace_role",))] if workspace_role is not None else []),
        *((project.project, project.source, project.path) for project in within.projects),
    ]
    for holder, source, path in holders:
        for key in _KEYS:
            value = getattr(holder, key, None)
            if isinstance(value, WrittenPattern):
                try:
                    patterned(value, like, key)
                except InvalidValueError as error:
                    source.error(error.rule, (*path, key), str(error))


def patterned(value: WrittenPattern, like: PatternedId | None, what: str) -> PatternedExternalId:
    """The pattern, with its form and reason.

    Raises:
        InvalidValueError: RC111, where the vendor has no reason for one; RC104, where it is none of the vendor's form.
    """
    if like is None:
        external_id(value.text, what)
        return PatternedExternalId(value.text, "", "")  # which refuses it too
    return PatternedExternalId(value.text, like.form, like.reason, like.divider or "", like.parts or 0)


def are_from_the_catalog(principals: tuple[str, ...], ids: tuple[ExternalId, ...], party: Party) -> bool:
    """Whether a role with a pattern trusts accounts of the catalog's entry alone; noted where it does not.

    Args:
        principals: ARNs of whom the role trusts; none while that is pending.
        ids: the current external ID, and the previous one while a rotation lasts.
    """
    keys = [key for key, each in zip(_KEYS, ids, strict=False) if isinstance(each, PatternedExternalId)]
    vendor = party.within.workspace.vendor
    known = facts.accounts_of(catalog.entry(vendor)) if keys else frozenset()
    others = [each for each in principals if keys and (each.split(":", 2)[1], account_of(each)) not in known]
    _, source, path = party.id_holder
    for key in keys if others else ():
        what = f"{key} is a pattern, for which nobody has given a reason where others than {party.vendor.name} call"
        allowed = f"patterns where the role trusts {', '.join(sorted(account for _, account in known))} alone"
        source.error("RC104", (*path, key), four_parts(what, others[0], allowed, "write the whole ID"))
    return not others
