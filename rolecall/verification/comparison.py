"""The live role against the compiled one: what it gained and lost, also in the words of verification."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from rolecall.model.external_ids import SHOWN_OF_MASKED, masked
from rolecall.model.finding import Severity
from rolecall.model.grant import Grant
from rolecall.model.naming import policy_name
from rolecall.model.patterned_id import PatternedExternalId
from rolecall.policy.analyse import problems
from rolecall.policy.compare import RoleShape, compare_roles
from rolecall.policy.compile import VERIFIER_SID, Home, permission_document, trust_document
from rolecall.policy.condition import normalised
from rolecall.policy.document import Statement, statements
from rolecall.policy.guard import EXTERNAL_ID_KEY
from rolecall.policy.permissions import Change
from rolecall.policy.principal import account_of, principals_of
from rolecall.policy.reading import own_reading
from rolecall.policy.trust import Door
from rolecall.runtime.live_role import LiveRole
from rolecall.runtime.verdict import Difference, Verdict

_GAINED = {"trust": Verdict.UNPROTECTED, "permissions": Verdict.OVERREACHING}
_LOST = {"trust": Verdict.NOT_ASSUMABLE, "permissions": Verdict.UNDERPOWERED}
# A role at another path has another ARN, and nobody is let in at the one that the vendor has.
_ELSE = {"path": Verdict.NOT_ASSUMABLE}
_WORDS = {"trust": ("lets in ", "no longer lets in "), "permissions": ("gained ", "lost ")}


def differences(
    grant: Grant, live: LiveRole, external_ids: tuple[str, ...], verifier_id: str | None = None
) -> list[Difference]:
    """Everything in which the live role is not what the estate compiles to. For the arguments see `changes`."""
    found = changes(grant, live, external_ids, verifier_id)
    told = [difference for what, change in found.items() for difference in _told(what, change)]
    lost = f"no longer lets in {_verifiers_door(grant, live, external_ids, verifier_id)}"
    # That the verifier is shut out tells nothing of the vendor.
    told = [replace(each, verdict=Verdict.DRIFTED) if each.text == lost else each for each in told]
    hide = hiding(grant, live, external_ids, verifier_id)
    named = [replace(each, text=hide(each.text)) for each in _named(grant, live)] if "trust" in found else []
    return told + named


def changes(
    grant: Grant, live: LiveRole, external_ids: tuple[str, ...], verifier_id: str | None = None
) -> dict[str, Change]:
    """What the live role has gained and lost against the compiled one, by part; chosen external IDs are masked.

    Args:
        external_ids: the right ones, with parameters read: the live trust holds their values.
        verifier_id: the verifier's, with its parameter read. Default: as the estate has it.
    """
    hide = hiding(grant, live, external_ids, verifier_id)
    found = compare_roles(_compiled(grant, external_ids, verifier_id), _shape(live), datetime.now(UTC))
    if unread := tuple(f"what {arn} allows, which IAM does not show" for arn in live.unread_policies):
        known = found.get("permissions", Change())
        found["permissions"] = replace(known, gained=(*known.gained, *unread))
    return {
        what: Change(*(tuple(map(hide, texts)) for texts in (change.gained, change.lost, change.other)))
        for what, change in found.items()
    }


def policies_by_hand(grant: Grant, live: LiveRole) -> tuple[str, ...]:
    """Policies of the live role under names that the estate does not make: ARNs, and names of inline ones.

    IAM knows a policy name once in an account, whatever its path. The parts of one that was divided in another way than
    it is now are the estate's own all the same.
    """
    own = re.compile(
        rf"arn:[^:]+:iam::{grant.account}:policy/(.*/)?{re.escape(policy_name(grant.role_name))}(\+[01]*)?"
    )
    return tuple(sorted(name for name in (*live.policies, *live.unread_policies) if not own.fullmatch(name)))


def _named(grant: Grant, live: LiveRole) -> list[Difference]:
    """What the analysis says of a trust that is not as compiled, by rule and failure mode.

    The doors that came and went have decided the verdict: these are the names for it, and are no worse than drift.
    """
    return [
        Difference(Verdict.DRIFTED, "trust", f"{problem.rule} {problem.failure_mode}".strip() + f": {problem.message}")
        for problem in problems(live.trust, own_reading(grant.trust, deployed=True))
        if problem.severity is Severity.ERROR
    ]


def hiding(
    grant: Grant, live: LiveRole | None, external_ids: tuple[str, ...], verifier_id: str | None
) -> Callable[[str], str]:
    """Makes texts show no more than the beginning of IDs that the customer chose, the live trust's among them.

    Args:
        live: the role; None where it could not be read.
    """
    verifier, everybodys = grant.trust.verifier, grant.masked_external_id
    chosen = set(external_ids) if everybodys else set()
    chosen |= {verifier_id or verifier.written_id} if verifier else set()
    for statement in statements(live.trust) if live else ():
        if everybodys or is_verifiers(statement, grant, verifier_id):
            chosen |= _asked_for(statement)
    # An account in an ID's place is no secret, and a text has to say whom to trust instead.
    trusted = (*grant.trust.principals, *([verifier.principal] if verifier else []))
    chosen -= {grant.account, *(account_of(principal) or "" for principal in trusted)}
    return lambda text: _hidden(text, chosen)


def is_verifiers(statement: Statement, grant: Grant, verifier_id: str | None = None) -> bool:
    """Whether a statement of a live trust is the verifier's, or what became of it, and not the vendor's.

    Args:
        verifier_id: the verifier's external ID, with its parameter read. Default: as the estate has it.
    """
    verifier = grant.trust.verifier
    if verifier is None:
        return False
    named = set(principals_of(statement))
    if statement.get("Sid") == VERIFIER_SID or named & set(grant.trust.principals):
        return statement.get("Sid") == VERIFIER_SID
    return verifier.principal in named or (verifier_id or verifier.written_id) in _asked_for(statement)


def _asked_for(statement: Statement) -> set[str]:
    """The external IDs that a statement names, under whatever operator; a pattern may be one but for its end."""
    asked = (values for _, key, values in normalised(statement.get("Condition")) if key == EXTERNAL_ID_KEY)
    return {value for values in asked for value in values}


def _hidden(text: str, chosen: Iterable[str]) -> str:
    """The text without IDs that the customer chose and would rather not see on every screen."""
    for external_id in sorted(chosen, key=len, reverse=True):
        if len(external_id) > SHOWN_OF_MASKED:  # a shorter one, found in a live trust, may be part of any word
            text = text.replace(external_id, masked(external_id))
    return text


def _told(what: str, change: Change) -> list[Difference]:
    came, went = _WORDS.get(what, ("", ""))
    return [
        *(Difference(_GAINED.get(what, Verdict.DRIFTED), what, f"{came}{text}") for text in change.gained),
        *(Difference(_LOST.get(what, Verdict.DRIFTED), what, f"{went}{text}") for text in change.lost),
        *(Difference(_ELSE.get(what, Verdict.DRIFTED), what, text) for text in change.other),
    ]


def _verifiers_door(grant: Grant, live: LiveRole, external_ids: tuple[str, ...], verifier_id: str | None) -> str | None:
    """The verifier's way in, as texts show it; None where there is no verifier."""
    verifier = grant.trust.verifier
    if verifier is None:
        return None
    door = Door(verifier.principal, verifier_id or verifier.written_id)
    return hiding(grant, live, external_ids, verifier_id)(str(door))


def _compiled(grant: Grant, external_ids: tuple[str, ...], verifier_id: str | None) -> RoleShape:
    trust, verifier = grant.trust, grant.trust.verifier
    if verifier is not None and verifier_id is not None:
        verifier = replace(verifier, external_id=verifier_id)
    if not trust.pending:
        # A pattern is what the vendor's ID is known by, and stays one.
        known = zip(trust.external_ids, external_ids, strict=True)
        ids = tuple(own if isinstance(own, PatternedExternalId) else value for own, value in known)
        trust = replace(trust, external_ids=ids, verifier=verifier)
    permissions = permission_document(grant.permissions, Home(grant.partition, grant.account, grant.region))
    return RoleShape(
        trust=trust_document(trust),
        permissions=(permissions,) if permissions else (),
        boundary=grant.permissions_boundary,
        path=grant.role_path,
        max_session_seconds=grant.max_session_seconds,
        tags=dict(grant.all_tags),
    )


def _shape(live: LiveRole) -> RoleShape:
    return RoleShape(
        trust=live.trust,
        permissions=tuple(live.policies.values()),
        boundary=live.boundary,
        path=live.path,
        max_session_seconds=live.max_session_seconds,
        tags=live.tags,
    )
