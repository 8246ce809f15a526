"""Whether a text fits a pattern of IAM's, in which `*` stands for any text and `?` for one character.

Patterns and texts are somebody else's, so nothing here takes more than the product of their lengths.
"""

from functools import lru_cache


@lru_cache(maxsize=65536)
def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether the pattern matches the whole text."""
    # Letter by letter, as the lower case of one letter may be two.
    return _matches([*map(str.lower, pattern)], [*map(str.lower, text)]) if ignore_case else _matches(pattern, text)


def _matches(pattern: str | list[str], text: str | list[str]) -> bool:
    """Takes as little as possible for each star; where that fails, only the last star needs to take one more."""
    i = j = retry = 0
    star = -1
    while i < len(text):
        if j < len(pattern) and pattern[j] == "*":
            star, retry, j = j, i, j + 1
        elif j < len(pattern) and pattern[j] in ("?", text[i]):
            i, j = i + 1, j + 1
        elif star >= 0:
            retry += 1
            i, j = retry, star + 1
        else:
            return False
    return all(sign == "*" for sign in pattern[j:])


def has_wildcard(text: str) -> bool:
    """Whether the text means more than itself."""
    return "*" in text or "?" in text
