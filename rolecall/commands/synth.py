"""`rolecall synth`: the cloud assembly, through CDK."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rolecall.answer import USAGE, Answer, CommandError
from rolecall.estate import compiled
from rolecall.model.grant import Estate, Grant
from rolecall.model.numbers import number_of
from rolecall.model.pipeline import Pipeline
from stacks.extra import CDK_EXTRA, missing_packages


def synth(folder: Path, selectors: Sequence[str], out: Path) -> Answer:
    """Write the templates of whole stacks and look at each of them."""
    grants = compiled(folder, selectors)
    assembly = write_assembly(grants, out)
    return Answer(f"{number_of(len(grants), 'role')} in {assembly}")


def require_cdk() -> None:
    """Stop where the packages of the extra `cdk` are not installed."""
    if missing := missing_packages():
        raise CommandError(f"CDK is not installed ({', '.join(missing)})", CDK_EXTRA, USAGE)


def write_assembly(grants: Sequence[Grant], out: Path) -> Path:
    """Synthesise the roles into a folder. Raises what `_written` raises."""

    def put(build: Any, app: Any, *, validate: bool) -> None:
        build.build(app, grants, validate=validate)

    return _written(put, grants, out)


def write_pipeline_assembly(estate: Estate, pipeline: Pipeline, out: Path) -> Path:
    """Synthesise the stacks of a pipeline into a folder. Raises what `_written` raises."""

    def put(build: Any, app: Any, *, validate: bool) -> None:
        build.build_pipeline(app, estate, pipeline, validate=validate)

    return _written(put, (), out)


def _written(put: Callable[..., None], expected: Sequence[Grant], out: Path) -> Path:
    """Synthesise what a function puts into the app.

    Raises:
        CommandError: CDK, a rule pack or the look at the templates refused; nothing may be deployed then.
    """
    # Imported here: loading aws_cdk and starting Node takes a second, which `rolecall --help` must not.
    require_cdk()
    from rolecall.node import use_bundled_node  # noqa: PLC0415

    use_bundled_node()
    from constructs_lib import UnprotectedTrustError  # noqa: PLC0415
    from stacks import build  # noqa: PLC0415

    try:
        out.mkdir(parents=True, exist_ok=True)  # said here, where Node would go on trying
        app = build.new_app(out)
        put(build, app, validate=build.validation_wanted())
        return build.synth(app, expected)
    except UnprotectedTrustError as error:
        raise CommandError(str(error), "nothing was deployed; undo the last change to the constructs") from None
    except RuntimeError as error:  # all that jsii lets through of an error in CDK
        first = str(error).splitlines()[0]
        raise CommandError(f"CDK refused: {first}", "what and where stands above; nothing was deployed") from None
