"""From a grant to what IAM's policy simulator should say about its role: what it may do, and what lies beside that."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rolecall.model.grant import Access, Grant
from rolecall.model.identifiers import Arn, endpoint, partition_of
from rolecall.model.regions import KNOWN
from rolecall.model.secret import Secret
from rolecall.policy.actions import takes
from rolecall.policy.compile import Home, permission_document
from rolecall.policy.pattern import has_wildcard, matches
from rolecall.policy.permissions import Atom, atoms
from rolecall.runtime.observation import Observed
from rolecall.runtime.simulation import Context, Question
from rolecall.verification.expectations import MAX_SECRETS
from rolecall.verification.sample_secrets import NAME, SUFFIX, Neighbourhood, arn_of, inside, next_to

_READ = "secretsmanager:GetSecretValue"
_DELETE = "secretsmanager:DeleteSecret"
_TAG = "aws:ResourceTag/"
_FORCED = "secretsmanager:ForceDeleteWithoutRecovery"
CONTEXT = "condition keys"
BOUNDARY = "the permissions boundary"


def questions(grant: Grant, neighbourhood: Neighbourhood) -> list[Question]:
    """Everything to be asked of one role: at most MAX_SECRETS of its secrets, and as many of its neighbours'."""
    return list(_Role(grant, neighbourhood).questions())


