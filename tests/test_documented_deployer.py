"""The documents in docs/deployer.md are those that the program makes, for the estate that stands there."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from rolecall.estate import with_pipeline
from rolecall.policy import deployer
from rolecall.policy.compile import Home

PAGE = (Path(__file__).parents[1] / "docs" / "deployer.md").read_text("utf-8")
_DOCUMENT = re.compile(r"<!-- document: ([a-z-]+) -->\n```json\n(.*?)```", re.DOTALL)
_FILE = re.compile(r"```yaml\n# ([a-z/.-]+)\n(.*?)```", re.DOTALL)
WORKSPACE = """
workspace: acme-prod
vendor: workato
workspace_id: "12345"
data_center: us
projects: [{project: billing, project_id: "678", secrets: [{prefix: billing/}]}]
"""


def documents(folder: Path) -> dict[str, Any]:
    """What the program makes of the page's own estate.yaml."""
    (folder / "workspaces").mkdir()
    (folder / "workspaces" / "acme-prod.yaml").write_text(WORKSPACE, "utf-8")
    for name, text in _FILE.findall(PAGE):
        (folder / name).write_text(text, "utf-8")
    estate, pipeline = with_pipeline(folder)
    provider = deployer.provider_arn("aws", pipeline.account)
    home = Home("aws", pipeline.account, pipeline.region)
    boundaries = deployer.boundaries_by_path(estate.grants)
    return {
        "deploy-trust": deployer.github_trust(pipeline.github, provider),
        "deploy-policy": deployer.assuming(deployer.assumable_roles(estate.grants)),
        "execution-policy": deployer.execution_document(home, boundaries, deployer.parameters(estate.grants)),
    }


@pytest.mark.parametrize("name", ["deploy-trust", "deploy-policy", "execution-policy"])
def test_a_document_of_the_page_is_the_one_that_is_deployed(name: str, tmp_path: Path) -> None:
    written = dict(_DOCUMENT.findall(PAGE))
    assert json.loads(written[name]) == documents(tmp_path)[name]


def test_the_page_shows_every_document() -> None:
    assert sorted(name for name, _ in _DOCUMENT.findall(PAGE)) == ["deploy-policy", "deploy-trust", "execution-policy"]
