"""The pipeline that deploys an estate: whom its role trusts, and where that role lives."""

import re
from dataclasses import dataclass
from typing import Literal

from rolecall.model.invalid import AS_TEXT, InvalidValueError

Subject = Literal["immutable", "classic"]

# Names as GitHub gives them out; a sign that means something in a pattern or in a claim is in none of them.
# https://docs.github.com/en/actions/reference/security/oidc, read 2026-11-22.
# No repository can be called . or .., and GitHub takes a .git off the end.
# Owners that an enterprise manages end in _SHORTCODE, and some old ones in a hyphen.
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}/(?!\.{1,2}$)(?!.*\.git$)[A-Za-z0-9._-]{1,100}")
_ENVIRONMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,254}")
# Before the signs what git refuses of them: https://git-scm.com/docs/git-check-ref-format, read 2026-11-22.
BRANCH = re.compile(r"(?!.*(?:\.\.|//|/\.|\.lock(?:/|$)|[./]$))[A-Za-z0-9_][A-Za-z0-9._/-]{0,254}")
"""Branches whose names neither YAML nor a shell nor a policy reads otherwise; GitHub allows more."""
_NUMBER = re.compile(r"[1-9][0-9]{0,19}")
_LOOK = "copy it from `gh api repos/OWNER/NAME`"

ISSUER = "token.actions.githubusercontent.com"
"""GitHub's own issuer. A GitHub Enterprise Server has one of its own, which Rolecall does not know."""
AUDIENCE = "sts.amazonaws.com"
PARTITION = "aws"
"""The only one whose audience and claims of GitHub's tokens AWS's and GitHub's pages tell; read 2026-11-22."""
# Below these are roles of AWS's services, of IAM Identity Center and of the console's making.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html and
# https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html, read 2026-11-22.
_SHARED_PATHS = ("/aws-reserved/", "/aws-service-role/", "/service-role/")


def is_shared(path: str) -> bool:
    """Whether below a path are roles of others too: below / are all of the account."""
    return path == "/" or path.startswith(_SHARED_PATHS)


@dataclass(frozen=True)
class GitHub:
    """One environment of one repository on github.com.

    Args:
        repository: OWNER/NAME, spelt as GitHub spells it: letter case counts in a token.
        repository_id: its number, which no other repository ever gets.
        environment: the environment that a job has to name.
        owner_id: the number of its owner; the immutable subject holds it.
        subject: how the repository's tokens name it: immutable for those made, renamed or transferred after
            2026-07-15, and for those that opted in or whose organization did.
        branch: the only one whose runs are let in. Default: whichever the environment lets deploy.

    Raises:
        InvalidValueError: RC131.
    """

    repository: str
    repository_id: str
    environment: str
    owner_id: str | None = None
    subject: Subject = "immutable"
    branch: str | None = None

    def __post_init__(self) -> None:
        repository(self.repository)
        number(self.repository_id, "repository_id")
        environment(self.environment)
        if self.subject not in ("immutable", "classic"):
            raise _wrong("subject", self.subject, "immutable or classic", "look at the repository's OIDC settings")
        if self.owner_id is not None or self.subject == "immutable":
            number(self.owner_id, "owner_id")
        if self.branch is not None:
            branch(self.branch)

    @property
    def claim(self) -> str:
        """What the token of a job in the environment carries as `sub`.

        https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims, read 2026-11-22; there too
        that a colon in the environment's name is written %3A.
        """
        owner, name = self.repository.split("/")
        immutable = f"{owner}@{self.owner_id}/{name}@{self.repository_id}"
        named = immutable if self.subject == "immutable" else self.repository
        return f"repo:{named}:environment:{self.environment.replace(':', '%3A')}"


@dataclass(frozen=True)
class Pipeline:
    """The pipeline of an estate.

    Args:
        github: whom the deploy role trusts.
        account: where the deploy role lives, 12 digits.
        region: where its stacks live, in every account; IAM itself knows no regions.
        role_name: the deploy role's.
        create_provider: whether the stack makes the account's identity provider for GitHub, of which there is one at
            most.
    """

    github: GitHub
    account: str
    region: str
    role_name: str
    create_provider: bool = False


def repository(value: object) -> str:
    """OWNER/NAME. Raises InvalidValueError, RC131."""
    return _fitting(_REPOSITORY, value, "repository", "OWNER/NAME, as GitHub spells it")


def environment(value: object) -> str:
    """The name of an environment. Raises InvalidValueError, RC131."""
    allowed = "1 to 255 of A-Z a-z 0-9 . _ : / -"
    return _fitting(_ENVIRONMENT, value, "environment", allowed, "name an environment of such signs in its settings")


def branch(value: object) -> str:
    """The name of a branch, without refs/heads/. Raises InvalidValueError, RC131."""
    if isinstance(value, str) and BRANCH.fullmatch(value) and not value.startswith("refs/"):
        return value
    allowed = "one branch of A-Z a-z 0-9 . _ - and /, as git takes it, without refs/heads/"
    raise _wrong("branch", "nothing" if value is None else value, allowed, "write main")


def number(value: object, what: str) -> str:
    """An id that GitHub gave out. Raises InvalidValueError, RC131."""
    return _fitting(_NUMBER, value, what, f"GitHub's number for it{AS_TEXT}")


def _fitting(form: re.Pattern[str], value: object, what: str, allowed: str, change: str = _LOOK) -> str:
    if isinstance(value, str) and form.fullmatch(value):
        return value
    change = "put it in quotes" if isinstance(value, int) else change
    raise _wrong(what, "nothing" if value is None else value, allowed, change)


def _wrong(what: str, value: object, allowed: str, change: str) -> InvalidValueError:
    return InvalidValueError(f"{what} of the pipeline", value, allowed, change, rule="RC131")
