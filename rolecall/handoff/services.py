"""What a role may use of AWS services, by the names that somebody types into the vendor's connections."""

from dataclasses import dataclass

from rolecall.handoff.subject import Subject
from rolecall.model.services import HttpAccess, S3Access, ServiceAccess

# AWS's own names of them.
_TITLES = {
    "sqs": "Amazon SQS",
    "sns": "Amazon SNS",
    "s3": "Amazon S3",
    "lambda": "AWS Lambda",
    "ses": "Amazon SES",
    "lex": "Amazon Lex",
    "cloudwatch": "Amazon CloudWatch Logs",
}
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
    """

    title: str
    region: str
    called: str
    names: tuple[str, ...]
    prefixes: tuple[str, ...]
    uses: tuple[str, ...]


def sheet_services(subject: Subject) -> tuple[SheetService, ...]:
    """The services of a role. The generic HTTP connector has no resources of its own: `statements` say what it may."""
    granted = subject.grant.permissions.services
    return tuple(_of(access, subject.grant.region) for access in granted if not isinstance(access, HttpAccess))


def _of(access: ServiceAccess, role_region: str) -> SheetService:
    return SheetService(
        title=_TITLES[access.service],
        region=access.region_in(role_region),
        called=access.names_in.replace("_", " "),
        names=access.names,
        prefixes=tuple(access.prefixes) if isinstance(access, S3Access) else (),
        uses=tuple(use for mode in access.modes_asked for use in _USES.get(mode, ())),
    )
