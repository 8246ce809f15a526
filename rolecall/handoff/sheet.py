"""One sheet: all that is told about a role, in the order of the page, before it is Markdown or HTML."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC

from rolecall.config.vendor import ScreenValue
from rolecall.handoff.line import Line, words
from rolecall.handoff.order import Turn, order, proof
from rolecall.handoff.secret_arns import State
from rolecall.handoff.secrets import SheetSecret, open_places, sheet_secrets
from rolecall.handoff.services import SheetService, SheetStatement, sheet_services, sheet_statements
from rolecall.handoff.steps import Guide, guide
from rolecall.handoff.subject import Subject, facts

_LINK = re.compile(r"https://[A-Za-z0-9./_~%?=&#+-]+")


@dataclass(frozen=True)
class Value:
    """A value of the role.

    Args:
        text: letter for letter; None where it is not known.
        remark: why it is not known, or what it is for.
        place: where it is found or entered on the vendor's screens, if the catalog knows.
        is_asked: whether a step compares or enters it, so that somebody will want to copy it.
    """

    label: str
    text: str | None
    remark: str = ""
    place: str = ""
    is_asked: bool = False


@dataclass(frozen=True)
class Sheet:
    """Everything on the page.

    Args:
        state: a word or two for a list of sheets: ready, or what is open.
        proof: the command by which the owner sees the role's side.
        keys: what the screens ask for that is on no sheet, and who enters it; None where nobody is to ask.
    """

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
    statements: tuple[SheetStatement, ...]
    proof: str
    keys: Line | None
    notes: tuple[Line, ...]
    source: str | None


def sheet_of(subject: Subject) -> Sheet:
    """Write down what is known about a role."""
    grant, secrets, steps = subject.grant, sheet_secrets(subject), guide(subject)
    made, known = facts(subject), subject.vendor.hand_off
    return Sheet(
        address=grant.address,
        workspace=grant.workspace,
        project=grant.project,
        vendor=subject.vendor.name,
        estate=grant.estate,
        owner=subject.owner,
        made=subject.made.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        state=_state(subject, secrets, steps),
        warnings=tuple(_warnings(subject)),
        order=order(subject, steps),
        values=tuple(_asked(each, steps) for each in _values(subject)),
        guide=steps,
        secrets=secrets,
        services=sheet_services(subject),
        statements=sheet_statements(subject),
        proof=proof(subject),
        keys=made.filled(known.keys) if known and known.keys else None,
        notes=tuple(map(made.filled, known.notes if known else ())),
        source=_source(subject),
    )


def _state(subject: Subject, secrets: tuple[SheetSecret, ...], steps: Guide) -> str:
    open_arns = open_places(secrets)
    leaving = sum(1 for found in subject.secrets.values() if found.state is State.LEAVING)
    told = [
        "pending" if subject.grant.trust.pending else "",
        "external ID not read" if subject.unread_id else "",
        f"{open_arns} ARN{'' if open_arns == 1 else 's'} to be copied" if open_arns else "",
        f"{leaving} secret{'' if leaving == 1 else 's'} scheduled for deletion" if leaving else "",
        "" if steps.steps else "no steps",
    ]
    return ", ".join(filter(None, told)) or "ready"


def _asked(value: Value, steps: Guide) -> Value:
    fields = [[piece.text for piece in field.value if piece.is_value] for field in steps.fields]
    return replace(value, is_asked=value.text is not None and [value.text] in fields)


def _warnings(subject: Subject) -> Iterator[Line]:
    if subject.target == "local" or subject.has_stand_ins:
        yield words(
            "Made from the embedded AWS, to try things out: give nobody this sheet. The ARNs of secrets are those of "
            "stand-ins."
        )
    if subject.grant.trust.pending:
        yield words("The role lets nobody in yet: something is missing. What comes first is told below.")
    if subject.unread_id:
        yield words(f"The external ID could not be read: {subject.unread_id}. Ask the owner for it.")
    if len(subject.external_ids) > 1:
        by = f", by {subject.finish_by} at the latest" if subject.finish_by else ""
        yield words(
            f"The external ID is being changed: the role takes the old one as well until the owner ends that{by}. This "
            "sheet names the new one."
        )


def _values(subject: Subject) -> Iterator[Value]:
    grant, workspace, project = subject.grant, subject.party.within.workspace, subject.party.project
    missing = "not read, see above" if subject.unread_id else "not known yet, see above"
    yield _value(subject, "Role ARN", grant.role_arn, "role_arn")
    yield Value("Role name", grant.role_name)
    yield Value("Your AWS account", grant.account)
    yield _value(subject, "AWS region", grant.region, "region")
    yield _external_id(subject, missing)
    own = subject.is_called_by_own
    for principal in grant.trust.principals or [None]:
        label = "The role is called by your own" if own else f"{subject.vendor.name} comes as"
        yield Value(label, principal, "" if principal else "not known yet")
    for account in () if own else subject.accounts:
        yield _value(subject, f"{subject.vendor.name}'s AWS account", account, "trusted_account")
    if workspace.workspace_id:
        yield _value(subject, f"Workspace at {subject.vendor.name}", workspace.workspace_id, "workspace_id")
    if project and project.project.project_id:
        yield _value(subject, f"Project at {subject.vendor.name}", project.project.project_id, "project_id")
    if workspace.data_center:
        yield _value(subject, "Data centre", workspace.data_center, "data_center")


def _external_id(subject: Subject, missing: str) -> Value:
    """The ID; of one that is a pattern nothing to copy, but its beginning."""
    if subject.id_pattern is None:
        return _value(subject, "External ID", next(iter(subject.external_ids), None), "external_id", missing)
    beginning, _, rest = subject.id_pattern.partition("*")
    fit = f" and fits {subject.id_pattern}" if rest else ""
    told = f"begins with {beginning}{fit}; {subject.vendor.name} makes the rest"
    return _value(subject, "External ID", None, "external_id", told)


def _value(subject: Subject, label: str, text: str | None, screen: ScreenValue, missing: str = "") -> Value:
    # Steps of the vendor's own tell it better: they know the scopes that this role has.
    has_steps = subject.vendor.hand_off is not None and subject.vendor.hand_off.steps
    place = "" if has_steps else subject.vendor.screens.get(screen, "")
    return Value(label, text, "" if text else missing, place)


def _source(subject: Subject) -> str | None:
    """The vendor's guide, if it is a link that may stand on a page."""
    found = (subject.vendor.hand_off and subject.vendor.hand_off.source) or subject.vendor.source
    return found if found and _LINK.fullmatch(found) else None
