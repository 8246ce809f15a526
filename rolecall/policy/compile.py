"""From a grant to the documents that go into AWS: the trust policy and the permission policy."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from rolecall.model.grant import Access, Permissions
from rolecall.model.identifiers import Arn
from rolecall.model.secret import Secret
from rolecall.model.trust import Trust, Verifier
from rolecall.policy import kms, split
from rolecall.policy.document import Document, Statement, document, one_or_list
from rolecall.policy.reasoned import Home, Reasoned, short_hash
from rolecall.policy.services import service_statements

__all__ = [
    "ITSELF_SID",
    "VERIFIER_SID",
    "Home",
    "Reasoned",
    "assumes_itself",
    "permission_document",
    "permission_policies",
    "permission_statements",
    "trust_document",
]

# What the verifier's statement is called in every trust policy.
VERIFIER_SID = "RolecallVerifier"
# Likewise the statement by which a role lets itself in.
ITSELF_SID = "RolecallItself"


def trust_document(trust: Trust) -> Document:
    """Who may assume the role. While the trust is pending, nobody: one Deny and no Allow."""
    if trust.pending:
        return document({"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"})
    return document(*_vendors(trust), *_itself(trust), *([_verifiers(trust.verifier)] if trust.verifier else []))


def _vendors(trust: Trust) -> Iterator[Statement]:
    """One statement; two while a rotation leads from a pattern to one ID or back, so that each keeps its operator."""
    patterns = tuple(pattern.value for pattern in trust.patterns)
    for operator, ids in (("StringEquals", trust.exact_ids), ("StringLike", patterns)):
        if ids:
            yield {
                "Effect": "Allow",
                "Principal": {"AWS": one_or_list(trust.principals)},
                "Action": "sts:AssumeRole",
                "Condition": {operator: {"sts:ExternalId": one_or_list(ids)}},
            }


def _itself(trust: Trust) -> Iterator[Statement]:
    """The role itself, with the vendor's IDs. IAM takes no principal that does not exist yet, as the role does not:
    its account is named, and the condition leaves nobody of it but the role.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html, aws:PrincipalArn
    """
    if trust.itself is None:
        return
    arn = Arn.parse(trust.itself)
    yield {
        "Sid": ITSELF_SID,
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{arn.partition}:iam::{arn.account}:root"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "ArnEquals": {"aws:PrincipalArn": trust.itself},
            "StringEquals": {"sts:ExternalId": one_or_list(trust.exact_ids)},
        },
    }


def _verifiers(verifier: Verifier) -> Statement:
    """A statement of its own: in the vendor's, each of the two could come in with the other's external ID."""
    return {
        "Sid": VERIFIER_SID,
        "Effect": "Allow",
        "Principal": {"AWS": verifier.principal},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": verifier.written_id}},
    }


def permission_policies(found: Sequence[Reasoned]) -> dict[str, Document]:
    """The statements as managed policies by the name of their part: usually one, whose name is empty."""
    ours = [reasoned.statement for reasoned in found if not reasoned.is_the_estates]
    own = [reasoned.statement for reasoned in found if reasoned.is_the_estates]
    return split.policies(ours, own) if found else {}


def permission_document(permissions: Permissions, home: Home) -> Document | None:
    """What the role may do, as if one policy could hold it all; None where it may do nothing."""
    found = permission_statements(permissions, home)
    return document(*(reasoned.statement for reasoned in found)) if found else None


def permission_statements(permissions: Permissions, home: Home) -> tuple[Reasoned, ...]:
    """Each statement of the permission policy with its reason, in an order that adding secrets does not change."""
    writable = [s for s in permissions.secrets if _is_writable(s, permissions.access)]
    readable = [s for s in permissions.secrets if not _is_writable(s, permissions.access)]
    found = [
        *_secret_access("ReadSecrets", permissions.read_actions, readable, home, "reads what the project was granted"),
        *_tagged_access(permissions.read_actions, readable, home),
        *_secret_access(
            "ManageSecrets",
            permissions.write_actions,
            writable,
            home,
            "keeps the vendor's own secrets here (read-write)",
        ),
        *_recoverable(permissions, writable),
        *_key_access(permissions, home),
        *_own_assumption(permissions),
        *service_statements(permissions.services, home),
    ]
    own = [
        Reasoned(statement, "has this statement in the estate, under `statements`", location, is_the_estates=True)
        for statement, location in zip_longest(permissions.statements, permissions.statement_locations)
    ]
    return tuple(found + own)


def _is_writable(secret: Secret, access: Access) -> bool:
    """Read-write covers names and prefixes: nobody can create a secret under a suffix or tag given out by AWS."""
    return access is Access.READ_WRITE and secret.kind in ("name", "prefix")


def _resources(secrets: Iterable[Secret], home: Home) -> list[str]:
    return sorted({secret.resource(home.partition, home.region, home.account) for secret in secrets})


def _secret_access(
    sid: str, actions: tuple[str, ...], secrets: list[Secret], home: Home, reason: str
) -> list[Reasoned]:
    named = [secret for secret in secrets if secret.kind != "tag"]
    if not named or not actions:
        return []
    statement = {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": _resources(named, home)}
    return [Reasoned(statement, reason)]


def _tagged_access(actions: tuple[str, ...], secrets: list[Secret], home: Home) -> list[Reasoned]:
    return [
        Reasoned(
            {
                "Sid": f"ReadTagged{short_hash(repr((secret.tags, secret.region)))}",
                "Effect": "Allow",
                "Action": list(actions),
                "Resource": _resources([secret], home),
                "Condition": {"StringEquals": {f"aws:ResourceTag/{key}": value for key, value in secret.tags}},
            },
            "reads every secret that carries these tags",
        )
        for secret in secrets
        if secret.kind == "tag"
    ]


def _recoverable(permissions: Permissions, writable: list[Secret]) -> list[Reasoned]:
    """A deleted secret stays recoverable for 7 to 30 days unless the caller forces it away."""
    if not writable or permissions.allow_permanent_delete:
        return []
    statement = {
        "Sid": "KeepDeletedSecretsRecoverable",
        "Effect": "Deny",
        "Action": "secretsmanager:DeleteSecret",
        "Resource": "*",
        "Condition": {"Bool": {"secretsmanager:ForceDeleteWithoutRecovery": "true"}},
    }
    return [Reasoned(statement, "a deletion by the vendor can be undone (allow_permanent_delete is false)")]


def _key_access(permissions: Permissions, home: Home) -> list[Reasoned]:
    """Use of the named customer managed keys, through Secrets Manager and for the granted secrets only.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    """
    keys = sorted({secret.kms_key for secret in permissions.secrets if secret.kms_key is not None})
    return [_use_of_key(key, [s for s in permissions.secrets if s.kms_key == key], permissions, home) for key in keys]


def _use_of_key(key: str, secrets: list[Secret], permissions: Permissions, home: Home) -> Reasoned:
    writes = any(_is_writable(secret, permissions.access) for secret in secrets)
    statement = {
        "Sid": f"UseKey{short_hash(key)}",
        "Effect": "Allow",
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"] if writes else ["kms:Decrypt"],
        "Resource": key,
        "Condition": kms.through("secretsmanager", key, "SecretARN", _resources(secrets, home)),
    }
    return Reasoned(statement, "the secrets are encrypted with this customer managed key")


def assumes_itself(arn: str) -> Statement:
    """That a role may assume itself, and no other: within one account its trust alone does not suffice for that."""
    return {"Sid": "AssumeItself", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": arn}


def _own_assumption(permissions: Permissions) -> list[Reasoned]:
    reason = "assumes itself, as its vendor asks for (self_trust)"
    return [Reasoned(assumes_itself(permissions.itself), reason)] if permissions.itself else []
