"""What a probe asked of a secret, read off its words: which action, where, and how the Resource for it ends."""

import re
from dataclasses import dataclass

from rolecall.runtime.secret_probes import DESCRIBING
from rolecall.runtime.write_intents import MARK
from rolecall.runtime.write_probes import CREATE, DELETE, READ, UPDATE

DESCRIBE = "secretsmanager:DescribeSecret"
_BY_VERB = {"create": CREATE, "read": READ, "update": UPDATE, "delete": DELETE}
# In the words of `write_probes`: a verb, one of its names and a region; then beside which prefix, or that it is forced.
_WRITTEN = re.compile(
    rf"(?P<verb>{'|'.join(_BY_VERB)}) (?P<name>\S+) in (?P<region>[^\s,]+)(?:, beside (?P<prefix>\S+))?.*"
)
# In those of `simulation`.
_SIMULATED = re.compile(r"by the simulator, (?P<actions>\S+(?:, \S+)*) on (?P<where>.+)", re.DOTALL)
_WITHOUT_RECOVERY = "without recovery"
_ENDS = "-?????? for one secret (a partial ARN without it fits none), in * for a prefix"


@dataclass(frozen=True)
class Asked:
    """One question about secrets.

    Args:
        actions: as IAM writes them, with commas between.
        place: on which secret, or below or beside which prefix, and in which region.
        prefix: of a write probe, what the names begin with that the role may use; empty for a reading.
        is_simulated: whether IAM's simulator was asked, which looks at no policy of a secret or a key.
        is_forced: whether it is a deletion for good.
    """

    actions: str
    place: str
    prefix: str = ""
    is_simulated: bool = False
    is_forced: bool = False

    @property
    def what(self) -> str:
        """The whole of it in words."""
        return f"{self.actions} {self.place}"

    @property
    def may_be_absent(self) -> bool:
        """Whether it was refused in the words that AWS has for a secret that is not there, too."""
        return self.actions == READ and not (self.prefix or self.is_simulated)

    @property
    def compare(self) -> str:
        """What to look at in the policies that should allow it."""
        if self.prefix:
            return f"compare action, region and prefix; the Resource has to end in {self.prefix}*"
        return f"compare action, region, account and name with their Resource, which has to end in {_ENDS}"

    @property
    def use_of_key(self) -> str:
        """What the secret's key is needed for."""
        if self.prefix:
            return f"{'encrypt' if self._encrypts else 'decrypt'} what the vendor keeps {self.place}"
        return f"decrypt {self.place.removeprefix('on ')}"

    @property
    def key_actions(self) -> str:
        """What KMS asks for. https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"""
        return "kms:GenerateDataKey and kms:Decrypt" if self._encrypts else "kms:Decrypt"

    @property
    def _encrypts(self) -> bool:
        return self.actions in (CREATE, UPDATE)


def asked(words: str) -> Asked:
    """A question by the words of its probe; a reading where they are of no other kind."""
    is_forced = words.endswith(_WITHOUT_RECOVERY)
    if found := _SIMULATED.fullmatch(words):
        service = "kms" if found["where"].startswith("arn:") and ":kms:" in found["where"] else "secretsmanager"
        actions = ", ".join(f"{service}:{name}" for name in found["actions"].split(", "))
        return Asked(actions, f"on {found['where']}", is_simulated=True, is_forced=is_forced)
    if found := _WRITTEN.fullmatch(words):
        prefix, beside = found["prefix"] or found["name"].rpartition(MARK)[0] or found["name"], found["prefix"]
        place = f"{'beside' if beside else 'below'} {prefix} in {found['region']}"
        return Asked(_BY_VERB[found["verb"]], place, prefix, is_forced=is_forced)
    where = words.partition(", encrypted with")[0]
    if where.startswith(DESCRIBING):
        return Asked(DESCRIBE, f"on {where.removeprefix(DESCRIBING)}")
    return Asked(READ, f"on {where}")
