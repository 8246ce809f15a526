"""The CDK app: `cdk synth -c estate=DIR -c workspace=NAME` runs this file, `rolecall synth` the same functions."""

import sys
from pathlib import Path

from rolecall.node import use_bundled_node
from stacks.extra import CDK_EXTRA, missing_packages


def main() -> int:
    """Synthesise the estate that the CDK context names; the default is every workspace of the current folder.

    With the context key `pipeline`, the stacks of the pipeline instead.
    """
    if missing := missing_packages():
        print(f"rolecall: CDK is not installed ({', '.join(missing)})\n  try: {CDK_EXTRA}", file=sys.stderr)
        return 2
    use_bundled_node()
    from constructs_lib import InvalidValueError, UnprotectedTrustError  # noqa: PLC0415
    from rolecall.config.load import UnreadableEstateError  # noqa: PLC0415
    from rolecall.estate import EstateRefusedError, UnknownSelectorError, compiled, with_pipeline  # noqa: PLC0415
    from stacks.build import build, build_pipeline, new_app, synth, validation_wanted  # noqa: PLC0415

    app = new_app()
    folder, workspace, pipeline = (app.node.try_get_context(key) for key in ("estate", "workspace", "pipeline"))
    try:
        if pipeline:  # its stacks alone, which an administrator deploys and the pipeline never does
            build_pipeline(app, *with_pipeline(Path(folder or ".")), validate=validation_wanted())
            synth(app, ())
            return 0
        grants = compiled(Path(folder or "."), [workspace] if workspace else [])
        build(app, grants, validate=validation_wanted())
        synth(app, grants)
    except (
        UnreadableEstateError,
        EstateRefusedError,
        UnknownSelectorError,
        UnprotectedTrustError,
        InvalidValueError,
    ) as error:
        print(f"rolecall: {error}", file=sys.stderr)
        return 1
    except RuntimeError as error:  # all that jsii lets through of an error in CDK
        print(f"rolecall: CDK refused: {str(error).splitlines()[0]}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
