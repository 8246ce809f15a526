"""`rolecall show`: what one role becomes, with the reason for each statement."""

from pathlib import Path

from rolecall.answer import USAGE, Answer, CommandError
from rolecall.estate import selected, sound
from rolecall.report import show as report


def show(folder: Path, selector: str, output: str, *, show_external_ids: bool) -> Answer:
    """The trust policy and the permission policies of one role.

    Raises:
        CommandError: the selector names a workspace, or no role.
    """
    found = selected(sound(folder).grants, [selector])
    if "/" not in selector:
        listed = ", ".join(grant.address for grant in found)
        raise CommandError(f"{selector!r} is a workspace, and `show` shows one role", f"one of {listed}", USAGE)
    render = report.as_json if output == "json" else report.as_text
    return Answer(render(found[0], show_external_ids=show_external_ids))
