"""Which IAM actions exist, and on what they can be allowed: `s3:GetObject` on objects, `sqs:ListQueues` on `*` only.

The data is `iam_actions.json`, made by `docs/generate_actions.py`. It knows what AWS has published: an action that is
newer than it does not exist here, so what is said of one is a warning and no proof.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from fnmatch import translate
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from rolecall.policy.pattern import has_wildcard, overlaps

# What stands for text that nobody knows yet: unresolved values of templates, IAM's variables, dynamic references.
_UNKNOWN = re.compile(r"«[^»]*»?|\$\{[^}]*\}?|\{\{resolve:[^}]*\}?\}?")
# Services that ask about nothing but `*` where an action has no resource type. "Use this format ["*"] for operations
# that don't use any particular KMS key": https://docs.aws.amazon.com/kms/latest/developerguide/cmks-in-iam-policies.html;
# "you must specify all resources ("*")": https://docs.aws.amazon.com/secretsmanager/latest/userguide/
# reference_iam-permissions.html; both read 2026-11-22.
_STRICT = frozenset({"kms", "secretsmanager"})
# Operations of the API whose action has quite another name.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html, read in part 2026-11-22;
# https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html.
_API_NAMES = {
    "s3:headbucket": "s3:ListBucket",
    "s3:headobject": "s3:GetObject",
    "s3:listbuckets": "s3:ListAllMyBuckets",
    "s3:listobjects": "s3:ListBucket",
    "s3:listobjectsv2": "s3:ListBucket",
    "s3:listobjectversions": "s3:ListBucketVersions",
    "lambda:invoke": "lambda:InvokeFunction",
}
# Lex has two versions under one prefix, and AWS's reference has both forms of a bot's ARN for each action. An operation
# of V1 names its bot (`bot:NAME:ALIAS`), one of V2 has its id (`bot-alias/ID/ALIASID`). Read 2026-11-22:
# https://docs.aws.amazon.com/lex/latest/dg/API_runtime_PostText.html,
# https://docs.aws.amazon.com/lexv2/latest/APIReference/API_runtime_RecognizeText.html.
_LEX_V1 = "arn:*:lex:*:*:bot:*"
_LEX_V2 = "arn:*:lex:*:*:bot-alias/*"
_ONLY_ON = {
    "lex:posttext": (_LEX_V1,),
    "lex:postcontent": (_LEX_V1,),
    "lex:recognizetext": (_LEX_V2,),
    "lex:recognizeutterance": (_LEX_V2,),
    "lex:startconversation": (_LEX_V2,),
}
# An account's own lists, such as ListQueues; what lists "for" or "by" something does have a resource.
_LISTS = re.compile(r"list(?!.*(?:for|by))")
_AFTER_A_KIND = "*/:"
# AWS's longest has 63 characters.
_LONGEST_NAME = 128
# As difflib counts: GetSecret and GetSecretValue are alike to 0.78.
_MUCH_ALIKE = 0.75
_RESEMBLES = 0.6


@dataclass(frozen=True, eq=False)
class _Service:
    """The actions of one service prefix: lower-case name -> AWS's spelling, and -> the ARN formats that it takes."""

    prefix: str
    names: dict[str, str]
    formats: dict[str, tuple[str, ...]]
    kinds: frozenset[str]
    """What stands in the service's ARNs after the account and before a name: `table`, `function`, or nothing."""


def exists(pattern: str) -> bool:
    """Whether a pattern of actions (`s3:Get*`) matches an action; letter case does not count."""
    return bool(_everything(pattern) or next(_matching(pattern), None))


def actions_matching(pattern: str) -> frozenset[str]:
    """All actions that a pattern matches, as AWS spells them."""
    services = [_service(prefix) for prefix in _data()] if _everything(pattern) else []
    found = {(service, name) for service in services if service for name in service.names}
    return frozenset(f"{service.prefix}:{service.names[name]}" for service, name in found or _matching(pattern))


@lru_cache(maxsize=4096)
def nearest(pattern: str) -> str | None:
    """The existing action that was probably meant, as AWS spells it; a pattern may come back with another prefix.

    In this order: a prefix much like it, a name of its service much like it, the same name of another service, and
    what is left that resembles it.
    """
    if known := _API_NAMES.get(pattern.lower()):
        return known
    prefix, _, name = pattern.rpartition(":")
    near = [prefix.lower(), *get_close_matches(prefix.lower(), _data(), 5, _RESEMBLES)]
    for each in near:
        if exists(f"{each}:{name}"):
            return _spelled(each, name)
    return (
        _closest(near[:1], name, _MUCH_ALIKE)
        or _same_name(prefix.lower(), name)
        or _closest(near[:1], name, _RESEMBLES)
        or _closest(near, name, _RESEMBLES)
    )


@lru_cache(maxsize=65536)
def takes(action_pattern: str, resource: str) -> bool | None:
    """Whether an action that the pattern matches can be allowed on a resource that the other pattern matches.

    `*` as resource is always taken. None where that is not known: for unknown actions, and for most that have no
    resource type. AWS's reference says that those take `*` only, yet services do ask about the resource that an action
    is about to make, or about everything of a kind; only of `List…` is it sure that no single resource is asked about.
    """
    wanted = _UNKNOWN.sub("*", resource).lower()
    if wanted and not wanted.strip("*"):
        return True
    if _everything(action_pattern):
        return True if any(_fits(arn, wanted) for arn in _all_formats()) else None
    answers = {_takes_one(service, name, wanted) for service, name in _matching(action_pattern)}
    return True if True in answers else None if None in answers or not answers else False


