"""What `check` knows about an estate as a whole: pure functions from roles to findings."""

from dataclasses import dataclass
from itertools import chain

from rolecall.model.finding import Finding
from rolecall.model.grant import Estate
from rolecall.model.headroom import Headroom
from rolecall.rules import (
    actions,
    ledger,
    names,
    patterns,
    permissions,
    pipeline,
    quotas,
    reaching,
    service_grants,
    shared_secrets,
    sizes,
    stated,
    trust,
    vendor_actions,
    vendor_needs,
    verifier,
)
from rolecall.rules.grants import Granted
from rolecall.rules.role import Rule, roles_of

RULES: tuple[Rule, ...] = (
    names.colliding_role_names,
    names.colliding_policy_names,
    names.colliding_output_keys,
    quotas.full_stacks,
    quotas.full_accounts,
    sizes.too_large,
    sizes.too_many_tags,
    trust.unprotected,
    trust.whole_accounts,
    trust.closed,
    trust.own_accounts,
    trust.short_sessions,
    ledger.shared_ids,
    patterns.overlapping_patterns,
    ledger.guessable_ids,
    ledger.swapped_ids,
    ledger.unknown_values,
    permissions.hyphen_prefixes,
    permissions.repeated_sids,
    permissions.too_broad,
    actions.unknown,
    stated.meeting_statements,
    service_grants.meeting_services,
    service_grants.buckets_of_two_accounts,
    service_grants.http_without_statements,
    vendor_actions.changing_actions,
    vendor_needs.several_regions,
    vendor_needs.no_prefix,
    vendor_needs.beyond_profile,
    verifier.what_it_could_read,
)


# These look at what all roles were granted together.
RULES_OF_SECRETS = (
    reaching.reaching_prefixes,
    reaching.reaching_tags,
    shared_secrets.granted_twice,
    shared_secrets.keys_without_grant,
)


@dataclass(frozen=True)
class Examined:
    """What the rules say about an estate, and what room it leaves in its accounts."""

    findings: list[Finding]
    headroom: list[Headroom]


def examine(estate: Estate, never_allow: tuple[str, ...] = ()) -> Examined:
    """Every rule, asked of every role."""
    roles = roles_of(estate)
    granted = Granted(roles)
    findings = [
        *chain.from_iterable(rule(roles) for rule in RULES),
        *chain.from_iterable(rule(granted) for rule in RULES_OF_SECRETS),
        *permissions.guardrails(roles, never_allow),
        *pipeline.unbounded(estate, roles),
        *pipeline.not_narrowed(estate, roles),
    ]
    return Examined(findings, quotas.headroom(roles))
