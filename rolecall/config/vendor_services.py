"""What a vendor documents that its connectors to AWS services need."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from rolecall.config import scalars
from rolecall.config.parts import Part
from rolecall.config.scalars import OneAction, Text
from rolecall.model import services
from rolecall.model.services import Documented, ServiceAccess
from rolecall.policy.services.resource_types import check_resource_types

ServiceName = Literal["sqs", "sns", "s3", "lambda", "ses", "lex", "cloudwatch"]
Mode = Literal["send", "receive", "read", "read-write", "v2", "v1", "use"]

_KINDS: tuple[type[ServiceAccess], ...] = (
    services.SqsAccess,
    services.SnsAccess,
    services.S3Access,
    services.LambdaAccess,
    services.SesAccess,
    services.LexAccess,
    services.CloudWatchAccess,
)
_KIND = {kind.service: kind for kind in _KINDS}


class VendorService(Part):
    """What one connector of a vendor's needs, as the vendor has documented it."""

    actions: dict[Mode, list[OneAction]] = Field(
        default_factory=dict,
        description="All IAM actions on the named resources, by what a project asks for: send and receive for sqs, "
        "read and read-write for s3, v2 and v1 for lex, use for the others. Default: Rolecall's reading of AWS's API",
    )
    account_wide: dict[OneAction, Text] = Field(
        default_factory=dict,
        description="IAM actions about the whole account, which no resource can narrow, each with what the vendor "
        "needs it for. Default: none",
    )
    source: scalars.Page | None = Field(None, description="URL of the vendor's page that says so, with https://")
    checked: scalars.Day | None = Field(None, description="Date on which the page was read, such as 2026-11-22")

    def documented(self, vendor: str) -> Documented:
        """The same as the model knows it."""
        actions = tuple((mode, tuple(named)) for mode, named in self.actions.items())
        account_wide = tuple(self.account_wide.items())
        return Documented(vendor, actions, account_wide, self.source, searched=self.source is not None)


def _checked(written: dict[ServiceName, VendorService]) -> dict[ServiceName, VendorService]:
    for name, entry in written.items():
        kind = _KIND[name]
        documented = entry.documented("")
        kind.check_documented(documented)
        check_resource_types(name, documented)
    return written


VendorServices = Annotated[dict[ServiceName, VendorService], AfterValidator(_checked)]


def beside_the_catalogs(changes: Mapping[str, Any], published: Mapping[str, Any]) -> dict[str, Any]:
    """The changes, with what is published of the services that they do not speak of: to change one takes none away."""
    own, known = changes.get("services"), published.get("services")
    return {**changes, "services": known | own} if isinstance(own, dict) and known else dict(changes)
