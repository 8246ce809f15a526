"""An estate of as many Workato projects as wanted, and the same roles described for the plain CDK app."""

import json
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from rolecall.model import naming
from rolecall.model.grant import Grant
from rolecall.policy.compile import Home, permission_document

WORKSPACES = 10
_KEY_ID = "0f0f0f0f-1111-4222-8333-444444444444"
# As an account takes a thousand roles by default.
_WORKSPACES_IN_AN_ACCOUNT = 10
_ESTATE = {
    "schema": 1,
    "estate": "bench",
    "defaults": {
        "account": "111111111111",
        "region": "eu-central-1",
        "role_path": "/vendors/",
        "max_session": "1h",
        "tags": {"owner": "integration-platform", "cost-center": "4711"},
    },
}


def write_estate(folder: Path, projects: int, workspaces: int = WORKSPACES, *, with_key: bool = False) -> None:
    """Write the estate: workspaces, which share the projects evenly.

    Args:
        folder: where to; it must not hold an estate.
        projects: how many there are in all.
        workspaces: how many there are.
        with_key: whether each project has a third secret, which a customer managed key encrypts. The plain CDK app of
            `typescript/` knows no keys.
    """
    (folder / "workspaces").mkdir(parents=True)
    _write(folder / "estate.yaml", _ESTATE)
    for number in range(workspaces):
        within = range(number, projects, workspaces)
        if within:
            _write(folder / "workspaces" / f"team-{number}.yaml", _workspace(number, within, with_key))


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(yaml.dump(content, Dumper=yaml.CSafeDumper, sort_keys=False), "utf-8")


def _workspace(number: int, projects: Iterable[int], with_key: bool) -> dict[str, Any]:
    account = str(111_111_111_111 + number // _WORKSPACES_IN_AN_ACCOUNT)
    return {
        "workspace": f"team-{number}",
        "vendor": "workato",
        "workspace_id": str(10_000 + number),
        "data_center": "us",
        "external_id_scope": "project",
        "account": account,
        "projects": [_project(each, account if with_key else None) for each in projects],
    }


def _project(number: int, account_of_key: str | None) -> dict[str, Any]:
    slug = f"project-{number}"
    key = f"arn:aws:kms:eu-central-1:{account_of_key}:key/{_KEY_ID}"
    encrypted = [{"name": f"prod/{slug}/database", "kms_key": key}] if account_of_key else []
    return {
        "project": slug,
        "project_id": str(100_000 + number),
        "tags": {"project-number": str(number)},
        "secrets": [
            {"name": f"prod/{slug}/jira", "keys": ["token", "user"]},
            {"prefix": f"{slug}/"},
            *encrypted,
        ],
    }


def described(grants: Iterable[Grant]) -> str:
    """The JSON that bench/typescript/app.ts reads: the stacks with their roles, as compiled from the estate."""
    stacks = groupby(grants, key=lambda grant: (grant.workspace, grant.account, grant.region))
    return json.dumps([_stack(list(together)) for _, together in stacks])


def _stack(grants: list[Grant]) -> dict[str, Any]:
    first = grants[0]
    return {
        "id": naming.stack_construct_id(first.workspace, first.account, first.region),
        "name": first.stack,
        "description": f"Roles that {first.vendor} assumes for workspace {first.workspace}. Managed by Rolecall.",
        "account": first.account,
        "region": first.region,
        "tags": {"rolecall:estate": first.estate, "rolecall:workspace": first.workspace},
        "roles": [_role(grant) for grant in grants],
    }


def _role(grant: Grant) -> dict[str, Any]:
    permissions = permission_document(grant.permissions, Home(grant.partition, grant.account, grant.region)) or {}
    return {
        "project": grant.project,
        "roleName": grant.role_name,
        "path": grant.role_path,
        "description": naming.role_description(f"Assumed by {grant.vendor} for {grant.address}"),
        "sessionSeconds": grant.max_session_seconds,
        "tags": dict(grant.all_tags),
        "vendorAccount": grant.trust.principals[0].split(":")[4],
        "externalId": grant.trust.written_ids[0],
        "statements": permissions["Statement"],
        "outputKey": naming.output_key(grant.project),
    }
