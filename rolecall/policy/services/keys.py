"""Use of the customer managed keys that encrypt what was granted: through the service, and for nothing else."""

from collections.abc import Iterator

from rolecall.model.services import S3Access, ServiceAccess, SqsAccess
from rolecall.model.services.base import EncryptedAccess
from rolecall.policy import kms
from rolecall.policy.reasoned import Home, Reasoned, short_hash

_READS = ("kms:Decrypt",)
# Who writes needs both: SQS and SNS check the data key that they make, S3 reads the parts of an upload back. Read
# 2026-11-22:
_PAGES = {
    "sqs": "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
    "sns": "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
    "s3": "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
}
_WRITES = ("kms:Decrypt", "kms:GenerateDataKey")


def use_of_key(access: ServiceAccess, home: Home, end: str) -> Iterator[Reasoned]:
    """The statement about the key of an access, if it names one; `end` makes its Sid the only one of its name."""
    if not isinstance(access, EncryptedAccess) or access.kms_key is None:
        return
    statement = {
        "Sid": f"Use{access.service.title()}Key{short_hash(access.kms_key)}{end}",
        "Effect": "Allow",
        "Action": list(_WRITES if _writes(access) else _READS),
        "Resource": access.kms_key,
        "Condition": kms.through(access.service, access.kms_key, access.context_key, _encrypted(access, home)),
    }
    page = _PAGES[access.service]
    reason = (
        f"what it was granted of {access.service} is encrypted with this customer managed key "
        f"(our reading of AWS's page on its keys: {page})"
    )
    yield Reasoned(statement, reason, access.location, service=access.service, source=page)


def _writes(access: EncryptedAccess) -> bool:
    if isinstance(access, SqsAccess):
        return "send" in access.actions
    return access.writes if isinstance(access, S3Access) else True


def _encrypted(access: EncryptedAccess, home: Home) -> list[str]:
    """What the service names in the encryption context: with an S3 Bucket Key it is the bucket, and not the object.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
    """
    buckets = access.bucket_arns(home.partition) if isinstance(access, S3Access) else ()
    return sorted({*buckets, *access.resources(home.partition, home.region, home.account)})
