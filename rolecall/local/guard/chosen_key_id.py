"""A customer managed key whose id was chosen: estates name keys that exist in an AWS account and in no empty one."""

from collections.abc import Callable
from typing import Any

from rolecall.local.guard.asgi import Response
from rolecall.local.key_ids import KEY_ID_TAG

CreateKey = Callable[[dict[str, Any]], Response]


def with_chosen_id(create: CreateKey, kms: Any) -> CreateKey:
    """kms:CreateKey that takes the key's id from a tag, where there is one; nothing else about the key changes."""

    def created(data: dict[str, Any]) -> Response:
        chosen = next((tag["TagValue"] for tag in data.get("Tags") or [] if tag.get("TagKey") == KEY_ID_TAG), None)
        if chosen is None:
            return create(data)
        random_id = kms.new_uuid
        # Creation does not wait for anything, so that no other request sees this.
        kms.new_uuid = lambda: chosen.removeprefix("mrk-")
        try:
            return create(data)
        finally:
            kms.new_uuid = random_id

    return created
