"""What AWS takes as the names of resources. None of them holds a wildcard: a name is exactly one resource."""

import re
from typing import Final

from rolecall.model.invalid import InvalidValueError

# Read 2026-11-22. Queues: 80 characters, https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
QUEUE: Final = r"[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo"
# 256 characters, https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
TOPIC: Final = r"[A-Za-z0-9_-]{1,256}|[A-Za-z0-9_-]{1,251}\.fifo"
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BUCKET: Final = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_NO_BUCKET = re.compile(
    r".*\.\..*|[0-9]+(\.[0-9]+){3}|(xn--|sthree-|amzn-s3-demo-).*|.*(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)"
)
# 1,024 bytes, https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html; of the characters that need no
# encoding or special handling, those that mean nothing to IAM.
S3_PREFIX: Final = r"[A-Za-z0-9!_.'()&@=;/:+, -]{0,1023}[/_.=+@-]"
# botocore's model of lambda: FunctionName, Qualifier. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
FUNCTION: Final = r"[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_-]{1,128})?"
# 320 characters, https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateEmailIdentity.html
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
IDENTITY: Final = rf"([A-Za-z0-9!#%&'+/=^_`|~.-]{{1,64}}@)?({_LABEL}\.)+{_LABEL}"
# 64 characters, https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateConfigurationSet.html
CONFIGURATION_SET: Final = r"[A-Za-z0-9_-]{1,64}"
# Lex V2 knows bots and aliases by id: https://docs.aws.amazon.com/lexv2/latest/APIReference/API_runtime_RecognizeText.html
LEX_V2: Final = r"[0-9A-Z]{10}(/[0-9A-Za-z]{10})?"
# Lex V1 by name: https://docs.aws.amazon.com/lex/latest/dg/API_runtime_PostText.html and API_PutBot.html
LEX_V1: Final = r"([A-Za-z]_?){2,50}(:([A-Za-z]_?){1,100})?"
# 512 characters, https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
LOG_GROUP: Final = r"[.\-_/#A-Za-z0-9]{1,512}"


def queue(value: object) -> str:
    """The name of a queue of SQS: 1 to 80 characters, a FIFO queue's with `.fifo` at the end."""
    allowed = "1 to 80 of A-Z a-z 0-9 _ -, and .fifo at the end of a FIFO queue's name"
    return _checked(value, QUEUE, "name of a queue", allowed)


def topic(value: object) -> str:
    """The name of a topic of SNS: 1 to 256 characters, a FIFO topic's with `.fifo` at the end."""
    allowed = "1 to 256 of A-Z a-z 0-9 _ -, and .fifo at the end of a FIFO topic's name"
    return _checked(value, TOPIC, "name of a topic", allowed)


def bucket(value: object) -> str:
    """The name of a general purpose bucket of S3; directory buckets and aliases of access points are none."""
    allowed = "the name of a general purpose bucket: 3 to 63 of a-z 0-9 . -"
    if isinstance(value, str) and _NO_BUCKET.fullmatch(value):
        raise _refused("name of a bucket", value, allowed)
    return _checked(value, BUCKET, "name of a bucket", allowed)


def s3_prefix(value: object) -> str:
    """What keys of objects begin with; ends in a separator, as `billing` would be the beginning of `billing2/` too."""
    if isinstance(value, str) and re.fullmatch(S3_PREFIX.removesuffix("[/_.=+@-]") + "[A-Za-z0-9]", value):
        raise InvalidValueError(
            "prefix does not end in a separator and would reach into neighbours",
            value,
            "a last character of / _ . = + @",
            f"write {value + '/'!r}",
            rule="RC201",
        )
    allowed = "up to 1,024 of A-Z a-z 0-9 ! _ . ' ( ) & @ = ; / : + , - and blank, a separator at the end"
    return _checked(value, S3_PREFIX, "prefix in a bucket", allowed)


def function(value: object) -> str:
    """The name of a function of Lambda, 1 to 64 characters, and behind a colon an alias or version of it."""
    allowed = "NAME, NAME:ALIAS or NAME:VERSION, of A-Z a-z 0-9 _ -; the name up to 64 characters"
    return _checked(value, FUNCTION, "name of a function", allowed)


def identity(value: object) -> str:
    """An identity of SES: a domain, or an e-mail address, up to 320 characters."""
    allowed = "a domain, or an e-mail address, up to 320 characters"
    if isinstance(value, str) and len(value) > 320:
        raise _refused("identity of SES", value, allowed)
    found = _checked(value, IDENTITY, "identity of SES", allowed)
    local, at, domain = found.rpartition("@")
    if domain != domain.lower():
        raise InvalidValueError(
            "identity of SES with capitals in its domain, which SES keeps in lower case and IAM compares by letter",
            value,
            "a domain in lower case",
            f"write {local + at + domain.lower()!r}",
            rule="RC219",
        )
    return found


def configuration_set(value: object) -> str:
    """The name of a configuration set of SES: 1 to 64 characters."""
    return _checked(value, CONFIGURATION_SET, "configuration set of SES", "1 to 64 of A-Z a-z 0-9 _ -")


def bot(value: object) -> str:
    """A bot of Lex V2 by its ids, or one of Lex V1 by its name."""
    allowed = "BOTID or BOTID/ALIASID (Lex V2; 10 characters each), or NAME or NAME:ALIAS (Lex V1; letters and _)"
    if isinstance(value, str) and len(value.partition(":")[0]) > 50:
        raise _refused("bot of Lex", value, allowed)
    return _checked(value, f"{LEX_V2}|{LEX_V1}", "bot of Lex", allowed)


def log_group(value: object) -> str:
    """The name of a log group of CloudWatch Logs: 1 to 512 characters."""
    return _checked(value, LOG_GROUP, "name of a log group", "1 to 512 of A-Z a-z 0-9 . - _ / #")


def _checked(value: object, pattern: str, what: str, allowed: str) -> str:
    if isinstance(value, str) and re.fullmatch(pattern, value):
        return value
    raise _refused(what, value, allowed)


def _refused(what: str, value: object, allowed: str) -> InvalidValueError:
    hint = "write the exact name, without its ARN; what has other characters goes into `statements`"
    if isinstance(value, str) and what.startswith("bot") and re.fullmatch(r"[A-Za-z_]+:(\$LATEST|[0-9]+)", value):
        hint = f"name an alias; a version of a bot of Lex V1 goes into `statements`, as …:bot:{value}"
    elif isinstance(value, str) and value.endswith(":$LATEST"):
        hint = f"write {value.removesuffix(':$LATEST')!r}, as $LATEST is what a call without a version means"
        hint += "; a call that names it needs a statement"
    elif isinstance(value, str) and re.search(r"[*?$]", value):
        hint = "name each of them; what needs a pattern goes into `statements`"
    return InvalidValueError(what, value, f"{allowed}; no * ? $", hint, rule="RC219")
