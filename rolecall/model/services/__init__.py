"""AWS services besides Secrets Manager that a project may use: one class each, which names the resources."""

from rolecall.model.services.base import ServiceAccess
from rolecall.model.services.cloudwatch import CloudWatchAccess
from rolecall.model.services.documented import NOTHING_DOCUMENTED, Documented
from rolecall.model.services.functions import LambdaAccess
from rolecall.model.services.http import HttpAccess
from rolecall.model.services.lex import LexAccess
from rolecall.model.services.messaging import SnsAccess, SqsAccess
from rolecall.model.services.s3 import S3Access
from rolecall.model.services.ses import SesAccess

__all__ = [
    "NOTHING_DOCUMENTED",
    "CloudWatchAccess",
    "Documented",
    "HttpAccess",
    "LambdaAccess",
    "LexAccess",
    "S3Access",
    "ServiceAccess",
    "SesAccess",
    "SnsAccess",
    "SqsAccess",
]
