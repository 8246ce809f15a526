"""Which actions work with what is in a resource, and which change the resource itself or who may use it."""

import re

from rolecall.policy import actions
from rolecall.policy.pattern import has_wildcard

# AWS gives each action an access level: Read, List, Write, Tagging or Permissions management. cfn-lint's copy of the
# service reference does not have them, and Write holds sending a message as well as deleting the queue. So this is a
# list of our own: the actions of level Write that work with content alone. What is not on it and does not read is
# taken for a change. Levels as in https://github.com/udondan/iam-floyd of 2026-08-22, made from AWS's pages below
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_OF_CONTENT = frozenset(
    each.lower()
    for each in (
        *("sqs:SendMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"),
        "sns:Publish",
        *(
            "s3:PutObject",
            "s3:DeleteObject",
            "s3:AbortMultipartUpload",
            "s3:PutObjectTagging",
            "s3:DeleteObjectTagging",
        ),
        *("lambda:InvokeFunction", "lambda:InvokeAsync", "lambda:InvokeFunctionUrl"),
        *("ses:SendEmail", "ses:SendRawEmail", "ses:SendTemplatedEmail"),
        *("ses:SendBulkEmail", "ses:SendBulkTemplatedEmail"),
        *("lex:RecognizeText", "lex:RecognizeUtterance", "lex:StartConversation", "lex:PostText", "lex:PostContent"),
        *("lex:PutSession", "lex:DeleteSession"),
        *("logs:PutLogEvents", "logs:CreateLogStream", "cloudwatch:PutMetricData"),
    )
)
# How the names of actions of level Read and List begin; `Unmask`, which shows what a log group hides, is none of these.
_READS = re.compile(r"(get|list|describe|filter|receive|search|check|test|batchget|(start|stop)(query|livetail))")


def changes_resources(action: str) -> bool:
    """Whether an action, or one that the pattern matches, may make, change or delete a resource or its permissions.

    Of an action that IAM does not know, nobody can say; RC212 speaks of it.
    """
    if has_wildcard(action) or not actions.exists(action):
        return any(changes_resources(each) for each in actions.actions_matching(action))
    lower = action.lower()
    return lower not in _OF_CONTENT and not _READS.match(lower.partition(":")[2])
