"""A secret whose ARN was chosen: estates name secrets by whole ARNs, which end in six characters of AWS's choice."""

from collections.abc import Callable
from typing import Any

from rolecall.local.guard.asgi import Response
from rolecall.local.key_ids import SECRET_SUFFIX_TAG

CreateSecret = Callable[[dict[str, Any]], Response]


def with_chosen_suffix(create: CreateSecret, secretsmanager: Any) -> CreateSecret:
    """secretsmanager:CreateSecret that takes the end of the ARN from a tag, where there is one; else it is the same."""

    def created(data: dict[str, Any]) -> Response:
        chosen = next((tag["Value"] for tag in data.get("Tags") or [] if tag.get("Key") == SECRET_SUFFIX_TAG), None)
        if chosen is None:
            return create(data)
        random_id = secretsmanager.new_uuid
        # The first id is the end of the ARN; the second, the version's, stays random.
        first = iter([chosen])
        # Creation does not wait for anything, so that no other request sees this.
        secretsmanager.new_uuid = lambda: next(first, None) or random_id()
        try:
            return create(data)
        finally:
            secretsmanager.new_uuid = random_id

    return created
