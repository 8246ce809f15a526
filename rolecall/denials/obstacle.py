"""What stops a deployment, in sentences of cdk and CloudFormation that name no caller.

Those of cdk are in aws-cdk 2.1148.1, lib/index.js; those of CloudFormation's events as people have reported them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rolecall.denials.deployment import Deployment


@dataclass(frozen=True)
class Obstacle:
    """What stops a deployment and is no missing permission, or one of which nobody says whose it is.

    Args:
        sentence: what it is.
        instruction: what to do; in braces `execution` and `bootstrapping`, which are not the same for every estate.
        place: account and region as cdk names them, such as aws://111111111111/eu-central-1; empty where it does not.
    """

    sentence: str
    instruction: str
    place: str = ""

    def __str__(self) -> str:
        return self.sentence

    @property
    def of_publisher(self) -> bool:
        """Whether whoever publishes was refused: CDK's role for that, or the deployer in its place."""
        return self.instruction == _PUBLISHER

    def remedy(self, deployment: Deployment) -> str:
        """What is to be done, as an instruction."""
        return self.instruction.format(
            execution=deployment.place_of_execution(), bootstrapping=deployment.bootstrapping(self.place)
        )


# Old messages of cdk name no place, but what the bootstrap names after it does.
_PLACE = r"(?P<place>aws://[0-9]{12}/[a-z0-9-]{1,32})"
_ASSETS = re.compile(r"-assets-(?P<account>[0-9]{12})-(?P<region>[a-z0-9-]{1,32})")
_AGAIN = "bootstrap the account and region again with the pinned cdk"
_SIGN_IN = "sign in to the account that the deployment is for, and run this again"
_PUBLISHER = f"look at the bucket's policy and its key, and at CDK's file-publishing role: {_AGAIN}"
# Each sentence that has no caller in it, what is told of it with its parts, and what is to be done.
_OBSTACLES = tuple(
    (re.compile(pattern), sentence, instruction)
    for pattern, sentence, instruction in (
        (
            r"User\s+doesn't\s+have\s+permission\s+to\s+call\s+(?P<what>[A-Za-z0-9-]{1,64}:[A-Za-z0-9]{1,128})",
            "CloudFormation may not use {what} for the deployer",
            "allow it in {execution}",
        ),
        (
            r"Access\s+denied\s+for\s+operation\s+'(?P<what>[A-Za-z0-9:]{1,128})'",
            "CloudFormation may not use the operation {what}",
            "allow it in {execution}",
        ),
        (
            r"(?P<what>[Ee]ncoded\s+authorization(?:\s+failure)?\s+message):",
            "AWS refused a call, and says which in a form that it alone reads",
            "`aws sts decode-authorization-message --encoded-message …` with the text that stands above",
        ),
        (
            r"[Rr]ole\s+(?P<what>arn:[^\s\"',;)]{1,512})\s+is\s+invalid\s+or\s+cannot\s+be\s+assumed",
            "CloudFormation cannot become {what}",
            f"the role is gone, or does not trust cloudformation.amazonaws.com: {_AGAIN}",
        ),
        (
            r"SSM\s+parameter\s+(?P<what>/cdk-bootstrap/[^\s\"',;]{1,512}/version)\s+not\s+found"
            rf"(?:\s+in\s+{_PLACE})?",
            "the account and region are not bootstrapped: there is no {what}",
            "{bootstrapping}",
        ),
        (
            r"No\s+bucket\s+named\s+'(?P<what>[^\s']{1,80})'\.\s+Is\s+account",
            "the account and region are not bootstrapped, or lost what that made: there is no bucket {what}",
            "{bootstrapping}",
        ),
        (
            r"requires\s+bootstrap\s+stack\s+version\s+'[0-9]{1,9}',\s+found\s+(?P<what>'[0-9]{1,9}'\s+in\s+aws://[0-9a-z/-]{1,64})",
            "the bootstrap is older than what is deployed needs: version {what}",
            _AGAIN,
        ),
        (
            r"Bucket\s+named\s+'(?P<what>[^\s']{1,80})'\s+exists,\s+but\s+we\s+don'?t\s+have\s+access\s+to\s+it",
            "whoever publishes may not use s3:GetBucketLocation on the bucket {what}",
            _PUBLISHER,
        ),
        (
            r"detected\s+that\s+the\s+S3\s+bucket\s+(?P<what>[^\s']{1,80})\s+was\s+originally\s+created\s+in\s+account",
            "the bucket {what} belongs to another account than the one that is deployed to",
            "publish nothing there; see whose credentials these are, and where the bootstrap's own bucket is",
        ),
        (
            r"fail:\s+Access\s?Denied\b(?:[^\n]{0,400}\n){1,5}?[^\n]{0,80}?"
            r"Failed\s+to\s+publish\s+asset\s+(?P<what>[^\n(]{1,200}[^\n(\s])",
            "whoever publishes may not write the asset {what}",
            _PUBLISHER,
        ),
        (
            r"Need to perform AWS calls for account (?P<what>[0-9]{12}, but the current credentials are for [0-9]{12})",
            "cdk has no credentials for account {what}",
            _SIGN_IN,
        ),
        (
            r"Need to perform AWS calls for account (?P<what>[0-9]{12}), but no credentials have been configured",
            "cdk found no credentials, and needs those of account {what}",
            f"{_SIGN_IN}; a profile is named with AWS_PROFILE",
        ),
    )
)


def obstacles(text: str) -> Iterator[tuple[int, Obstacle]]:
    """What stopped a deployment, and where in the text that is said."""
    for pattern, sentence, instruction in _OBSTACLES:
        for match in pattern.finditer(text):
            what = " ".join(match["what"].split())
            yield match.start(), Obstacle(sentence.format(what=what), instruction, _place(match, what))


def _place(match: re.Match[str], what: str) -> str:
    """The account and region that a sentence names."""
    if said := match.groupdict().get("place"):
        return str(said)
    bucket = _ASSETS.search(what)
    return f"aws://{bucket['account']}/{bucket['region']}" if bucket else ""
