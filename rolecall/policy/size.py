"""Sizes as IAM counts them: characters of the JSON text, without white space."""

import json

from rolecall.policy.document import Document

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, read 2026-11-22. The trust policy's is the
# default quota of an account; it can be raised there.
TRUST_POLICY_MAX_CHARACTERS = 2048
MANAGED_POLICY_MAX_CHARACTERS = 6144


def characters(document: Document) -> int:
    """The size of a policy document as IAM's quotas count it."""
    return len(json.dumps(document, separators=(",", ":"), ensure_ascii=False))
