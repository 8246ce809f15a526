"""Text between the margins of a terminal."""

import textwrap

_LEAST_COLUMNS = 40


def paragraph(text: str, indent: str, width: int | None) -> list[str]:
    """Its lines. Words stay whole: who copies an ARN from a terminal wants all of it.

    Args:
        width: columns of the terminal; None where there is none: then it is one line.
    """
    if width is None:
        return [indent + text]
    return textwrap.wrap(
        text,
        max(width, _LEAST_COLUMNS),
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
