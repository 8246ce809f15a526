"""Names that are well formed and that nobody has heard of, or that IAM would take for one and the same."""

from collections.abc import Mapping, Sequence

from rolecall.config.source import PathInFile, SourceFile
from rolecall.model import regions
from rolecall.model.invalid import four_parts
from rolecall.policy import actions
from rolecall.policy.pattern import has_wildcard


def report_region(region: str | None, source: SourceFile, path: PathInFile) -> None:
    """RC302, as a warning: a region that AWS had not when this was written; new ones appear."""
    if region is not None and region not in regions.KNOWN:
        near = regions.nearest(region)
        change = f"did you mean {near}?" if near else "look whether it exists"
        message = four_parts("region is not known", region, "the regions of AWS, of which new ones appear", change)
        source.warn("RC302", path, message)


def report_case(tags: Mapping[str, str], own: Mapping[str, str], source: SourceFile, path: PathInFile) -> None:
    """RC310: keys of tags that differ in letter case only, where a level adds some to those around it."""
    if not own:
        return
    first: dict[str, str] = {}
    for key in tags:
        other = first.setdefault(key.lower(), key)
        if other != key and (key in own or other in own):
            message = four_parts("keys of tags are one to IAM", key, f"one spelling, as {other!r}", "rename one")
            source.error("RC310", (*path, key if key in own else other), message)


def report_guardrails(never_allow: Sequence[str], source: SourceFile) -> None:
    """RC212, as a warning: a guardrail that forbids nothing, as no action is called so."""
    for index, pattern in enumerate(never_allow):
        # IAM takes no service with a wildcard; a guardrail may have one, and meets what it meets.
        if not has_wildcard(pattern.partition(":")[0]) and not actions.exists(pattern):
            near = actions.nearest(pattern)
            change = f"did you mean {near}?" if near else "correct it"
            allowed = "actions of the service authorization reference"
            message = four_parts("guardrail matches no action that IAM knows", pattern, allowed, change)
            source.warn("RC212", ("guardrails", "never_allow", index), message)
