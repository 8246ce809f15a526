"""Queues of SQS and topics of SNS."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rolecall.model.services import names
from rolecall.model.services.base import EncryptedAccess, choices


@dataclass(frozen=True, kw_only=True)
class SqsAccess(EncryptedAccess):
    """Messages of named queues.

    Args:
        queues: names, 1 to 80 characters each; those of FIFO queues end in `.fifo`.
        actions: `send`, `receive` (which deletes what it received) or both. Default: both.
        kms_key: ARN of the customer managed key that encrypts them all. Default: none.
        region: where they are. Default: the role's region.
        shared: several projects use them on purpose. Default: false.
        account_wide: the calls about the whole account that the vendor documents are granted too. Default: true.
        documented: what the vendor has documented. Default: nothing.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
    """

    service: ClassVar[str] = "sqs"
    action_prefixes: ClassVar[tuple[str, ...]] = ("sqs",)
    modes: ClassVar[tuple[str, ...]] = ("send", "receive")
    names_in: ClassVar[str] = "queues"
    context_key: ClassVar[str] = "aws:sqs:arn"

    queues: Sequence[str]
    actions: Sequence[str] = ("send", "receive")

    def __post_init__(self) -> None:
        super().__post_init__()
        choices(self.actions, self.modes, "actions of sqs")

    @property
    def modes_asked(self) -> tuple[str, ...]:
        """`send` and `receive`, as far as they are asked for."""
        return tuple(mode for mode in self.modes if mode in self.actions)

    def _check_name(self, name: object) -> str:
        return names.queue(name)

    def _arns(self, name: str, partition: str, where: str) -> Sequence[str]:
        return (f"arn:{partition}:sqs:{where}:{name}",)


@dataclass(frozen=True, kw_only=True)
class SnsAccess(EncryptedAccess):
    """Publishing to named topics.

    Args:
        topics: names, 1 to 256 characters each; those of FIFO topics end in `.fifo`.
        kms_key: ARN of the customer managed key that encrypts them all. Default: none.
        region: where they are. Default: the role's region.
        shared: several projects use them on purpose. Default: false.
        account_wide: the calls about the whole account that the vendor documents are granted too. Default: true.
        documented: what the vendor has documented. Default: nothing.

    https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
    """

    service: ClassVar[str] = "sns"
    action_prefixes: ClassVar[tuple[str, ...]] = ("sns",)
    names_in: ClassVar[str] = "topics"
    context_key: ClassVar[str] = "aws:sns:topicArn"

    topics: Sequence[str]

    def _check_name(self, name: object) -> str:
        return names.topic(name)

    def _arns(self, name: str, partition: str, where: str) -> Sequence[str]:
        return (f"arn:{partition}:sns:{where}:{name}",)
