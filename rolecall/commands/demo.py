"""`rolecall demo`: the whole road on the embedded AWS, from the example estate to verified roles."""

from pathlib import Path

from rolecall import local
from rolecall.accounts.reach import LocalReach
from rolecall.answer import USAGE, Answer, CommandError, Say
from rolecall.commands import local as local_command
from rolecall.commands.deploy import deploy
from rolecall.commands.verify import Track, verify
from rolecall.estate import sound
from rolecall.verification.stand_ins import make_secrets
from rolecall.verification.wish import Wish

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme"


def demo(folder: Path | None, say: Say, track: Track) -> Answer:
    """Start, bootstrap, fill, synthesise, deploy, verify, stop."""
    estate_folder = folder or EXAMPLE
    if not estate_folder.is_dir():
        raise CommandError("the example estate comes with a checkout", "rolecall demo --estate DIR", USAGE)
    estate = sound(estate_folder)
    if local.find(local_command.state_dir(estate_folder)) is not None:
        raise CommandError(
            "the embedded AWS of this estate runs already", f"rolecall local down --estate {estate_folder}"
        )
    callers = local_command.callers_of(estate)
    with local.running(local_command.state_dir(estate_folder), callers, say=say) as aws:
        say(f"creating stand-ins for the secrets and keys of {len(estate.grants)} roles")
        make_secrets(LocalReach(aws), estate.grants, estate.grants, say)
        deploy(estate_folder, (), "local", "never", say)
        say("reading every role back, then calling it")
        answer = verify(estate_folder, (), Wish(target="local"), say, track)
    say("stopped the embedded AWS")
    return Answer(f"{answer.text}\n\n{_next(estate_folder)}", answer.exit_code)


def _next(folder: Path) -> str:
    return "\n".join(
        [
            "What to do next:",
            f"  look at the estate that this was      {folder.name}/estate.yaml, {folder.name}/workspaces/",
            "  make one of your own                  rolecall init my-estate",
            "  see what is wrong with it             rolecall check --estate my-estate",
            "  prove it before AWS sees it           rolecall local up, deploy, verify (README, five minutes)",
        ]
    )
