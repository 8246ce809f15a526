"""Log groups of CloudWatch Logs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rolecall.model.services import names
from rolecall.model.services.base import ServiceAccess


@dataclass(frozen=True, kw_only=True)
class CloudWatchAccess(ServiceAccess):
    """Reading of named log groups.

    Args:
        log_groups: names, 1 to 512 characters each.
        region: where they are. Default: the role's region.
        shared: several projects read them on purpose. Default: false.
        account_wide: the calls about the whole account that the vendor documents are granted too. Default: true.
        documented: what the vendor has documented. Default: nothing.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/permissions-reference-cwl.html
    """

    service: ClassVar[str] = "cloudwatch"
    action_prefixes: ClassVar[tuple[str, ...]] = ("logs", "cloudwatch")
    names_in: ClassVar[str] = "log_groups"

    log_groups: Sequence[str]

    def _check_name(self, name: object) -> str:
        return names.log_group(name)

    def _arns(self, name: str, partition: str, where: str) -> Sequence[str]:
        # IAM compares the group itself, the group with `:*` behind it, or a stream in it, by the action:
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
        group = f"arn:{partition}:logs:{where}:log-group:{name}"
        return group, f"{group}:*"
