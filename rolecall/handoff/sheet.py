"""One sheet: all that is told about a role, in the order of the page, before it is Markdown or HTML."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

from rolecall.config.vendor import ScreenValue
from rolecall.handoff.line import Line, words
from rolecall.handoff.order import Turn, order
from rolecall.handoff.secrets import SheetSecret, open_places, sheet_secrets
from rolecall.handoff.services import SheetService, sheet_services
from rolecall.handoff.steps import Guide, guide
from rolecall.handoff.subject import Subject

_LINK = re.compile(r"https://[A-Za-z0-9./_~%?=&#+-]+")


@dataclass(frozen=True)
class Value:
    """A value of the role.

    Args:
        text: letter for letter; None where it is not known.
        remark: why it is not known, or what it is for.
        place: where it is found or entered on the vendor's screens, if the catalog knows.
    """

    label: str
    text: str | None
    remark: str = ""
    place: str = ""


@dataclass(frozen=True)
class Sheet:
    """Everything on the page. `state` is one word or two for a list of sheets: ready, or what is open."""

    address: str
    workspace: str
    project: str
    vendor: str
    estate: str
    owner: str | None
    made: str
    state: str
    warnings: tuple[Line, ...]
    order: tuple[Turn, ...]
    values: tuple[Value, ...]
    guide: Guide
    secrets: tuple[SheetSecret, ...]
    services: tuple[SheetService, ...]
    notes: tuple[Line, ...]
    source: str | None


def sheet_of(subject: Subject) -> Sheet:
    """Write down what is known about a role."""
    grant, secrets = subject.grant, sheet_secrets(subject)
    return Sheet(
        address=grant.address,
        workspace=grant.workspace,
        project=grant.project,
        vendor=subject.vendor.name,
        estate=grant.estate,
        owner=subject.owner,
        made=subject.made.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        state=_state(subject, secrets),
        warnings=tuple(_warnings(subject)),
        order=order(subject),
        values=tuple(_values(subject)),
        guide=guide(subject),
        secrets=secrets,
        services=sheet_services(subject),
        notes=tuple(map(words, subject.vendor.notes if subject.vendor.hand_off is None else ())),
        source=_source(subject),
    )


def _state(subject: Subject, secrets: tuple[SheetSecret, ...]) -> str:
    open_arns = open_places(secrets)
    told = [
        "pending" if subject.grant.trust.pending else "",
        "external ID not read" if subject.unread_id else "",
        f"{open_arns} ARN{'' if open_arns == 1 else 's'} to be copied" if open_arns else "",
    ]
    return ", ".join(filter(None, told)) or "ready"


def _warnings(subject: Subject) -> Iterator[Line]:
    if subject.target == "local":
        yield words(
            "Made from the embedded AWS, to try things out: give nobody this sheet. The ARNs of secrets are those of "
            "stand-ins."
        )
    if subject.grant.trust.pending:
        yield words("The role lets nobody in yet: something is missing. What comes first is told below.")
    if subject.unread_id:
        yield words(f"The external ID could not be read: {subject.unread_id}. Ask the owner for it.")
    if len(subject.external_ids) > 1:
        yield words(
            "The external ID is being changed: the role takes the old one as well until the owner ends that. This "
            "sheet names the new one."
        )


def _values(subject: Subject) -> Iterator[Value]:
    grant, workspace, project = subject.grant, subject.party.within.workspace, subject.party.project
    missing = "not read, see above" if subject.unread_id else "not known yet, see above"
    yield _value(subject, "Role ARN", grant.role_arn, "role_arn")
    yield Value("Role name", grant.role_name)
    yield Value("Your AWS account", grant.account)
    yield _value(subject, "AWS region", grant.region, "region")
    yield _value(subject, "External ID", next(iter(subject.external_ids), None), "external_id", missing)
    for principal in grant.trust.principals or [None]:
        yield Value(f"{subject.vendor.name} comes as", principal, "" if principal else "not known yet")
    for account in subject.accounts:
        yield _value(subject, f"{subject.vendor.name}'s AWS account", account, "trusted_account")
    if workspace.workspace_id:
        yield _value(subject, f"Workspace at {subject.vendor.name}", workspace.workspace_id, "workspace_id")
    if project and project.project.project_id:
        yield _value(subject, f"Project at {subject.vendor.name}", project.project.project_id, "project_id")
    if workspace.data_center:
        yield _value(subject, "Data centre", workspace.data_center, "data_center")


def _value(subject: Subject, label: str, text: str | None, screen: ScreenValue, missing: str = "") -> Value:
    # Steps of the vendor's own tell it better: they know the scopes that this role has.
    place = subject.vendor.screens.get(screen, "") if subject.vendor.hand_off is None else ""
    return Value(label, text, "" if text else missing, place)


def _source(subject: Subject) -> str | None:
    """The vendor's guide, if it is a link that may stand on a page."""
    found = (subject.vendor.hand_off and subject.vendor.hand_off.source) or subject.vendor.source
    return found if found and _LINK.fullmatch(found) else None
