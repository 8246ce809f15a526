"""`rolecall demo`: the whole road on the embedded AWS, from the example estate to verified roles."""

import shlex
import shutil
import tempfile
from pathlib import Path

from rolecall import local
from rolecall.accounts.reach import LocalReach
from rolecall.answer import Answer, CommandError, Say
from rolecall.commands import local as local_command
from rolecall.commands.cdk_cli import find_cdk
from rolecall.commands.deploy import deploy
from rolecall.commands.install_cdk import install_cdk
from rolecall.commands.synth import require_cdk
from rolecall.commands.verify import Track, verify
from rolecall.estate import sound
from rolecall.model.numbers import number_of
from rolecall.verification.left_out import taking_part, tell_left_out
from rolecall.verification.stand_ins import make_secrets
from rolecall.verification.wish import Wish

# In a checkout the example stands beside the package, in a wheel inside it.
_EXAMPLE = Path("examples") / "acme"
_CHECKOUT, _WHEEL = (parent / _EXAMPLE for parent in (Path(__file__).parents[2], Path(__file__).parents[1]))


def demo(folder: Path | None, say: Say, track: Track) -> Answer:
    """Start, bootstrap, fill, synthesise, deploy, verify, stop.

    Args:
        folder: the estate's. Default: the example. That of a wheel is copied: where programs are installed nothing is
            written. The copy gets a cdk of its own, unless the current folder or PATH has one.
    """
    local.require_packages()
    require_cdk()
    if folder is not None or _CHECKOUT.is_dir():
        return _whole_road(folder or _CHECKOUT, say, track)
    with tempfile.TemporaryDirectory(prefix="rolecall-") as scratch:
        copy = Path(scratch) / _EXAMPLE.name
        shutil.copytree(_WHEEL, copy)
        try:
            find_cdk(Path())
        except CommandError:
            install_cdk(copy, say)
        return _whole_road(copy, say, track, _WHEEL)


def _whole_road(estate_folder: Path, say: Say, track: Track, stays: Path | None = None) -> Answer:
    estate = sound(estate_folder)
    find_cdk(estate_folder)
    if local.find(local_command.state_dir(estate_folder)) is not None:
        raise CommandError(
            "the embedded AWS of this estate runs already",
            f"rolecall local down --estate {shlex.quote(str(estate_folder))}",
        )
    tell_left_out(estate.grants, say)
    callers = local_command.callers_of(estate)
    with local.running(local_command.state_dir(estate_folder), callers, say=say) as aws:
        grants = taking_part(estate).grants
        say(f"creating stand-ins for the secrets and keys of {number_of(len(grants), 'role')}")
        make_secrets(LocalReach(aws), grants, grants, say)
        deploy(estate_folder, (), "local", "never", say)
        say("reading every role back, then calling it")
        answer = verify(estate_folder, (), Wish(target="local"), say, track)
    say("stopped the embedded AWS")
    return Answer(f"{answer.text}\n\n{_next(stays or estate_folder)}", answer.exit_code)


def _next(folder: Path) -> str:
    return "\n".join(
        [
            "What to do next:",
            f"  look at the estate that this was      {shlex.quote(str(folder))}",
            "  make one of your own                  rolecall init my-estate",
            "  see what is wrong with it             rolecall check --estate my-estate",
            *(
                []
                if _CHECKOUT.is_dir()
                else ["  give it the pinned cdk                 rolecall install-cdk --estate my-estate"]
            ),
            "  prove it before AWS sees it           rolecall local up --estate my-estate",
            "                                        rolecall deploy --target local --estate my-estate",
            "                                        rolecall verify --target local --estate my-estate",
        ]
    )
