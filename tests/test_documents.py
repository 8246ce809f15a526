"""Documents that messages name, where a wheel has them and a checkout has not."""

from pathlib import Path

import pytest

from rolecall import documents


def test_a_document_that_came_in_the_wheel_is_named_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deployer.md").touch()
    monkeypatch.setattr(documents, "_SHIPPED", tmp_path)
    assert documents.located("see docs/deployer.md.") == f"see {tmp_path / 'deployer.md'}."
    for other in ("see docs/rules.md", "infra/docs/deployer.md", "./docs/deployer.md", "/x/docs/deployer.md", "-docs"):
        assert documents.located(other) == other
