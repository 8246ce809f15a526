"""Which statements a condition narrows to some of their resources, so that the resources alone say too much."""

from rolecall.policy.condition import normalised
from rolecall.policy.document import Statement

# Keys that say which resource, or which part of one, a request is about; in lower case. Read 2026-11-22:
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_SAY_WHICH = frozenset(
    {
        "s3:prefix",
        "dynamodb:leadingkeys",
        "secretsmanager:name",
        "secretsmanager:secretid",
        "ses:fromaddress",
        "lambda:functionarn",
        "ecs:cluster",
    }
)
# Behind the service or `aws`, with the tag's own key after it.
_TAGS = ("resourcetag/", "existingobjecttag/", "buckettag/")
# Has several values in a request, so that AWS's own examples ask with ForAllValues:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
_SEVERAL_VALUES = "dynamodb:leadingkeys"


def is_narrowed(statement: Statement) -> bool:
    """Whether a condition says which resources are meant, in ways that nobody can compare by ARN.

    Who asks, from where, how, and whose account it is, do not; nor what is only kept out, or let through unless it is
    there, or met by any value.
    """
    conditions = normalised(statement.get("Condition"))
    return any(
        _says_which(key) and _is_positive(operator, key) and _is_narrow(values) for operator, key, values in conditions
    )


def _says_which(key: str) -> bool:
    return key in _SAY_WHICH or key.partition(":")[2].startswith(_TAGS)


def _is_positive(operator: str, key: str) -> bool:
    if operator.startswith("forallvalues:") and key != _SEVERAL_VALUES:
        return False  # met where the key is not there
    return "not" not in operator and operator != "null" and not operator.endswith("ifexists")


def _is_narrow(values: tuple[str, ...]) -> bool:
    """Whether no value is met by everything; a list of a bucket that names the empty prefix shows every key."""
    return all(value.strip("*") for value in values)
