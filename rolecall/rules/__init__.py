"""What `check` knows about an estate as a whole: pure functions from grants to findings."""

from rolecall.model.finding import Finding
from rolecall.model.grant import Estate
from rolecall.rules import names, permissions, sizes, trust


def judge(estate: Estate, never_allow: tuple[str, ...] = ()) -> list[Finding]:
    """Every rule, asked of every role."""
    return [
        *names.colliding_role_names(estate),
        *names.colliding_output_keys(estate),
        *names.full_stacks(estate),
        *sizes.too_large(estate),
        *sizes.too_many_tags(estate),
        *trust.unprotected(estate),
        *trust.shared_ids(estate),
        *trust.unknown_values(estate),
        *trust.whole_accounts(estate),
        *permissions.guardrails(estate, never_allow),
        *permissions.hyphen_prefixes(estate),
        *permissions.repeated_sids(estate),
        *permissions.too_broad(estate),
    ]
