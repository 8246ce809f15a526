"""What a starter gets: every value that it may name. docs/starters.md has the same list."""

from collections.abc import Collection
from dataclasses import dataclass

from rolecall.commands.init.situation import Situation
from rolecall.commands.init.wishes import Wishes
from rolecall.config.schema import Vendor, Workspace
from rolecall.config.values import is_account_number

_MOST_TRIED = 100


@dataclass(frozen=True)
class Made:
    """What the program adds to the wishes."""

    estate: str
    owner: str
    external_id: str
    """A new one, for vendors whose IDs the customer makes."""
    taken: Collection[str] = ()
    """What the ARNs of secrets begin with that are granted already."""
    own_file: bool = False
    """Whether a project gets a file of its own."""


def starter_values(situation: Situation, wishes: Wishes, made: Made) -> dict[str, object]:
    """The values for all starters of one run, by the names that starters know them by."""
    within = situation.within(wishes)
    name = within.vendor if within else wishes.vendor or ""
    vendor = situation.vendors[name]
    workspace, project = wishes.workspace or "", wishes.project or ""
    prefix = free_prefix(f"{project}/", f"{workspace}/{project}/", made.taken)
    return {
        "estate": made.estate,
        "owner": made.owner,
        "account": wishes.account or (within.account if within else None) or situation.defaults.account or "",
        "region": situation.region(wishes) or "",
        "vendor": name,
        "vendor_name": vendor.name,
        "workspace": workspace,
        "workspace_id": (within.workspace_id if within else wishes.workspace_id) or "",
        "workspace_settings": _workspace_settings(situation, wishes, vendor),
        "data_center": (within.data_center if within else wishes.data_center) or "",
        **_trusted(within, wishes),
        "own_principals": vendor.own_principals,
        "external_id_scope": _scope(within, vendor) if len(vendor.external_id.derived) > 1 else "",
        **_external_id(situation, wishes, vendor, made),
        "project": project,
        "project_id": wishes.project_id or "",
        "project_settings": _settings(situation, wishes) if situation.kind == "project" else {},
        "own_file": made.own_file,
        "grants": _grants(vendor) if within is None or within.secrets_scope == "project" else "workspace",
        "secret_name": f"{prefix}credentials",
        "secret_prefix": prefix,
    }


def free_prefix(short: str, long: str, taken: Collection[str]) -> str:
    """The first prefix that neither holds what is granted already nor is held by it; the short one, if there is none.

    Args:
        short: the best one.
        long: the next one.
        taken: what the ARNs of granted secrets begin with.
    """
    stem = long.removesuffix("/")
    others = (f"{base}-{number}/" for number in range(2, _MOST_TRIED) for base in (stem, stem.replace("/", "-")))
    tried = (short, long, f"{stem.replace('/', '-')}/", *others)
    return next((one for one in tried if not any(one.startswith(had) or had.startswith(one) for had in taken)), short)


def _trusted(within: Workspace | None, wishes: Wishes) -> dict[str, object]:
    """Whom the workspace trusts, as it says it or as somebody wishes it; the first of several."""
    said: str | None = wishes.trusted
    if within is not None:
        listed = within.trusted_principals
        said = within.trusted_account or (listed if isinstance(listed, str) else next(iter(listed or []), None))
    is_account = is_account_number(said)
    return {"trusted_account": said if is_account else "", "trusted_principal": "" if is_account else said or ""}


def _scope(within: Workspace | None, vendor: Vendor) -> str:
    """What an external ID belongs to."""
    return (within.external_id_scope if within else None) or vendor.external_id.per


def _settings(situation: Situation, wishes: Wishes) -> dict[str, str]:
    """What has to be said where the levels above say something else."""
    within = situation.within(wishes)
    found = {}
    for name in ("account", "region"):
        wanted = getattr(wishes, name)
        above = (getattr(within, name) if within else None) or getattr(situation.defaults, name)
        if wanted and wanted != above:
            found[name] = wanted
    return found


def _workspace_settings(situation: Situation, wishes: Wishes, vendor: Vendor) -> dict[str, str]:
    found = _settings(situation, wishes) if situation.kind == "workspace" else {}
    return found | ({"role_path": vendor.role_path} if vendor.role_path and situation.kind != "project" else {})


def _external_id(situation: Situation, wishes: Wishes, vendor: Vendor, made: Made) -> dict[str, object]:
    """The ID, and whether it stands with the workspace; empty where a rule gives it or the workspace has it."""
    within = situation.within(wishes)
    shared = _scope(within, vendor) != "project"
    if within is not None and shared:
        return {"external_id": wishes.external_id or "", "shares_external_id": False}
    own = made.external_id if vendor.external_id.origin == "customer" else ""
    return {"external_id": wishes.external_id or own, "shares_external_id": shared}


def makes_id(situation: Situation, wishes: Wishes) -> bool:
    """Whether a new external ID is made for what is wished."""
    vendor, within = situation.vendor(wishes), situation.within(wishes)
    if vendor is None or vendor.external_id.origin != "customer" or wishes.external_id is not None:
        return False
    return within is None or _scope(within, vendor) == "project"


def _grants(vendor: Vendor) -> str:
    if vendor.permission_profile:
        return vendor.permission_profile
    return "read-write-prefix" if vendor.access == "read-write" or vendor.names_secrets else "unknown"
