"""What a starter gets: every value that it may name. docs/starters.md has the same list."""

from collections.abc import Collection
from dataclasses import dataclass

from rolecall.commands.init.situation import Situation
from rolecall.commands.init.wishes import Wishes
from rolecall.config.schema import Vendor
from rolecall.config.values import is_account_number


@dataclass(frozen=True)
class Made:
    """What the program adds to the wishes."""

    estate: str
    owner: str
    external_id: str
    """A new one, for vendors whose IDs the customer makes."""
    taken: Collection[str] = ()
    """Names and prefixes of secrets that are granted already."""
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
        "trusted_account": wishes.trusted if is_account_number(wishes.trusted) else "",
        "trusted_principal": "" if is_account_number(wishes.trusted) else wishes.trusted or "",
        "external_id_scope": vendor.external_id.per if len(vendor.external_id.derived) > 1 else "",
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
    """The short prefix, unless it and what is granted already would hold one another."""
    return long if any(short.startswith(other) or other.startswith(short) for other in taken) else short


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
    shared = ((within.external_id_scope if within else None) or vendor.external_id.per) != "project"
    if within is not None and shared:
        return {"external_id": wishes.external_id or "", "shares_external_id": False}
    own = made.external_id if vendor.external_id.origin == "customer" else ""
    return {"external_id": wishes.external_id or own, "shares_external_id": shared}


def makes_id(situation: Situation, wishes: Wishes) -> bool:
    """Whether a new external ID is made for what is wished."""
    vendor, within = situation.vendor(wishes), situation.within(wishes)
    if vendor is None or vendor.external_id.origin != "customer" or wishes.external_id is not None:
        return False
    return within is None or (within.external_id_scope or vendor.external_id.per) == "project"


def _grants(vendor: Vendor) -> str:
    if vendor.permission_profile:
        return vendor.permission_profile
    return "read-write-prefix" if vendor.access == "read-write" or vendor.names_secrets else "unknown"
