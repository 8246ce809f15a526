"""Whom a role trusts: what the workspace says, or what the vendor has published."""

from rolecall.config.party import Party
from rolecall.config.reader import PathInFile, SourceFile
from rolecall.config.values import PENDING
from rolecall.model import identifiers
from rolecall.model.invalid import InvalidValueError, four_parts

# What an AWS account is called where the customer finds it.
_ASK = "copy it from the vendor's console into `trusted_account`"


def principals_of(party: Party, partition: str) -> tuple[str, ...] | None:
    """ARNs of the principals; empty while pending; None where that cannot be known."""
    workspace, source = party.within.workspace, party.within.source
    if workspace.trusted_account and workspace.trusted_principals:
        message = four_parts("trusted_account beside trusted_principals", "both", "one of them", "take one out")
        source.error("RC106", ("trusted_account",), message)
        return None
    written: list[str] | str | None = workspace.trusted_principals
    path: PathInFile = ("trusted_principals",)
    if workspace.trusted_account:
        written, path = [workspace.trusted_account], ("trusted_account",)
    if written is None and (source.was_refused(("trusted_account",)) or source.was_refused(("trusted_principals",))):
        return None  # what stands there was refused, which has been noted
    if written is None:
        written, path = _published(party, partition), ("vendor",)
    if written is None:
        return None
    if written == PENDING:
        return ()
    return _checked_principals(list(written), partition, source, path)


def _published(party: Party, partition: str) -> list[str] | str | None:
    """The catalog's principals for the role's partition and the workspace's data centre."""
    published, workspace = party.vendor.published_in(partition), party.within.workspace
    if published is None:
        known = ", ".join(("aws", *party.vendor.other_partitions))
        message = four_parts("principal of the vendor is not known in this partition", partition, known, _ASK)
        party.within.source.error("RC101", (), message)
        return None
    if not published:
        return None  # what the estate says of them was refused, which has been noted there
    if not isinstance(published, dict) and not (workspace.data_center and party.vendor.has_data_centers):
        return published
    # A data centre of another partition, or of none, is not forgotten where this one has a single list.
    centers = published if isinstance(published, dict) else {}
    if workspace.data_center in centers:
        return centers[workspace.data_center]
    known = ", ".join(centers) or f"no data_center in {partition}"
    message = four_parts("principal of the vendor is not known", workspace.data_center or "no data_center", known, _ASK)
    if workspace.data_center:
        party.within.source.error("RC101", ("data_center",), message)
    else:
        party.within.source.error("RC101", (), message, missing="data_center")
    return None


def principals_elsewhere(party: Party, partition: str) -> tuple[tuple[str, str], ...]:
    """What the vendor has published for data centres that are not the workspace's: each principal with its own one."""
    published, here = party.vendor.published_in(partition), party.within.workspace.data_center
    centers = published if isinstance(published, dict) else {}
    return tuple((principal, name) for name, listed in centers.items() if name != here for principal in listed)


def _checked_principals(
    written: list[str], partition: str, source: SourceFile, path: PathInFile
) -> tuple[str, ...] | None:
    found = []
    for index, value in enumerate(written):
        at = (*path, index) if path == ("trusted_principals",) else path
        try:
            principal = identifiers.principal(value, partition)
            if identifiers.Arn.parse(principal).partition != partition:
                message = four_parts("principal of another partition", value, partition, "correct it")
                source.error("RC106", at, message)
                continue
            found.append(principal)
        except InvalidValueError as error:
            source.error(error.rule, at, str(error))
    if not written:
        source.error("RC106", path, four_parts("principals", "none", "at least one", "name the vendor's"))
    return tuple(dict.fromkeys(found)) if len(found) == len(written) and found else None
