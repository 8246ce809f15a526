"""Whether the estate could grant what a live role was given by hand: no advice leads to what `check` refuses."""

from rolecall.policy.breadth import why_too_broad
from rolecall.policy.pattern import has_wildcard, overlaps
from rolecall.policy.permissions import Atom
from rolecall.rules.permissions import NEVER_ALLOW, NEVER_ALLOW_BESIDE_TAGS, forbidden_action

_SUFFIX = "-??????"


def may_be_granted(atom: Atom) -> bool:
    """Whether it is one action that no guardrail forbids, on resources that a single project may need.

    A condition is not looked at, as few of them make it any narrower. Of secrets it has to be one, as a pattern may
    reach into another project's.
    """
    if has_wildcard(atom.action) or forbidden_action(atom.action, NEVER_ALLOW + NEVER_ALLOW_BESIDE_TAGS):
        return False
    if overlaps(atom.action, "secretsmanager:*") and has_wildcard(atom.resource.removesuffix(_SUFFIX)):
        return False
    return why_too_broad({"Effect": "Allow", "Action": atom.action, "Resource": atom.resource}) is None
