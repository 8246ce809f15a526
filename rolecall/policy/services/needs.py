"""Which actions each service needs for what an estate asks, and who says so."""

from dataclasses import dataclass

from rolecall.model.services import Documented, ServiceAccess

# Rolecall's reading of AWS's API, where no minimum of the vendor's is known: what it takes to do the one thing that is
# asked for, and nothing that makes, changes or deletes a resource. Read 2026-11-22:
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
OUR_READING: dict[tuple[str, str], tuple[str, ...]] = {
    ("sqs", "send"): ("sqs:SendMessage", "sqs:GetQueueAttributes"),
    ("sqs", "receive"): ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    ("sns", "use"): ("sns:Publish",),
    ("s3", "read"): ("s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation"),
    ("s3", "read-write"): ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:GetBucketLocation"),
    ("lambda", "use"): ("lambda:InvokeFunction",),
    ("ses", "use"): ("ses:SendEmail", "ses:SendRawEmail"),
    ("lex", "v2"): ("lex:RecognizeText", "lex:RecognizeUtterance"),
    ("lex", "v1"): ("lex:PostText", "lex:PostContent"),
    ("cloudwatch", "use"): ("logs:DescribeLogStreams", "logs:GetLogEvents", "logs:FilterLogEvents"),
}


@dataclass(frozen=True)
class Need:
    """Actions, and who says that it takes them."""

    actions: tuple[str, ...]
    who_says: str
    source: str | None = None


def need(access: ServiceAccess, mode: str) -> Need:
    """What a mode of a service needs: what the vendor documents, or else Rolecall's reading of AWS's API."""
    documented = access.documented.of_mode(mode)
    if documented is None:
        return Need(OUR_READING[access.service, mode], f"our reading of AWS's API, {_no_minimum(access.documented)}")
    return Need(documented, who_documents(access.documented), access.documented.source)


def who_documents(page: Documented) -> str:
    """The vendor and its page, as a reason names them."""
    return f"documented by {page.vendor or 'the vendor'}" + (f": {page.source}" if page.source else "")


def _no_minimum(page: Documented) -> str:
    """Where somebody looked it is known that nothing was found, and not that there is nothing."""
    if not page.vendor:
        return "as no vendor's minimum was given"
    if not page.searched:
        return f"as your own entry of {page.vendor} names no minimum"
    return f"as no minimum was found in {page.vendor}'s documentation"
