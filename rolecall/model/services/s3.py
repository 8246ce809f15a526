"""Buckets of S3, or what lies under some prefixes in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rolecall.model.services import names
from rolecall.model.services.base import EncryptedAccess, choices


@dataclass(frozen=True, kw_only=True)
class S3Access(EncryptedAccess):
    """Objects of named buckets.

    Args:
        buckets: names of general purpose buckets, 3 to 63 characters each, of the role's account.
        prefixes: what the keys of the objects begin with, each ending in one of / _ . = + @ or in -; they hold for
            each of the buckets. Default: whole buckets.
        access: `read`, or `read-write`, which adds writing and deleting of objects. Default: read.
        kms_key: ARN of the customer managed key that encrypts the objects. Default: none.
        region: where buckets and key are; matters for the key alone. Default: the role's region.
        shared: several projects use them on purpose. Default: false.
        account_wide: the calls about the whole account that the vendor documents are granted too. Default: true.
        documented: what the vendor has documented. Default: nothing.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
    """

    service: ClassVar[str] = "s3"
    action_prefixes: ClassVar[tuple[str, ...]] = ("s3",)
    modes: ClassVar[tuple[str, ...]] = ("read", "read-write")
    names_in: ClassVar[str] = "buckets"
    context_key: ClassVar[str] = "aws:s3:arn"
    prefix_key: ClassVar[str] = "s3:prefix"
    """The condition key for what a list of a bucket asks for.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
    """

    buckets: Sequence[str]
    prefixes: Sequence[str] = ()
    access: str = "read"

    def __post_init__(self) -> None:
        super().__post_init__()
        choices([self.access], self.modes, "access of s3")
        for prefix in self.prefixes:
            names.s3_prefix(prefix)

    @property
    def modes_asked(self) -> tuple[str, ...]:
        """The access that is asked for."""
        return (self.access,)

    @property
    def writes(self) -> bool:
        """Whether objects may be written and deleted."""
        return self.access == "read-write"

    def _check_name(self, name: object) -> str:
        return names.bucket(name)

    def _arns(self, name: str, partition: str, where: str) -> Sequence[str]:
        return tuple(f"arn:{partition}:s3:::{name}/{prefix}*" for prefix in self.prefixes or ("",))

    def bucket_arns(self, partition: str) -> tuple[str, ...]:
        """The ARNs of the buckets themselves, sorted."""
        return tuple(sorted({f"arn:{partition}:s3:::{name}" for name in self.buckets}))
