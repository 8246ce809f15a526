"""Identities of SES."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rolecall.model.services import names
from rolecall.model.services.base import ServiceAccess


@dataclass(frozen=True, kw_only=True)
class SesAccess(ServiceAccess):
    """Sending of e-mail from named identities.

    Args:
        identities: domains or e-mail addresses that are verified in SES. A domain lets mail out from any address in it
            and in its subdomains, as far as these are no identities by themselves.
        configuration_sets: names of those that mail is sent with, 1 to 64 characters each: SES asks for them too, also
            for the default one of an identity. Default: none.
        region: where they are verified. Default: the role's region.
        shared: several projects use them on purpose. Default: false.
        account_wide: the calls about the whole account that the vendor documents are granted too. Default: true.
        documented: what the vendor has documented. Default: nothing.

    https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html
    """

    service: ClassVar[str] = "ses"
    action_prefixes: ClassVar[tuple[str, ...]] = ("ses",)
    names_in: ClassVar[str] = "identities"

    identities: Sequence[str]
    configuration_sets: Sequence[str] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in self.configuration_sets:
            names.configuration_set(name)

    def resources(self, partition: str, role_region: str, account: str) -> tuple[str, ...]:
        """The ARNs of the identities and of the configuration sets, sorted: a request is asked about both."""
        head = f"arn:{partition}:ses:{self.region_in(role_region)}:{account}:configuration-set"
        sets = {f"{head}/{name}" for name in self.configuration_sets}
        return tuple(sorted({*super().resources(partition, role_region, account), *sets}))

    def _check_name(self, name: object) -> str:
        return names.identity(name)

    def _arns(self, name: str, partition: str, where: str) -> Sequence[str]:
        return (f"arn:{partition}:ses:{where}:identity/{name}",)
