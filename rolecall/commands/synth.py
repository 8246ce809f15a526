"""`rolecall synth`: the cloud assembly, through CDK."""

from collections.abc import Sequence
from pathlib import Path

from rolecall.answer import USAGE, Answer, CommandError
from rolecall.estate import compiled
from rolecall.model.grant import Grant
from stacks.extra import CDK_EXTRA, missing_packages


def synth(folder: Path, selectors: Sequence[str], out: Path) -> Answer:
    """Write the templates of whole stacks and look at each of them."""
    grants = compiled(folder, selectors)
    assembly = write_assembly(grants, out)
    return Answer(f"{len(grants)} roles in {assembly}")


def require_cdk() -> None:
    """Stop where the packages of the extra `cdk` are not installed."""
    if missing := missing_packages():
        raise CommandError(f"CDK is not installed ({', '.join(missing)})", CDK_EXTRA, USAGE)


def write_assembly(grants: Sequence[Grant], out: Path) -> Path:
    """Synthesise into a folder.

    Raises:
        CommandError: CDK, a rule pack or the look at the templates refused; nothing may be deployed then.
    """
    # Imported here: loading aws_cdk and starting Node takes a second, which `rolecall --help` must not.
    require_cdk()
    from stacks.node import use_bundled_node  # noqa: PLC0415

    use_bundled_node()
    from constructs_lib import UnprotectedTrustError  # noqa: PLC0415
    from stacks.build import build, new_app, synth, validation_wanted  # noqa: PLC0415

    try:
        out.mkdir(parents=True, exist_ok=True)  # said here, where Node would go on trying
        app = new_app(out)
        build(app, grants, validate=validation_wanted())
        return synth(app, grants)
    except UnprotectedTrustError as error:
        raise CommandError(str(error), "nothing was deployed; undo the last change to the constructs") from None
    except RuntimeError as error:  # all that jsii lets through of an error in CDK
        first = str(error).splitlines()[0]
        raise CommandError(f"CDK refused: {first}", "what and where stands above; nothing was deployed") from None
