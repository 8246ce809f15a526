"""`rolecall schema`: the JSON Schema of an estate's files, for editors."""

import json

from rolecall.answer import Answer
from rolecall.config.json_schema import all_files, file_schema


def schema(kind: str | None) -> Answer:
    """The schema of one kind of file, or one that takes all of them."""
    return Answer(as_text(kind))


def as_text(kind: str | None) -> str:
    """As it is written to files: two blanks deep, without a line's end at its end."""
    return json.dumps(file_schema(kind) if kind else all_files(), indent=2, ensure_ascii=False)
