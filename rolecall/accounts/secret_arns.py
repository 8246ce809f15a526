"""The whole ARNs of secrets that an estate names: asked of Secrets Manager, which shows no value for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rolecall.accounts.reach import Reach
from rolecall.answer import CommandError
from rolecall.handoff.secret_arns import FoundSecret, State
from rolecall.model.grant import Grant
from rolecall.model.secret import ARN_SUFFIX_CHARACTERS, Secret
from rolecall.runtime.lines import Lines
from rolecall.runtime.observation import DENIED, Observation, observe
from rolecall.runtime.side_by_side import side_by_side

# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html, read 2026-11-22.
_NOT_FOUND = "ResourceNotFoundException"


@dataclass(frozen=True)
class Place:
    """A secret by its name, in one account and region; whoever grants it."""

    partition: str
    account: str
    region: str
    name: str

    @property
    def beginning(self) -> str:
        """Its ARN without the six characters that AWS gives out."""
        return f"arn:{self.partition}:secretsmanager:{self.region}:{self.account}:secret:{self.name}-"


def place_of(grant: Grant, secret: Secret) -> Place:
    """Where a secret is that a role is granted by its name."""
    return Place(grant.partition, grant.account, secret.region_in(grant.region), secret.value)


def look_up(places: Sequence[Place], reach: Reach) -> Mapping[Place, FoundSecret]:
    """What Secrets Manager says of each secret: DescribeSecret alone, as whoever may read the account."""
    lines = Lines()
    found = side_by_side(lambda place: _found(place, reach, lines), places)
    return dict(zip(places, found, strict=True))


def _found(place: Place, reach: Reach, lines: Lines) -> FoundSecret:
    line = f"Secrets Manager in {place.region}"
    if reason := lines.why_dead(line):
        return FoundSecret(State.UNKNOWN, reason=reason)
    try:
        client = reach.client(place.account, "secretsmanager", place.region)
    except CommandError as error:
        return FoundSecret(State.UNKNOWN, reason=str(error))
    seen, answer = observe(
        lambda: client.describe_secret(SecretId=place.name),
        denied=DENIED | {_NOT_FOUND},
        is_sound=lambda said: _is_it(said, place),
    )
    lines.note(line, seen)
    return _told(seen, answer)


def _told(seen: Observation, answer: Any) -> FoundSecret:
    if answer is None:
        reason = seen.reason or f"AWS answered {seen.error_code}"
        return FoundSecret(State.ABSENT) if seen.error_code == _NOT_FOUND else FoundSecret(State.UNKNOWN, reason=reason)
    state = State.LEAVING if answer.get("DeletedDate") else State.THERE
    return FoundSecret(state, str(answer["ARN"]))


def _is_it(said: Any, place: Place) -> bool:
    """Whether the answer is about this secret, and not about one whose name begins or ends like it."""
    arn = str(said["ARN"])
    is_whole = arn.startswith(place.beginning) and len(arn) == len(place.beginning) + ARN_SUFFIX_CHARACTERS
    return is_whole and arn[-ARN_SUFFIX_CHARACTERS:].isalnum() and said["Name"] == place.name
