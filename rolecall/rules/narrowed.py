"""Which statements a condition narrows to some of their resources, so that the resources alone say too much."""

from rolecall.policy.condition import normalised
from rolecall.policy.document import Statement, as_list

# Keys that say which part of a resource a request is about; in lower case. Keys whose values are names or ARNs of the
# resources themselves, such as secretsmanager:SecretId, are none: they say no more than `Resource` could. 2026-11-22:
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_SAY_WHICH = frozenset({"s3:prefix", "dynamodb:leadingkeys", "ses:fromaddress"})
# Behind the service or `aws`, with the tag's own key after it.
_TAGS = ("resourcetag/", "existingobjecttag/", "buckettag/")
# Has several values in a request, so that AWS's own examples ask with ForAllValues, and these are the actions whose
# requests have it. PartiQLSelect is none of them: without the partition key it scans the whole table. Read 2026-11-22:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.select.html
_SEVERAL_VALUES = "dynamodb:leadingkeys"
_WITH_SEVERAL_VALUES = frozenset(
    f"dynamodb:{each}"
    for each in (
        *("getitem", "batchgetitem", "query", "conditioncheckitem"),
        *("putitem", "updateitem", "deleteitem", "batchwriteitem"),
        *("partiqlinsert", "partiqlupdate", "partiqldelete"),
    )
)


def is_narrowed(statement: Statement) -> bool:
    """Whether a condition says which resources are meant, in ways that nobody can compare by ARN.

    Who asks, from where, how, and whose account it is, do not; nor what is only kept out, or let through unless it is
    there, or met by any value.
    """
    have_several = {str(action).lower() for action in as_list(statement["Action"])} <= _WITH_SEVERAL_VALUES
    return any(
        _says_which(key) and _is_positive(operator, key, have_several) and _is_narrow(key, values)
        for operator, key, values in normalised(statement.get("Condition"))
    )


def _says_which(key: str) -> bool:
    return key in _SAY_WHICH or key.partition(":")[2].startswith(_TAGS)


def _is_positive(operator: str, key: str, have_several: bool) -> bool:
    if operator.startswith("forallvalues:") and not (key == _SEVERAL_VALUES and have_several):
        return False  # met where the key is not there
    return "not" not in operator and operator != "null" and not operator.endswith("ifexists")


def _is_narrow(key: str, values: tuple[str, ...]) -> bool:
    """Whether no value is met by everything; a list of a bucket that names the empty prefix shows every key.

    What an address of any sender has in common is its domain, which the resource names as well.
    """
    said = [value.partition("@")[0] if key == "ses:fromaddress" else value for value in values]
    return all(each.strip("*?") for each in said)
