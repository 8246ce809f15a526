"""Reading what cdk and CloudFormation say when a permission is missing.

What AWS says of the policy that refused is read in `rolecall.runtime.denial`, for the probes too; the other sentences
are those of aws-cdk 2.1148.1.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rolecall.denials.denial import Denial
from rolecall.denials.deployment import Deployment
from rolecall.denials.obstacle import Obstacle, obstacles
from rolecall.runtime.denial import denied_by, denied_explicitly, denying_policy

# Lengths are bounded: the text is somebody else's, and may be long.
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_DENIED = re.compile(
    r"(?:User:\s+)?(?P<who>arn:aws[a-z-]*:(?:iam|sts)::[0-9]{12}:[^\s\"']{1,512})\s+is\s+not\s+authorized\s+to\s+perform:\s+"
    r"(?P<action>[A-Za-z0-9-]+:[A-Za-z0-9]+)"
    # S3 puts the resource into quotes, which CloudFormation may quote again.
    r"(?:\s+on\s+(?:the\s+)?resource:\s+(?P<quote>\\?\")?"
    r"(?P<resource>(?:(?:role|policy|user|instance\s+profile)\s+)?[^\s\"',;)\\]{1,2048})(?(quote)\\?\"))?"
)
# The sentence goes on behind the resource; not into CloudFormation's quote, and not into the next refusal's.
_SENTENCE_CHARACTERS = 400
_SENTENCE_END = re.compile(r'"|User:\s')
# The caller is let through to the account, and cdk goes on without the role.
_NOT_ASSUMED = re.compile(r"could not be used to assume '(?P<role>arn:[^']{1,512})'")
_REFUSED = re.compile(r"Access\s?Denied|not\s+authorized|Unauthorized|Forbidden", re.IGNORECASE)
_FAILED_RESOURCE = re.compile(r"\b(?:CREATE|UPDATE|DELETE)_FAILED\b")


def denials(said: str) -> tuple[Denial | Obstacle, ...]:
    """The refusals in a text, each once, the first one first: what comes after it often follows from it.

    That the lookup role was not to be had is left out: `cdk deploy` tries it to learn more of a failure and goes on
    without it, and whoever reads through a `reader_role` of the estate's is not to have it.
    """
    text = _ANSI.sub("", said)
    named = [(at, each) for at, each in _named(text) if not each.of_lookup]
    found: list[tuple[int, Denial | Obstacle]] = [*named, *obstacles(text)]
    if _is_for_want_of_a_role(text, [each for _, each in found]):
        caller = next((each.who for _, each in named if not each.of_bootstrap), "")
        # The same role is named by STS and by cdk, and STS knows more.
        told = {(each.action, each.resource) for _, each in named}
        skipped = ((at, replace(each, who=caller)) for at, each in _assumptions(text) if not each.of_lookup)
        found += ((at, each) for at, each in skipped if (each.action, each.resource) not in told)
    return tuple(dict.fromkeys(each for _, each in sorted(found, key=lambda each: each[0])))


def explained(found: tuple[Denial | Obstacle, ...], deployment: Deployment) -> tuple[str, str]:
    """A sentence that names what is missing and a tip that says where to grant it."""
    first, more = found[0], len(found) - 1
    others = f" (and {more} more: {'; '.join(str(each) for each in found[1:4])})" if more else ""
    return f"{first}{others}", f"{first.remedy(deployment)}; docs/deployer.md lists what a deployer needs"


def _is_for_want_of_a_role(text: str, found: Sequence[Denial | Obstacle]) -> bool:
    """Whether a role that cdk went on without is why it failed: the deployer was refused in that role's place.

    An administrator need not have those roles, and a failure of another kind is not theirs.
    """
    if _FAILED_RESOURCE.search(text):  # CloudFormation was at work already
        return False
    others = [each.of_bootstrap if isinstance(each, Denial) else not each.of_publisher for each in found]
    return not any(others) and bool(_REFUSED.search(text))


def _named(text: str) -> Iterator[tuple[int, Denial]]:
    found = list(_DENIED.finditer(text))
    ends = [*(match.start() for match in found), len(text)][1:]
    for match, end in zip(found, ends, strict=True):
        rest = _SENTENCE_END.split(text[match.end() : min(end, match.end() + _SENTENCE_CHARACTERS)], maxsplit=1)[0]
        message = " ".join((match[0] + rest).split())
        yield (
            match.start(),
            Denial(
                _action(match["action"]),
                " ".join((match["resource"] or "").rstrip(".").split()),
                match["who"],
                denied_by(message),
                denied_explicitly(message) or "explicit deny" in rest,  # older messages name no policy
                denying_policy(message),
            ),
        )


def _action(said: str) -> str:
    """As policies have it: some services write their own names in capitals."""
    service, _, name = said.partition(":")
    return f"{service.lower()}:{name}"


def _assumptions(text: str) -> Iterator[tuple[int, Denial]]:
    for match in _NOT_ASSUMED.finditer(text):
        yield match.start(), Denial("sts:AssumeRole", match["role"])
