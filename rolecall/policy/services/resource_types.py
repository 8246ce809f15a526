"""On what the actions that a vendor documents can be allowed: on named resources, or on the whole account alone."""

import re
from collections.abc import Iterable, Iterator

from rolecall.model.invalid import InvalidValueError, four_parts
from rolecall.model.services import Documented
from rolecall.policy import actions
from rolecall.policy.breadth import why_too_broad
from rolecall.policy.document import as_list
from rolecall.policy.reasoned import Reasoned
from rolecall.policy.services.content import changes_resources

# Region and account of a stack that leaves them to its deployment; every action takes any.
_TO_BE_FILLED_IN = re.compile(r"\$\{[^}]*\}")


def check_resource_types(service: str, documented: Documented) -> None:
    """Refuse actions on named resources that take none, and account-wide calls that do more than list or read.

    The first would grant nothing. Those that change something would do so to whatever there is, under a statement that
    says it lists; those that a resource could narrow belong to the named resources.

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
        what = f"account_wide of {service}"
        if changes_resources(action):
            change = "take it out, and grant it under `statements` to the one project that needs it"
            raise InvalidValueError(what, action, "calls that list or read", change, rule="RC005")
        if actions.exists(action) and why_too_broad({"Effect": "Allow", "Action": action, "Resource": "*"}):
            allowed = "calls that no resource can narrow"
            raise InvalidValueError(what, action, allowed, "move it to `actions`", rule="RC005")


def idle_actions(found: Iterable[Reasoned]) -> Iterator[tuple[str, str]]:
    """The rule and the message for each action of a service that grants nothing where it stands.

    Args:
        found: all statements of a role; those that no service asks for are left alone.
    """
    for reasoned in found:
        resources = [_TO_BE_FILLED_IN.sub("0", str(each)) for each in as_list(reasoned.statement["Resource"])]
        for action in as_list(reasoned.statement["Action"]) if reasoned.service else ():
            if not actions.exists(action):
                what, allowed = f"action of {reasoned.service} is not known to IAM", "actions that AWS's reference has"
                yield "RC212", four_parts(what, action, allowed, "correct it, unless it is newer than Rolecall")
            elif all(actions.takes(action, each) is False for each in resources):
                what = f"action of {reasoned.service} grants nothing on the named resources"
                allowed = f"actions that take one of them, such as {resources[0]}"
                yield "RC213", four_parts(what, action, allowed, "take it out, or grant it in `statements`")


def is_of_buckets(action: str) -> bool:
    """Whether an action of S3 is asked of a bucket; none is asked of a bucket and of the objects in it."""
    return actions.takes(action, "arn:aws:s3:::bucket") is True
