"""The templates of the example estate, whole, as snapshots: `pytest --snapshot-update` writes them anew."""

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

STACKS = [
    "acme-dev-111111111111-eu-central-1",
    "acme-prod-111111111111-eu-central-1",
    "acme-prod-222222222222-eu-west-1",
    "unified-prod-111111111111-eu-central-1",
]


def test_the_example_estate_has_a_stack_for_each_workspace_account_and_region(
    acme_templates: dict[str, dict[str, Any]],
) -> None:
    assert list(acme_templates) == STACKS


@pytest.mark.parametrize("stack", STACKS)
def test_template_of(stack: str, acme_templates: dict[str, dict[str, Any]], snapshot: SnapshotAssertion) -> None:
    template = acme_templates[stack]
    ours = {key: value for key, value in template.items() if key in ("Description", "Resources", "Outputs")}
    assert set(template) - set(ours) == {"Parameters", "Rules"}, "what CDK adds for its bootstrap"
    assert ours == snapshot(extension_class=JSONSnapshotExtension)
