"""A grant on its way through the rules: what it compiles to is worked out once, and only if a rule asks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from rolecall.model.finding import Finding, Location, Severity
from rolecall.model.grant import Estate, Grant
from rolecall.policy.compile import Home, Reasoned, permission_policies, permission_statements, trust_document
from rolecall.policy.document import Document, statements
from rolecall.policy.size import (
    MANAGED_POLICY_MAX_CHARACTERS,
    TRUST_POLICY_MAX_CHARACTERS,
    at_most,
    characters,
)


@dataclass
class Role:
    """One role of the estate, with the documents that it compiles to."""

    grant: Grant

    @cached_property
    def trust(self) -> Document:
        """Its trust policy."""
        return trust_document(self.grant.trust)

    @cached_property
    def policy_sizes(self) -> Mapping[str, int]:
        """The size of each managed policy by the name of its part, as IAM counts it; of a small one, at most that."""
        enough = at_most(reasoned.statement for reasoned in self.statements)
        if enough <= MANAGED_POLICY_MAX_CHARACTERS:
            return {"": enough} if self.statements else {}
        return {part: characters(document) for part, document in permission_policies(self.statements).items()}

    @cached_property
    def trust_size(self) -> int:
        """The size of the trust policy, as IAM counts it; of a small one, at most that."""
        trust = self.grant.trust
        principals = [*trust.principals, *([trust.verifier.principal] if trust.verifier else [])]
        enough = at_most(statements(self.trust)) + sum(len(each) + 3 for each in principals)
        return enough if enough <= TRUST_POLICY_MAX_CHARACTERS else characters(self.trust)

    def measured(self) -> int:
        """The characters of all its documents together."""
        documents = [self.trust, *permission_policies(self.statements).values()]
        return sum(map(characters, documents))

    @cached_property
    def statements(self) -> tuple[Reasoned, ...]:
        """The statements of its permission policies, each with its reason."""
        grant = self.grant
        return permission_statements(grant.permissions, Home(grant.partition, grant.account, grant.region))

    def finding(
        self, rule: str, severity: Severity, message: str, *failure_modes: str, at: Location | None = None
    ) -> Finding:
        """A finding about this role, at its own place or at a better one."""
        return Finding(rule, severity, at or self.grant.location, message, failure_modes, self.grant.address)

    @property
    def spoken(self) -> str:
        """The role as a message names it, with the place where it stands."""
        return f"{self.grant.address} ({self.grant.location})"


Rule = Callable[[list[Role]], Iterator[Finding]]


def roles_of(estate: Estate) -> list[Role]:
    """All roles of an estate."""
    return [Role(grant) for grant in estate.grants]
