"""The live role against the compiled one, in the words of verification."""

from dataclasses import replace

from rolecall.model.grant import Grant, Trust
from rolecall.policy.analyse import problems
from rolecall.policy.compare import RoleShape, compare_roles
from rolecall.policy.compile import Home, permission_document, trust_document
from rolecall.policy.permissions import Change
from rolecall.runtime.live_role import LiveRole
from rolecall.runtime.verdict import Difference, Verdict

_GAINED = {"trust": Verdict.UNPROTECTED, "permissions": Verdict.OVERREACHING}
_LOST = {"trust": Verdict.NOT_ASSUMABLE, "permissions": Verdict.UNDERPOWERED}


def differences(grant: Grant, live: LiveRole, external_ids: tuple[str, ...]) -> list[Difference]:
    """Everything in which the live role is not what the estate compiles to.

    Args:
        external_ids: the right ones, with parameters read: the live trust holds their values.
    """
    changes = compare_roles(_compiled(grant, external_ids), _shape(live))
    told = [difference for what, change in changes.items() for difference in _told(what, change)]
    named = _named(live) if "trust" in changes else []
    return [replace(each, text=masked(each.text, grant, external_ids)) for each in told + named]


def _named(live: LiveRole) -> list[Difference]:
    """What the analysis says of a trust that is not as compiled, by rule and failure mode.

    The doors that came and went have decided the verdict: these are the names for it, and are no worse than drift.
    """
    return [
        Difference(Verdict.DRIFTED, "trust", f"{problem.rule} {problem.failure_mode}".strip() + f": {problem.message}")
        for problem in problems(live.trust)
    ]


def masked(text: str, grant: Grant, external_ids: tuple[str, ...]) -> str:
    """The text without IDs that the customer chose and would rather not see on every screen."""
    if not grant.masked_external_id:
        return text
    for external_id in external_ids:
        text = text.replace(external_id, f"{external_id[:4]}…")
    return text


def _told(what: str, change: Change) -> list[Difference]:
    return [
        *(
            Difference(_GAINED[what], what, f"lets in {text}" if what == "trust" else f"gained {text}")
            for text in change.gained
        ),
        *(
            Difference(_LOST[what], what, f"no longer lets in {text}" if what == "trust" else f"lost {text}")
            for text in change.lost
        ),
        *(Difference(Verdict.DRIFTED, what, text) for text in change.other),
    ]


def _compiled(grant: Grant, external_ids: tuple[str, ...]) -> RoleShape:
    trust = grant.trust if grant.trust.pending else Trust(grant.trust.principals, external_ids)
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
