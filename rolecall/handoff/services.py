"""What a role may use of AWS services, by the names that somebody types into the vendor's connections."""

from dataclasses import dataclass

from rolecall.handoff.subject import TITLES, Subject, listed
from rolecall.model.services import HttpAccess, S3Access, ServiceAccess

# Of services that can be granted in part.
_USES = {"send": ("send",), "receive": ("receive",), "read": ("read",), "read-write": ("read", "write", "delete")}


@dataclass(frozen=True)
class SheetService:
    """One service on a sheet.

    Args:
        title: AWS's name of the service.
        region: where its resources are.
        called: what they are called together, such as queues.
        names: of the resources.
        prefixes: of the objects in them, for S3; none where all of a bucket is meant.
        uses: what may be done with them, where the service has more than one use.
        lists_more: whether the vendor's lists show others too, because the vendor has to list all of them.
        left_out: calls about the whole account that the owner left out, each with what the vendor needs it for.
    """

    title: str
    region: str
    called: str
    names: tuple[str, ...]
    prefixes: tuple[str, ...]
    uses: tuple[str, ...]
    lists_more: bool = False
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class SheetStatement:
    """What a statement of the estate's own allows besides.

    Args:
        is_limited: whether it holds under conditions only.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    is_limited: bool


def sheet_services(subject: Subject) -> tuple[SheetService, ...]:
    """The services of a role. The generic HTTP connector has no resources of its own: `statements` say what it may."""
    granted = subject.grant.permissions.services
    return tuple(_of(access, subject) for access in granted if not isinstance(access, HttpAccess))


def sheet_statements(subject: Subject) -> tuple[SheetStatement, ...]:
    """What the estate's `statements` allow, one after the other; of the HTTP connector there is nothing else."""
    return tuple(
        SheetStatement(
            tuple(listed(statement["Action"])), tuple(listed(statement["Resource"])), bool(statement.get("Condition"))
        )
        for statement in subject.grant.permissions.statements
    )


def _of(access: ServiceAccess, subject: Subject) -> SheetService:
    written = subject.vendor.services.get(access.service)  # type: ignore[call-overload]
    return SheetService(
        title=TITLES[access.service],
        region=access.region_in(subject.grant.region),
        called=access.names_in.replace("_", " "),
        names=access.names,
        prefixes=tuple(access.prefixes) if isinstance(access, S3Access) else (),
        uses=tuple(use for mode in access.modes_asked for use in _USES.get(mode, ())),
        lists_more=bool(written and written.account_wide and access.account_wide),
        left_out=access.left_out,
    )
