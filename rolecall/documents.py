"""Where the documents lie that messages name: beside the package in a checkout, inside it in a wheel."""

import re
from pathlib import Path

_SHIPPED = Path(__file__).parent / "docs"
_NAMED = re.compile(r"(?<![\w./-])docs/([a-z-]+\.md)\b")


def located(text: str) -> str:
    """A message, with whole paths where it names documents that came in the wheel."""
    return _NAMED.sub(lambda match: str(there) if (there := _SHIPPED / match[1]).is_file() else match[0], text)
