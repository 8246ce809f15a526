"""Functions of Lambda."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rolecall.model.services import names
from rolecall.model.services.base import ServiceAccess


@dataclass(frozen=True, kw_only=True)
class LambdaAccess(ServiceAccess):
    """Calls of named functions.

    Args:
        functions: NAME for calls that name no alias or version, NAME:ALIAS or NAME:VERSION for calls of exactly that
            one; the name 1 to 64 characters.
        region: where they are. Default: the role's region.
        shared: several projects use them on purpose. Default: false.
        account_wide: the calls about the whole account that the vendor documents are granted too. Default: true.
        documented: what the vendor has documented. Default: nothing.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
    """

    service: ClassVar[str] = "lambda"
    action_prefixes: ClassVar[tuple[str, ...]] = ("lambda",)
    names_in: ClassVar[str] = "functions"

    functions: Sequence[str]

    def _check_name(self, name: object) -> str:
        return names.function(name)

    def _arns(self, name: str, partition: str, where: str) -> Sequence[str]:
        return (f"arn:{partition}:lambda:{where}:function:{name}",)
