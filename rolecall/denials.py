"""Reading what cdk and CloudFormation say when a permission is missing: which one, who lacks it, and where it belongs.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html, read 2026-11-22. The other sentences
are those of aws-cdk 2.1148.1, and of CloudFormation's events as people have reported them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rolecall.model import naming

# Lengths are bounded: the text is somebody else's, and may be long.
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_DENIED = re.compile(
    r"(?:User:\s+)?(?P<who>arn:aws[a-z-]*:(?:iam|sts)::[0-9]{12}:[^\s\"']{1,512})\s+is\s+not\s+authorized\s+to\s+perform:\s+"
    r"(?P<action>[a-z0-9-]+:[A-Za-z0-9]+)"
    r"(?:\s+on\s+(?:the\s+)?resource:\s+(?P<resource>(?:(?:role|policy|user|instance\s+profile)\s+)?[^\s\"',;)]{1,2048}))?"
    r"(?P<rest>(?:(?!User:\s)[^\"]){0,400})"
)
# The caller is let through to the account, and cdk goes on without the role: what fails next fails for this.
_NOT_ASSUMED = re.compile(r"could not be used to assume '(?P<role>arn:[^']{1,512})'")
_OTHER_ACCOUNT = re.compile(
    r"Need to perform AWS calls for account (?P<account>[0-9]{12}), "
    r"but (?:the current credentials are for (?P<own>[0-9]{12})|no credentials have been configured)"
)
_BY = re.compile(
    r"because no (?P<missing>[A-Za-z -]+? policy|permissions boundary|VPC endpoint policy) allows"
    r"|explicit deny in (?:an?|the) (?P<denying>[A-Za-z -]+? policy|permissions boundary)"
)
_BOOTSTRAP = re.compile(rf"cdk-{naming.BOOTSTRAP_QUALIFIER}-(?P<kind>[a-z-]+)-role-(?P<account>[0-9]{{12}})-")
_SESSION = re.compile(r"arn:(aws[a-z-]*):sts::([0-9]{12}):assumed-role/([^/]+)/.*")


@dataclass(frozen=True)
class Obstacle:
    """What stops a deployment and is no missing permission, or one of which nobody says whose it is."""

    sentence: str
    remedy: str

    def __str__(self) -> str:
        return self.sentence


_EXECUTION_POLICY = "the execution policy (`cdk bootstrap --cloudformation-execution-policies`)"
_AGAIN = "bootstrap the account and region again with the pinned cdk"
# Each sentence that has no caller in it, what is told of it with its parts, and what is to be done.
_OBSTACLES = tuple(
    (re.compile(pattern), sentence, remedy)
    for pattern, sentence, remedy in (
        (
            r"User\s+doesn't\s+have\s+permission\s+to\s+call\s+(?P<what>[a-z0-9-]{1,64}:[A-Za-z0-9]{1,128})",
            "CloudFormation may not use {what} for the deployer",
            f"allow it in {_EXECUTION_POLICY}: `rolecall deploy --pipeline` puts it up anew with each new parameter",
        ),
        (
            r"[Rr]ole\s+(?P<what>arn:[^\s\"',;)]{1,512})\s+is\s+invalid\s+or\s+cannot\s+be\s+assumed",
            "CloudFormation cannot become {what}",
            f"the role is gone, or does not trust cloudformation.amazonaws.com: {_AGAIN}",
        ),
        (
            r"SSM\s+parameter\s+(?P<what>/cdk-bootstrap/[^\s\"',;]{1,512}/version)\s+not\s+found",
            "the account and region are not bootstrapped: there is no {what}",
            "bootstrap them first: `rolecall deploy --pipeline` prints the command",
        ),
        (
            r"Bucket\s+named\s+'(?P<what>cdk-[^\s']{1,80})'\s+exists,\s+but\s+not\s+in\s+account",
            "the bucket {what} belongs to another account than the one that is deployed to",
            "publish nothing there; see whose credentials these are, and where the bootstrap's own bucket is",
        ),
        (
            r"Failed\s+to\s+publish\s+asset\s+(?P<what>[^\n]{1,200}?):\s+AccessDenied",
            "whoever publishes may not write the asset {what}",
            f"look at the bucket's policy and its key, and at CDK's file-publishing role: {_AGAIN}",
        ),
    )
)


@dataclass(frozen=True)
class Denial:
    """A call that was refused.

    Args:
        action: such as iam:CreateRole.
        resource: its ARN, or what AWS said in its place; empty where it said nothing.
        who: ARN of whoever called; empty where only cdk knows.
        by: the kind of policy that AWS named, such as `permissions boundary`; empty where it named none.
        explicitly: whether a Deny refused, against which no Allow helps.
    """

    action: str
    resource: str = ""
    who: str = ""
    by: str = ""
    explicitly: bool = False

    def __str__(self) -> str:
        on = f" on {self.resource}" if self.resource else ""
        return f"{_principal(self.who) or 'the deployer'} may not use {self.action}{on}"

    @property
    def remedy(self) -> str:
        """Where the permission has to be granted, as an instruction."""
        verb = "take the Deny out of" if self.explicitly else "allow it in"
        return f"{verb} {self._place}"

    @property
    def _place(self) -> str:
        who = _principal(self.who) or "the deployer"
        of_organization = f"the organization's {self.by}: no policy of the account's own can"
        elsewhere = {
            "permissions boundary": f"the permissions boundary of {who}",
            "service control policy": of_organization,
            "resource control policy": of_organization,
            "session policy": f"the session policy that {who} was assumed with",
            "VPC endpoint policy": "the policy of the VPC endpoint that the call went through",
        }
        if self.by in elsewhere:
            return elsewhere[self.by]
        if kind := _kind(self.who):
            return _of_bootstrap(kind)
        if self.action == "sts:AssumeRole":
            return self._way_in(who)
        return f"the policy of {who}"

    def _way_in(self, who: str) -> str:
        """A role has two sides, and STS seldom says which one refused."""
        trust = "the role's trust policy"
        if _kind(self.resource):
            trust = "the role's trust (`cdk bootstrap --trust` the deployer's account, if it is another)"
        if self.by == "role trust policy":
            return trust
        return f"the policy of {who}" if self.by == "identity-based policy" else f"the policy of {who}, and in {trust}"


def denials(said: str) -> tuple[Denial | Obstacle, ...]:
    """The refusals in a text, each once, the first one first: what comes after it often follows from it."""
    text = _ANSI.sub("", said)
    refused = [*_named(text), *_assumptions(text)]
    # The same role is named by STS and by cdk, and STS knows more.
    told = {(each.action, each.resource) for _, each in refused if each.who}
    kept = [(at, each) for at, each in refused if each.who or (each.action, each.resource) not in told]
    found: list[tuple[int, Denial | Obstacle]] = [*kept, *_obstacles(text)]
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
        yield match.start(), Denial(match["action"], resource, match["who"], named, explicitly)


def _obstacles(text: str) -> Iterator[tuple[int, Obstacle]]:
    for pattern, sentence, remedy in _OBSTACLES:
        for match in pattern.finditer(text):
            yield match.start(), Obstacle(sentence.format(what=match["what"]), remedy)


def _assumptions(text: str) -> Iterator[tuple[int, Denial]]:
    for match in _NOT_ASSUMED.finditer(text):
        yield match.start(), Denial("sts:AssumeRole", match["role"])
    for match in _OTHER_ACCOUNT.finditer(text):
        yield match.start(), Denial("sts:AssumeRole", f"CDK's deploy role in account {match['account']}")


def _kind(text: str) -> str:
    """Which of the bootstrap's roles a text names; empty for none."""
    found = _BOOTSTRAP.search(text)
    return found["kind"] if found else ""


def _of_bootstrap(kind: str) -> str:
    """The bootstrap's roles have their policies from CDK, but for the one that the customer chooses."""
    if kind == "cfn-exec":
        return _EXECUTION_POLICY
    return f"the policy of CDK's {kind} role: bootstrap the account again with the pinned cdk"


def _principal(who: str) -> str:
    """The role behind a session: that is what a policy is attached to."""
    found = _SESSION.fullmatch(who)
    return f"role {found[3]} of account {found[2]}" if found else who
