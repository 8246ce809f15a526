"""The CDK app that cdk.json names: plain `cdk synth`, `cdk diff` and `cdk deploy` run it."""

import importlib.util
import sys
from pathlib import Path

# Python looks into this folder first; a package `stacks` that you keep in it would be taken for Rolecall's.
sys.path.sort(key=lambda place: Path(place).resolve() == Path(__file__).resolve().parent)
try:
    from stacks.__main__ import main
except ImportError as error:
    if importlib.util.find_spec("rolecall"):
        sys.exit(
            f"rolecall: {error}; a package `stacks` that is not Rolecall's is found first.\n"
            "  try: rename yours, or take its folder out of PYTHONPATH"
        )
    sys.exit(
        f"rolecall: {sys.executable} has no Rolecall; cdk starts the python3 that comes first on your PATH.\n"
        "  try: activate the virtual environment that has it (source …/bin/activate), or `rolecall deploy`"
    )
sys.exit(main())
