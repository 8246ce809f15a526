"""CDK with its slow validation switched off, on the Node of the wheel; to be imported instead of `aws_cdk`.

Both are read when `aws_cdk` starts its Node process, so they are set for the length of that import only: commands that
other tests start keep validation on.
"""

import pytest

from rolecall.node import use_bundled_node

with pytest.MonkeyPatch.context() as patch:
    patch.setenv("CDK_VALIDATION", "false")
    use_bundled_node()
    import aws_cdk as cdk
    from aws_cdk import aws_iam as iam
    from aws_cdk.assertions import Annotations, Match, Template

__all__ = ["Annotations", "Match", "Template", "cdk", "iam"]