@dataclass(frozen=True)
class _Role:
    """A grant with its compiled permissions."""

    grant: Grant
    neighbourhood: Neighbourhood

    def questions(self) -> Iterator[Question]:
        """Inside the grants first, then beside them."""
        secrets = self.grant.permissions.secrets[:MAX_SECRETS]
        for secret in secrets:
            yield from self._granted(secret)
        for arn in self._neighbours(secrets):
            yield from self._refused("secret_out_of_scope", arn, self._context())
        for secret in secrets:
            yield from self._beside(secret)

    def _granted(self, secret: Secret) -> Iterator[Question]:
        arn, actions, context = inside(self.grant, secret), self._actions(secret), self._context(dict(secret.tags))
        if not actions:
            return
        yield self._question("secret_in_scope", actions, arn, context, Observed.ALLOWED)
        if secret.kms_key:
            key = Arn.parse(secret.kms_key)
            uses = ("kms:Decrypt", "kms:GenerateDataKey") if self._is_writable(secret) else ("kms:Decrypt",)
            context = self._context(dict(secret.tags), key=key, arn=arn)
            yield Question("kms_decrypt", uses, str(key), context, Observed.ALLOWED, f"{key} for {_said(arn)}", CONTEXT)
        if self._is_writable(secret) and _DELETE in actions and not self.grant.permissions.allow_permanent_delete:
            context, asked = self._context(forced="true"), f"{_said(arn)}, without recovery"
            yield Question("secret_out_of_scope", (_DELETE,), arn, context, Observed.DENIED, asked, CONTEXT)

    def _beside(self, secret: Secret) -> Iterator[Question]:
        """A secret whose name or tag is another, and the very same one in another region."""
        arn = inside(self.grant, secret)
        if secret.kind == "tag":
            others = dict(secret.tags[1:])
            yield from self._refused("secret_out_of_scope", arn, self._context(others))
        else:
            yield from self._refused("secret_out_of_scope", next_to(self.grant, secret), self._context())
        for elsewhere in self._elsewhere(arn):
            found = list(self._refused("region", elsewhere, self._context(dict(secret.tags))))
            if found:
                yield from found
                return

    def _refused(self, kind: str, arn: str, context: Context) -> Iterator[Question]:
        """The role's actions on a secret that it was not granted; without those that the estate allows there."""
        actions = tuple(action for action in self._all_actions if not self._may(action, arn, context))
        if actions:
            yield self._question(kind, actions, arn, context, Observed.DENIED)

    def _question(
        self, kind: str, actions: tuple[str, ...], arn: str, context: Context, expected: Observed
    ) -> Question:
        meant = [atom for atom in self._allowed if any(_means(atom, action, arn) for action in actions)]
        hangs_on = CONTEXT if any(atom.condition for atom in meant) else ""
        if expected is Observed.ALLOWED and self.grant.permissions_boundary:
            hangs_on = hangs_on or BOUNDARY
        return Question(kind, actions, arn, context, expected, _said(arn, context), hangs_on)

    def _neighbours(self, secrets: Sequence[Secret]) -> list[str]:
        """Secrets of other roles in the account, those with the likest names first, that this role may not read."""
        near = (self.neighbourhood.near(self.grant.account, inside(self.grant, each)) for each in secrets)
        found = dict.fromkeys(arn for arns in near for arn in arns)
        return [arn for arn in found if not self._may(_READ, arn, self._context())][:MAX_SECRETS]

    def _elsewhere(self, arn: str) -> Iterator[str]:
        """The same ARN in the other regions of the partition."""
        head, region, tail = arn.split(":", 3)[:3], arn.split(":")[3], arn.split(":", 4)[4]
        same = (each for each in sorted(KNOWN) if each != region and partition_of(each) == self.grant.partition)
        return (":".join([*head, each, tail]) for each in same)

    def _is_writable(self, secret: Secret) -> bool:
        return self.grant.permissions.access is Access.READ_WRITE and secret.kind in ("name", "prefix")

    def _actions(self, secret: Secret) -> tuple[str, ...]:
        """Actions that were granted on a secret, without patterns and what AWS asks of `*` alone."""
        permissions = self.grant.permissions
        granted = permissions.write_actions if self._is_writable(secret) else permissions.read_actions
        arn = inside(self.grant, secret)
        plain = (each for each in granted if each.startswith("secretsmanager:") and not has_wildcard(each))
        return tuple(each for each in plain if takes(each, arn) is not False)

    @cached_property
    def _all_actions(self) -> tuple[str, ...]:
        secrets = self.grant.permissions.secrets
        return tuple(dict.fromkeys([_READ, *(action for secret in secrets for action in self._actions(secret))]))

    @cached_property
    def _allowed(self) -> tuple[Atom, ...]:
        grant = self.grant
        compiled = permission_document(grant.permissions, Home(grant.partition, grant.account, grant.region))
        return tuple(atom for atom in atoms([compiled] if compiled else []) if atom.effect == "Allow")

    def _may(self, action: str, arn: str, context: Context) -> bool:
        """Whether the estate allows it, as far as can be told: a condition on other keys may be met."""
        given = {key.lower(): values for key, _, values in context}
        return any(_means(atom, action, arn) and _may_hold(atom, given) for atom in self._allowed)

    def _context(
        self, tags: Mapping[str, str] | None = None, *, forced: str = "false", key: Arn | None = None, arn: str = ""
    ) -> Context:
        """Every condition key that the compiled policies ask for, as a key that is missing leaves the answer open."""
        secrets = self.grant.permissions.secrets
        asked = sorted({key for secret in secrets for key, _ in secret.tags})
        found = {f"{_TAG}{tag}": ("string", (tags or {}).get(tag, NAME)) for tag in asked}
        if any(self._is_writable(secret) for secret in secrets):
            found[_FORCED] = ("boolean", forced)
        if any(secret.kms_key for secret in secrets):
            region, partition = (key.region, key.partition) if key else (self.grant.region, self.grant.partition)
            found["kms:ViaService"] = ("string", endpoint("secretsmanager", region, partition))
            found["kms:EncryptionContext:SecretARN"] = ("string", arn or arn_of(self.grant, self.grant.region, NAME))
        return tuple((name, kind, (value,)) for name, (kind, value) in found.items())


def _means(atom: Atom, action: str, arn: str) -> bool:
    return matches(atom.action, action.lower()) and matches(atom.resource, arn)


def _may_hold(atom: Atom, given: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a condition may be met: the equality of a key that is given can be told, everything else cannot."""
    known = [(given[key], values) for operator, key, values in atom.condition if _is_told(operator, key, given)]
    return all(set(one) & set(values) for one, values in known)


def _is_told(operator: str, key: str, given: Mapping[str, tuple[str, ...]]) -> bool:
    return operator == "stringequals" and key in given


def _said(arn: str, context: Context = ()) -> str:
    """A secret in words: its name and region, and its tags where they alone make it out."""
    parts = arn.split(":", 6)
    name = parts[6].removesuffix(SUFFIX)
    tags = [f"{key.partition('/')[2]}={values[0]}" for key, _, values in context if key.startswith(_TAG)]
    is_any = name == NAME and bool(tags)
    return f"{'a secret tagged ' + ', '.join(tags) if is_any else name} in {parts[3]}"
