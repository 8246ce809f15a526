"""Evidence, by how it was obtained: the rungs of a ladder, of which a run climbs those that its caller can reach."""

from enum import StrEnum


class Rung(StrEnum):
    """How something about a role became known."""

    TEMPLATE = "template"
    """The template was deployed on the embedded AWS, and every probe passed there."""
    LIVE = "live"
    """The live role was read, and equals the compiled one by meaning."""
    PERMISSIONS = "permissions"
    """IAM's policy simulator agrees about what the role may do. It ignores trust policies."""
    ASSUMED = "assumed"
    """The role was assumed as the vendor's own principal."""
    ASSUMED_BY_VERIFIER = "assumed_by_verifier"
    """The role was assumed by a principal of the customer's own, which proves nothing about the vendor's statement."""
    CONTACT = "contact"
    """The vendor itself was seen to assume the role."""
