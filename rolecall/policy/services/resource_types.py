"""On what the actions that a vendor documents can be allowed: on named resources, or on the whole account alone."""

from rolecall.model.invalid import InvalidValueError
from rolecall.model.services import Documented
from rolecall.policy import actions


def check_resource_types(service: str, documented: Documented) -> None:
    """Refuse actions on named resources that take none: they would grant nothing there.

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


def is_of_buckets(action: str) -> bool:
    """Whether an action of S3 is asked of a bucket and not of the objects in it."""
    return actions.takes(action, "arn:aws:s3:::bucket") is True and not actions.takes(action, "arn:aws:s3:::bucket/*")
