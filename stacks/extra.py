"""What comes with the extra `cdk` alone, so that its absence can be told in a sentence."""

import importlib.util

CDK_EXTRA = "pip install 'rolecall[cdk]'"
"""What to do where something is missing."""

_PACKAGES = ("aws_cdk", "constructs", "cdk_nag")


def missing_packages() -> list[str]:
    """The packages that constructs, stacks and rule packs need and that are not installed."""
    return [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
