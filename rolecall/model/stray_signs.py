"""Signs that come along when a value is copied, and that nobody sees."""

import re
import unicodedata

# What comes along when a value is copied from a screen or a document: blanks, signs that nobody sees, and quotes.
_STRAY = re.compile(
    "[\\s\\x00-\\x1f\\x7f-\\xa0\\u00ad\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\"'`\u2018\u2019\u201c\u201d]"
)
_NAMES_OF_SIGNS = {
    " ": "a blank",
    "\u00a0": "a no-break blank",
    "\t": "a tab",
    "\n": "a line break",
    "\r": "a line break",
    "\u200b": "an invisible sign (zero-width blank)",
}


def stray_sign(text: str) -> str | None:
    """A blank, a quote or a sign that nobody sees, and where in the text it is; None where there is none."""
    found = _STRAY.search(text)
    if found is None:
        return None
    sign, before = found[0], found.start()
    name = _NAMES_OF_SIGNS.get(sign) or (
        f"the quote {sign}" if sign.isprintable() else f"an invisible sign ({_unicode_name(sign)})"
    )
    if not before:
        return f"{name} at its beginning"
    return f"{name} at its end" if not _STRAY.sub("", text[before:]) else f"{name} as character {before + 1}"


def without_stray_signs(text: str) -> str:
    """The text as it was meant, where such signs came along when it was copied."""
    return _STRAY.sub("", text)


def _unicode_name(sign: str) -> str:
    return f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip()
