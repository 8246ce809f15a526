"""What to do about a verdict, as long as nobody has looked for its cause."""

from collections.abc import Sequence

from rolecall.runtime.verdict import Verdict

# CloudFormation compares templates, not roles: a deployment of an unchanged template leaves a changed role as it is.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html, read 2026-11-22.
_UNDO = "undo it by hand or with `cdk deploy --revert-drift`, as a deployment of an unchanged template changes nothing"
_HINTS = {
    Verdict.UNPROTECTED: f"the live trust lets in more than the estate says: look who changed it, then {_UNDO}",
    Verdict.OVERREACHING: "the role may do more than the estate grants: take the extra policy away by hand, as a "
    "deployment of an unchanged template changes nothing",
    Verdict.NOT_ASSUMABLE: "the vendor is refused: compare external ID and principal with the vendor's screen",
    Verdict.UNDERPOWERED: "the role lacks what the estate grants: look at its policies, boundary and the secrets' keys",
    Verdict.DRIFTED: f"the live role differs from the estate: deploy if the estate has changed, else {_UNDO}",
    Verdict.INCONCLUSIVE: "something could not be decided: the reasons stand with the probes",
}


def hint(verdict: Verdict, texts: Sequence[str]) -> str | None:
    """What to do about a verdict."""
    return _HINTS.get(verdict) if texts or verdict is Verdict.INCONCLUSIVE else None
