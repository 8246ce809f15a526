"""Text of others, made harmless: for a terminal or a browser, and for a page in Markdown."""

import re

# What Markdown would take for its own gets a backslash; what HTML and GitHub (math, mentions) would, a number or name.
_SIGNS = re.compile(r"[\\`*_\[\]#|~]")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;", "$": "&#36;"})


def printable(text: str) -> str:
    """The text on one line, without anything that a terminal or a browser would obey: names and tags are others'."""
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def escaped(text: str) -> str:
    """The text as itself, wherever in a line or in a table's cell it stands."""
    found = _SIGNS.sub(r"\\\g<0>", printable(text).strip()).translate(_ENTITIES)
    found = re.sub(r":(?=//)", "&#58;", re.sub(r"(?i)(?<=www)\.", "&#46;", found))  # GitHub makes links of these
    # A dash would begin a list, and so would a number with a dot.
    return re.sub(r"^([-+=]|\d+[.)])", lambda start: f"&#{ord(start[0][0])};{start[0][1:]}", found)
