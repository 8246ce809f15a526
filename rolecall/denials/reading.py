"""Reading what cdk and CloudFormation say when a permission is missing.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html, and of the policy's own ARN behind it
https://aws.amazon.com/blogs/security/enhanced-access-denied-error-messages-with-policy-arns/, read 2026-11-22. The
other sentences are those of aws-cdk 2.1148.1.
"""

import re
from collections.abc import Iterator

from rolecall.denials.denial import Denial
from rolecall.denials.obstacle import Obstacle, obstacles

# Lengths are bounded: the text is somebody else's, and may be long.
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_DENIED = re.compile(
    r"(?:User:\s+)?(?P<who>arn:aws[a-z-]*:(?:iam|sts)::[0-9]{12}:[^\s\"']{1,512})\s+is\s+not\s+authorized\s+to\s+perform:\s+"
    r"(?P<action>[A-Za-z0-9-]+:[A-Za-z0-9]+)"
    # S3 puts the resource into quotes, which CloudFormation may quote again.
    r"(?:\s+on\s+(?:the\s+)?resource:\s+(?P<quote>\\?\")?"
    r"(?P<resource>(?:(?:role|policy|user|instance\s+profile)\s+)?[^\s\"',;)\\]{1,2048})(?(quote)\\?\"))?"
    r"(?P<rest>(?:(?!User:\s)[^\"]){0,400})"
)
# The caller is let through to the account, and cdk goes on without the role: what fails next fails for this.
_NOT_ASSUMED = re.compile(r"could not be used to assume '(?P<role>arn:[^']{1,512})'")
_BY = re.compile(
    r"because no (?P<missing>[A-Za-z -]+? policy|permissions boundary|VPC endpoint policy) allows"
    r"|explicit deny in (?:an?|the) (?P<denying>[A-Za-z -]+? policy|permissions boundary)"
    r"(?::\s+(?P<policy>arn:[^\s\"',;)]{1,2048}))?"
)


def denials(said: str) -> tuple[Denial | Obstacle, ...]:
    """The refusals in a text, each once, the first one first: what comes after it often follows from it.

    That the lookup role was not to be had is left out: `cdk deploy` tries it to learn more of a failure and goes on
    without it, and whoever reads through a `reader_role` of the estate's is not to have it.
    """
    text = _ANSI.sub("", said)
    refused = [(at, each) for at, each in (*_named(text), *_assumptions(text)) if not each.of_lookup]
    # The same role is named by STS and by cdk, and STS knows more.
    told = {(each.action, each.resource) for _, each in refused if each.who}
    kept = [(at, each) for at, each in refused if each.who or (each.action, each.resource) not in told]
    found: list[tuple[int, Denial | Obstacle]] = [*kept, *obstacles(text)]
    return tuple(dict.fromkeys(each for _, each in sorted(found, key=lambda each: each[0])))


def explained(found: tuple[Denial | Obstacle, ...]) -> tuple[str, str]:
    """A sentence that names what is missing and a tip that says where to grant it."""
    first, more = found[0], len(found) - 1
    others = f" (and {more} more: {'; '.join(str(each) for each in found[1:4])})" if more else ""
    return f"{first}{others}", f"{first.remedy}; docs/deployer.md lists what a deployer needs"


def _named(text: str) -> Iterator[tuple[int, Denial]]:
    for match in _DENIED.finditer(text):
        rest = " ".join(match["rest"].split())
        by = _BY.search(rest.replace("sessions policy", "session policy"))  # AWS writes both
        named = (by["missing"] or by["denying"]) if by else ""
        explicitly = bool(by and by["denying"]) or "explicit deny" in rest
        resource = " ".join((match["resource"] or "").rstrip(".").split())
        policy = (by["policy"] or "").rstrip(".") if by else ""
        yield match.start(), Denial(_action(match["action"]), resource, match["who"], named, explicitly, policy)


def _action(said: str) -> str:
    """As policies have it: some services write their own names in capitals."""
    service, _, name = said.partition(":")
    return f"{service.lower()}:{name}"


def _assumptions(text: str) -> Iterator[tuple[int, Denial]]:
    for match in _NOT_ASSUMED.finditer(text):
        yield match.start(), Denial("sts:AssumeRole", match["role"])
