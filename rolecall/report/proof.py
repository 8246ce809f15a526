"""What is kept of a run of `verify`: who was proved how and when. External IDs are in it as SHA-256 only.

Findings and what each probe asked for stay out, as they may hold IDs in the clear.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from rolecall import __version__
from rolecall.model.grant import Grant
from rolecall.model.trust import Trust, Verifier
from rolecall.policy.compile import Home, permission_document, trust_document
from rolecall.report.verification.facts import RunFacts, summary, utc
from rolecall.runtime.probe import Probe
from rolecall.runtime.verdict import RoleResult

Redact = Callable[[str], str]


@dataclass(frozen=True)
class Fingerprint:
    """What a role was compiled to, without telling it."""

    external_ids_sha256: tuple[str, ...]
    compiled_sha256: str


def sha256(text: str) -> str:
    """In hexadecimal digits."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def canonical_json(value: object) -> str:
    """The same text for equal values, however they are written and in whatever order keys stand."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)


def fingerprint(grant: Grant, external_ids: Sequence[str], verifier_id: str | None = None) -> Fingerprint:
    """A role as it was compiled: trust, permissions, boundary, path, session length and tags.

    Args:
        external_ids: the right ones, with parameters read.
        verifier_id: the verifier's own, likewise; None where the estate has no verifier.
    """
    hashed = tuple(sorted(map(sha256, external_ids)))
    compiled: dict[str, Any] = {
        "trust": trust_document(_without_ids(grant.trust, hashed, verifier_id)),
        "permissions": permission_document(grant.permissions, Home(grant.partition, grant.account, grant.region)),
        "boundary": grant.permissions_boundary,
        "path": grant.role_path,
        "session": grant.max_session_seconds,
        "tags": dict(grant.all_tags),
    }
    if grant.trust.patterns:
        compiled["patterns"] = sorted(sha256(pattern.value) for pattern in grant.trust.patterns)
    return Fingerprint(hashed, sha256(canonical_json(compiled)))


def _without_ids(trust: Trust, hashed: tuple[str, ...], verifier_id: str | None) -> Trust:
    """The trust with hashes in the place of external IDs: they have the form of one."""
    if trust.pending:
        return trust
    verifier = trust.verifier
    if verifier is not None:
        verifier = Verifier(verifier.principal, sha256(verifier_id or verifier.written_id))
    return replace(trust, external_ids=hashed, verifier=verifier)


def proof(
    results: Sequence[RoleResult],
    run: RunFacts,
    *,
    now: datetime,
    fingerprints: Mapping[str, Fingerprint],
    templates: Mapping[str, str | None],
    external_ids: Iterable[str],
) -> dict[str, Any]:
    """The proof of a run.

    Args:
        now: when it was made; with a time zone.
        fingerprints: of the roles by their addresses; a role without one proves nothing about what was compiled.
        templates: SHA-256 of the deployed stacks' templates by stack, account and region.
        external_ids: all that are known. Should AWS repeat one in a reason, it is put out.
    """
    redact = _redact(external_ids)
    return {
        "schema": 1,
        "rolecall": __version__,
        "time": utc(now),
        "target": run.target,
        "mode": run.mode,
        "caller_arn": run.caller_arn,
        "required": [rung.value for rung in run.required],
        "templates": dict(sorted(templates.items())),
        "roles": [_role(result, fingerprints.get(result.address), redact) for result in results],
        "summary": summary(results),
    }


def _redact(external_ids: Iterable[str]) -> Redact:
    """Puts IDs out, the longest first: one may be the beginning of another."""
    known = sorted(set(external_ids), key=len, reverse=True)

    @cache  # the reasons of a run are few, whatever the number of its roles
    def redact(text: str) -> str:
        for external_id in known:
            text = text.replace(external_id, f"sha256:{sha256(external_id)}") if external_id in text else text
        return text

    return redact


def _role(result: RoleResult, found: Fingerprint | None, redact: Redact) -> dict[str, Any]:
    contact = result.contact.as_json() if result.contact else None
    return {
        "workspace": result.workspace,
        "project": result.project,
        "role_arn": result.role_arn,
        "verdict": result.verdict.value,
        "evidence": [rung.value for rung in result.evidence],
        "differs": list(result.differs),
        "probes": [_probe(probe, redact) for probe in result.probes],
        "external_ids_sha256": list(found.external_ids_sha256) if found else [],
        "compiled_sha256": found.compiled_sha256 if found else None,
        "contact": {key: redact(value) for key, value in contact.items()} if contact else None,
        "last_used": redact(result.last_used) if result.last_used else None,
        "leftovers": [redact(leftover) for leftover in result.leftovers],
    }


def _probe(probe: Probe, redact: Redact) -> dict[str, Any]:
    seen = probe.observation
    return {
        "kind": probe.kind,
        "rung": probe.rung.value,
        "expected": probe.expected.value,
        "observed": seen.observed.value,
        "error_code": redact(seen.error_code) if seen.error_code else None,
        "reason": redact(seen.reason) if seen.reason else None,
        "elapsed_ms": seen.elapsed_ms,
    }