def takes_only_everything(action: str) -> bool:
    """Whether the action (all of them, for a pattern) can be allowed on `*` only; False if it is unknown."""
    found = list(_matching(action))
    return bool(found) and not any(service.formats[name] for service, name in found)


def _everything(pattern: str) -> bool:
    return pattern in ("*", "*:*")


def _matching(pattern: str) -> Iterator[tuple[_Service, str]]:
    """Service and lower-case name. A prefix with wildcards matches nothing: IAM refuses it.

    MalformedPolicyDocument, "Action vendors (e.g., aws, ec2, etc.) must not contain wildcards", as quoted in
    https://github.com/boogy/iam-policy-validator/pull/172, 2026-09-03.
    """
    prefix, _, name = pattern.lower().partition(":")
    if service := _service(prefix):
        yield from ((service, found) for found in _names_matching(service, name))


@lru_cache(maxsize=4096)
def _names_matching(service: _Service, name: str) -> tuple[str, ...]:
    if not has_wildcard(name):
        return (name,) if name in service.names else ()
    # Every other sign stands for one character, so that a pattern may be too long for all names.
    if len(name.replace("*", "")) > _LONGEST_NAME:
        return ()
    # fnmatch knows IAM's two wildcards and, unlike IAM, classes of characters in brackets.
    whole = re.compile(translate(name.replace("[", "[[]")))
    return tuple(each for each in service.names if whole.match(each))


def _takes_one(service: _Service, name: str, wanted: str) -> bool | None:
    if arns := service.formats[name]:
        return any(_fits(arn, wanted) for arn in arns)
    return False if service.prefix in _STRICT or (_LISTS.match(name) and not _is_a_kind(service, wanted)) else None


def _is_a_kind(service: _Service, wanted: str) -> bool:
    """Whether the pattern means everything, as AWS's examples allow s3:ListAllMyBuckets on arn:aws:s3:::*.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html, read 2026-11-22.
    """
    *head, tail = wanted.split(":", 5)
    return wanted.endswith("*") if len(head) < 5 else tail.rstrip(_AFTER_A_KIND) in service.kinds


@lru_cache(maxsize=65536)
def _fits(arn: str, wanted: str) -> bool:
    """Whether an ARN format and a pattern, both in lower case, can mean one resource."""
    known, _, without = arn.partition(" without ")
    if without and without in wanted:
        return False
    # Segment by segment, since none of them holds a colon, as far as no star of the pattern may reach over several. One
    # that stands for the partition is not meant to.
    one, other = known.split(":", 5), wanted.split(":", 5)
    sure = next((i for i, part in enumerate(other) if "*" in part and (i, part) != (1, "*")), 5)
    if not all(map(overlaps, one[:sure], other[:sure])):
        return False
    return overlaps(":".join(one[sure:]), ":".join(other[sure:]))


def _spelled(prefix: str, name: str) -> str:
    service = _service(prefix)
    return f"{prefix}:{service.names.get(name.lower(), name) if service else name}"


def _closest(prefixes: list[str], name: str, cutoff: float) -> str | None:
    """The action of these services whose name is the most like this one, if it is that much alike."""
    found = (service for service in map(_service, prefixes) if service)
    names = {each: f"{service.prefix}:{service.names[each]}" for service in found for each in service.names}
    close = get_close_matches(name.lower().replace("*", "").replace("?", ""), names, 1, cutoff)
    return names[close[0]] if close else None


def _same_name(prefix: str, name: str) -> str | None:
    """The action of that very name whose prefix is the most like this one; None for a pattern."""
    found = [] if has_wildcard(name) else [each for each in _data() if exists(f"{each}:{name}")]
    best = max(found, key=lambda each: (SequenceMatcher(None, each, prefix).ratio(), each), default=None)
    return _spelled(best, name) if best else None


@cache
def _data() -> dict[str, dict[str, Any]]:
    """The services as the file has them, none of them parsed yet."""
    text = (files("rolecall.policy") / "iam_actions.json").read_text("utf-8")
    services: dict[str, dict[str, Any]] = json.loads(text)["services"]
    return services


@cache
def _service(prefix: str) -> _Service | None:
    written = _data().get(prefix)
    if written is None:
        return None
    arns = [arn.lower() for arn in written["formats"]]
    names, formats = {}, {}
    for numbers, actions in written["actions"].items():
        taken = tuple(arns[int(number)] for number in numbers.split())
        for action in actions.split():
            names[action.lower()] = action
            formats[action.lower()] = _ONLY_ON.get(f"{prefix}:{action.lower()}", taken)
    kinds = {arn.split(":", 5)[5].partition(" ")[0].rstrip(_AFTER_A_KIND) for arn in arns}
    return _Service(prefix, names, formats, frozenset({"", *kinds}))


@cache
def _all_formats() -> tuple[str, ...]:
    return tuple(sorted({arn.lower() for each in _data().values() for arn in each["formats"]}))
