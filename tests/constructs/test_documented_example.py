"""The library as its documentation shows it, used in an app of somebody's own, without a line of YAML."""

import inspect
import textwrap
from typing import Any

from quiet_cdk import Template, cdk

import constructs_lib


def documented_program() -> str:
    """The indented lines of the package's docstring."""
    lines = inspect.getdoc(constructs_lib).splitlines()  # type: ignore[union-attr]
    return textwrap.dedent("\n".join(line for line in lines if not line or line.startswith("    ")))


def test_the_documented_example_runs_as_it_stands_and_makes_a_protected_role() -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    names: dict[str, Any] = {"stack": stack}
    exec(compile(documented_program(), "docstring", "exec"), names)  # noqa: S102
    template = Template.from_stack(stack)
    template.resource_count_is("AWS::IAM::Role", 1)
    template.has_resource_properties(
        "AWS::IAM::Role",
        {
            "AssumeRolePolicyDocument": {
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": "arn:aws:iam::353360065216:root"},
                        "Action": "sts:AssumeRole",
                        "Condition": {"StringEquals": {"sts:ExternalId": "workato_iam_external_id_12345_678"}},
                    }
                ]
            }
        },
    )
    template.resource_count_is("AWS::IAM::ManagedPolicy", 1)


def test_the_library_shows_what_its_example_needs() -> None:
    assert all(hasattr(constructs_lib, name) for name in constructs_lib.__all__)
    assert {"VendorRole", "Secret", "refuse_unprotected"} <= set(constructs_lib.__all__)
