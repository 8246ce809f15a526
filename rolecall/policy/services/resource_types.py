"""On what the actions that a vendor documents can be allowed: on named resources, or on the whole account alone."""

import re
from collections.abc import Iterable

from rolecall.model.invalid import InvalidValueError
from rolecall.model.services import Documented
from rolecall.policy import actions
from rolecall.policy.breadth import why_too_broad
from rolecall.policy.document import Statement, as_list
from rolecall.policy.reasoned import Reasoned
from rolecall.policy.services.content import changes_resources

# Region and account of a stack that leaves them to its deployment; every action takes any.
_TO_BE_FILLED_IN = re.compile(r"\$\{[^}]*\}")


def check_resource_types(service: str, documented: Documented) -> None:
    """Refuse actions on named resources that take none, and calls about the whole account that change something in it.

    The first would grant nothing. The others would change whatever there is, under a statement that says it lists.

    Raises:
        InvalidValueError: RC005.
    """
    for action in documented.on_resources:
        if actions.takes_only_everything(action):
            raise InvalidValueError(
                f"actions of {service} on named resources",
                action,
                "actions that take a resource",
                "move it to `account_wide`, with what the vendor needs it for",
                rule="RC005",
            )
    for action, _ in documented.account_wide:
        if changes_resources(action):
            what, allowed = f"account_wide of {service}", "calls that list or read"
            change = "take it out, and grant it under `statements` to the one project that needs it"
            raise InvalidValueError(what, action, allowed, change, rule="RC005")


def check_service_statements(found: Iterable[Reasoned]) -> None:
    """Refuse actions that grant nothing on what they stand beside, and account-wide ones that a resource could narrow.

    In an estate these are findings; who writes a program would see none.

    Args:
        found: all statements of a role; those that no service asks for are left alone.

    Raises:
        InvalidValueError: RC205 for what a resource could narrow, RC212 for an action that IAM does not know, RC213 for
            one that takes none of the named resources.
    """
    for reasoned in found:
        for action in as_list(reasoned.statement["Action"]) if reasoned.service else ():
            _check_action(action, reasoned.statement, str(reasoned.service))
        if reasoned.account_wide and (why := why_too_broad(reasoned.statement)):
            what, allowed = f"account_wide of {reasoned.service}", "calls that no resource can narrow"
            raise InvalidValueError(what, why, allowed, "move it to `actions`", rule="RC205")


def _check_action(action: str, statement: Statement, service: str) -> None:
    if not actions.exists(action):
        change = "correct it; one that is newer than this version of Rolecall goes into `statements`"
        allowed = "actions of the service authorization reference"
        raise InvalidValueError(f"action of {service} is not known to IAM", action, allowed, change, rule="RC212")
    resources = [_TO_BE_FILLED_IN.sub("0", str(each)) for each in as_list(statement["Resource"])]
    if all(actions.takes(action, each) is False for each in resources):
        raise InvalidValueError(
            f"action of {service} grants nothing on the named resources",
            action,
            f"actions that take one of them, such as {resources[0]}",
            "take it out, or grant it on what it takes, in `statements`",
            rule="RC213",
        )


def is_of_buckets(action: str) -> bool:
    """Whether an action of S3 is asked of a bucket; none is asked of a bucket and of the objects in it."""
    return actions.takes(action, "arn:aws:s3:::bucket") is True
