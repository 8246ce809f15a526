"""What is wrong with a Resource that was to grant a secret: a part of the ARN is missing or is another."""

import re

from rolecall.policy.pattern import covers

_SECRET = re.compile(
    r"arn:(?P<partition>[^:]*):secretsmanager:(?P<region>[^:]*):(?P<account>[^:]*):secret:(?P<name>.*)"
)
_SUFFIX = "-??????"
_WITH_SUFFIX = re.compile(r"-[A-Za-z0-9]{6}")


def resource_text(live: str, right: str) -> str | None:
    """How the live resource misses the right one, in words; None where it is nothing like it."""
    ours, theirs = _SECRET.fullmatch(right), _SECRET.fullmatch(live)
    if ours is None or theirs is None or covers(live, right):
        return None
    name, base = theirs["name"], ours["name"].removesuffix(_SUFFIX)
    if base == ours["name"]:
        base = base.removesuffix("*")
    if name in (base, ours["name"], f"{base}*", f"{base}-*"):
        return _of_place(ours, theirs) or _of_suffix(name, base, ours["name"])
    if name.startswith(base) and _WITH_SUFFIX.fullmatch(name.removeprefix(base)):
        return "the ARN of a secret that may have been made anew since, with another suffix"
    if name.lower() == ours["name"].lower():
        return "which is in other letter case"
    if name.rpartition("/")[2] == ours["name"].rpartition("/")[2]:
        return "which is another prefix" if name.endswith("/*") else "which is under another path"
    return None


def width_text(live: str, right: str) -> str:
    """What a star at the end opens besides the one secret that was meant; empty where it is something else."""
    base = right.removesuffix(_SUFFIX)
    if base == right or live not in (f"{base}*", f"{base}-*"):
        return ""
    return f" (it ends in * where {_SUFFIX} belongs, and so opens every secret whose name begins like that)"


def _of_place(ours: re.Match[str], theirs: re.Match[str]) -> str | None:
    for part in ("region", "account", "partition"):
        if ours[part] != theirs[part]:
            return f"which is the wrong {part} ({theirs[part]} instead of {ours[part]})"
    return None


def _of_suffix(name: str, base: str, right: str) -> str | None:
    if name == base and right != base:
        return (
            "a partial ARN, which fits no secret, as Secrets Manager puts a hyphen and six characters behind the name"
        )
    return None
