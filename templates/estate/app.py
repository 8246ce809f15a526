"""The CDK app that cdk.json names: plain `cdk synth`, `cdk diff` and `cdk deploy` run it."""

import sys

try:
    from stacks.__main__ import main
except ImportError:
    sys.exit(
        f"rolecall: {sys.executable} has no Rolecall; cdk starts the python3 that comes first on your PATH.\n"
        "  try: activate the virtual environment that has it (source …/bin/activate), or `rolecall deploy`"
    )
sys.exit(main())
