"""Steps for vendors whose screens nobody has written down: what has to be done at any of them, in the order known."""

from collections.abc import Iterator

from rolecall.config.hand_off import Step
from rolecall.config.vendor import ScreenValue
from rolecall.handoff.line import unmarked
from rolecall.handoff.subject import Subject, unsettled


def first_of_all(subject: Subject) -> list[str]:
    """What the reader has to know of such steps."""
    name = unmarked(subject.vendor.name)
    return [
        f"These steps are made of the little that is known of the screens. Where {name}'s guide differs, it is right."
    ]


def general_checks(subject: Subject) -> list[str]:
    """How anybody sees that it worked."""
    return [
        f"{unmarked(subject.vendor.name)} says that it connected. Have it read something that the role may read.",
        "If it is refused, compare every value on its screens with this sheet, letter for letter.",
    ]


def general_steps(subject: Subject) -> Iterator[Step]:
    """The vendor's ID is looked at before the role's ARN is entered; with role-first it is there only afterwards."""
    vendor = subject.vendor
    is_own_id, shows_late = vendor.external_id.origin == "customer", vendor.handshake == "role-first"
    yield Step(
        at=f"{unmarked(vendor.name)}, where an AWS role is set up",
        do="Choose a role that is assumed (cross-account role, role ARN), not access keys.",
    )
    shown = list(_shown(subject))
    if not shows_late:
        yield from shown
    yield _one(subject, "role_arn", do="Enter the role's ARN.", enter={"Role ARN": "{role_arn}"})
    if is_own_id:
        yield _one(subject, "external_id", do="Enter the external ID.", enter={"External ID": "{external_id}"})
    if "region" in vendor.screens:
        yield _one(subject, "region", do="Enter the region.", enter={"Region": "{region}"})
    has_to_fail = " The test has to fail for now: nobody gets in yet." if subject.grant.trust.pending else ""
    yield Step(do=f"Save, and have the connection tested if the screen offers it.{has_to_fail if shows_late else ''}")
    if shows_late:
        yield from shown


def _shown(subject: Subject) -> Iterator[Step]:
    """What is found at the vendor's: not always on a screen where roles are set up."""
    screens, is_own_id = subject.vendor.screens, subject.vendor.external_id.origin == "customer"
    if "trusted_account" in screens:
        compare = {"AWS account or role": "{principal}"}
        yield _one(subject, "trusted_account", do=_look(subject, compare, _FOUND["trusted_account"]), compare=compare)
    if not is_own_id:
        where = _FOUND["external_id"] if "external_id" in screens else "If an external ID is shown, look at it."
        compare = {"External ID": "{external_id}"}
        yield _one(subject, "external_id", do=_look(subject, compare, where), compare=compare)


def _look(subject: Subject, compare: dict[str, str], where: str) -> str:
    """What is done with a value that is shown: nobody can compare what only the screen knows yet."""
    is_known = not {f"{{{name}}}" for name in unsettled(subject)} & set(compare.values())
    return f"{where} {_COMPARE}" if is_known else where


_FOUND = {
    "trusted_account": "This is where the AWS account or role is found that the vendor comes from.",
    "external_id": "This is where the external ID is found.",
}
_COMPARE = "Compare it, letter for letter; if it differs, stop and tell the owner."


def _one(
    subject: Subject,
    screen: ScreenValue,
    *,
    do: str,
    enter: dict[str, str] | None = None,
    compare: dict[str, str] | None = None,
) -> Step:
    """A step about one value, at the place that the catalog knows for it."""
    place = subject.vendor.screens.get(screen)
    return Step(at=unmarked(place) if place else None, do=do, enter=enter or {}, compare=compare or {})
