"""What only a deployment would know, as text in guillemets: `«VendorAccount»`, `arn:«AWS::Partition»:iam::…`."""

import re

_UNKNOWN = re.compile("«[^«»]*»")
# Account, partition, region and URL suffix hold none of the signs that ARNs and lists are split at.
_SMOOTH = re.compile("«AWS::(AccountId|Partition|Region|URLSuffix)»")

_HARMLESS = {ord("«"): "\u2039", ord("»"): "\u203a"}  # guillemets of one angle


def unknown(name: str) -> str:
    """The text that stands for a value nobody knows; unknowns within the name are shown as `${…}`."""
    return "«" + name.replace("«", "${").replace("»", "}") + "»"


def plain_name(name: str) -> str:
    """The name of a parameter or resource; one that CloudFormation would refuse must not look like an attribute."""
    return name if name.isalnum() or name.startswith("AWS::") else f"Ref {name}"


def without_guillemets(text: str) -> str:
    """A text that somebody wrote: guillemets of its own must not look like an unknown value."""
    return text.translate(_HARMLESS)


def is_unknown(text: str) -> bool:
    """Whether nothing of the text is known."""
    return _UNKNOWN.fullmatch(text) is not None


def holds_unknown(text: str) -> bool:
    """Whether some of the text is unknown."""
    return _UNKNOWN.search(text) is not None


def name_of(text: str) -> str:
    """The name within the guillemets of an unknown text."""
    return text.strip("«»")


def may_be_equal(one: str, other: str) -> bool:
    """Whether two texts, of which some is unknown, can turn out the same: what is known at their ends must fit."""
    if not holds_unknown(one) and not holds_unknown(other):
        return one == other
    head, other_head = one.split("«", 1)[0], other.split("«", 1)[0]
    tail, other_tail = one.rsplit("»", 1)[-1], other.rsplit("»", 1)[-1]
    heads_fit = head.startswith(other_head) or other_head.startswith(head)
    return heads_fit and (tail.endswith(other_tail) or other_tail.endswith(tail))


def split(text: str, delimiter: str) -> list[str] | str:
    """The pieces of a text, or an unknown text where what is unknown may hold the delimiter too."""
    if not holds_unknown(text):
        return text.split(delimiter)
    if is_unknown(text):
        return text
    if holds_unknown(_SMOOTH.sub("", text)) or not re.fullmatch("[^A-Za-z0-9-]+", delimiter):
        return unknown("Fn::Split")
    # A private sign for each unknown keeps the colons within guillemets out of the way.
    names = _UNKNOWN.findall(text)
    pieces = _UNKNOWN.sub("«", text).split(delimiter)
    left = iter(names)
    return [re.sub("«", lambda _: next(left), piece) for piece in pieces]
