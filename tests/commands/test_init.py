"""`rolecall init` by flags: new estates, workspaces and projects that pass `check`, and files that stay as they are."""

import errno
import json
import os
import re
import subprocess
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from rolecall.answer import Answer, CommandError
from rolecall.commands.handoff import HandOffWish, handoff
from rolecall.commands.init import KINDS, Talk, Wishes, init, new_files
from rolecall.commands.init.needs import needs
from rolecall.commands.init.situation import Situation
from rolecall.commands.init.wishes import FLAGS
from rolecall.config.schema import Vendor
from rolecall.estate import judged
from rolecall.model.finding import Severity
from rolecall.model.grant import Grant
from rolecall.vendors import catalog

OLD = "e5e204f80123abcde5e204f80123abcd"
"""The end of a draft's name."""
UUID = "3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41"
NONE = Wishes()
WORKSPACE = Wishes(workspace="w", workspace_id="77", project="p", project_id="78", external_id=None)

# Values that a person may type or paste where they do not belong.
HOSTILE = [
    'a"b', "a'b", "a\nb", "a: b", "a #b", "{{ 7*7 }}", "{% raw %}", "*", "&a", "!!python/object:x", "..", "../x",
    "a/b", "-", " ", "", "é", "\u2028", "\x00", "\ufeff", "${HOME}",
    "a\r", "|", "> x", "[a]", "{a}", "%", "@a", "`a`", "A" * 5000,
]  # fmt: skip
WORKSPACE_OF_WORKATO = replace(WORKSPACE, vendor="workato")
LIFT = Wishes(vendor="spacelift", data_center="spacelift-io")


def make(folder: Path, wishes: Wishes = NONE, add: str | None = None, said: list[str] | None = None) -> Answer:
    """Run the command without a terminal."""
    lines = [] if said is None else said
    others = len(list(folder.rglob("*.yaml")))
    made = UUID if not others else uuid.uuid5(uuid.UUID(UUID), str(others))
    nothing: dict[str, Any] = {"read_profiles": lambda: (), "read_region": lambda: None}
    return init(folder, wishes, Talk(None, lines.append, make_id=lambda: made, **nothing), add)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, hidden ones too."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def slug_of(folder: Path) -> str:
    """What an estate is called after its folder."""
    return folder.name.replace("_", "-").strip("-")


def errors(folder: Path) -> list[str]:
    """What `check` refuses."""
    return [str(found) for found in judged(folder).findings if found.severity is Severity.ERROR]


def grant(folder: Path, address: str) -> Grant:
    """One role of an estate."""
    estate = judged(folder).estate
    assert estate is not None
    return next(each for each in estate.grants if each.address == address)


def fitting(vendor: str, wishes: Wishes) -> Wishes:
    """Flags that fit a vendor: what it needs, as far as somebody has to know it."""
    entry = Vendor.model_validate(catalog.entries()[vendor])
    situation = Situation("estate", {vendor: entry})
    wishes = replace(wishes, vendor=vendor, name="acme", account="111111111111", region="eu-central-1", owner="team")
    values: dict[str, Any] = {"workspace_id": "77", "project_id": "78", "external_id": "pending", "trusted": "pending"}
    while need := next((each for each in needs(situation, wishes) if each.name not in wishes.given()), None):
        value = need.choices[0].value if need.choices else values[need.name]
        wishes = replace(wishes, **{need.name: value})
    return wishes


@pytest.mark.parametrize("vendor", sorted(catalog.entries()))
def test_every_vendor_of_the_catalog_gets_an_estate_that_passes_check(vendor: str, tmp_path: Path) -> None:
    answer = make(tmp_path / "e", fitting(vendor, Wishes(workspace="w", project="p")))
    assert answer.exit_code == 0
    found = judged(tmp_path / "e")
    assert errors(tmp_path / "e") == []
    assert found.estate is not None
    assert [each.address for each in found.estate.grants] == ["w/p"]


@pytest.mark.parametrize("vendor", sorted(catalog.entries()))
def test_every_vendor_can_be_added_to_an_estate_that_has_others(vendor: str, tmp_path: Path) -> None:
    make(tmp_path)
    flags = replace(fitting(vendor, Wishes(workspace="w", project="p")), name=None, owner=None)
    make(tmp_path, flags, "workspace")
    again = replace(flags, project="q", project_id=flags.project_id and "79", vendor=None, workspace_id=None)
    make(tmp_path, replace(again, data_center=None, trusted=None), "project")
    assert errors(tmp_path) == []
    assert grant(tmp_path, "w/q").account == "111111111111"


def test_without_flags_an_estate_of_examples_is_made_and_the_examples_are_named(tmp_path: Path) -> None:
    said: list[str] = []
    answer = make(tmp_path / "e", said=said)
    assert answer.text.splitlines()[0] == f"wrote {tmp_path / 'e' / 'estate.yaml'}"
    assert "examples, which you have to replace: account 111111111111, workspace_id 12345, project_id 678" in said
    assert grant(tmp_path / "e", "acme-prod/billing").trust.external_ids == ("workato_iam_external_id_12345_678",)


def test_what_was_assumed_is_told_as_the_flags_that_would_say_it(tmp_path: Path) -> None:
    said: list[str] = []
    wishes = Wishes(account="222222222222", workspace_id="5", project_id="6")
    talk = Talk(None, said.append, read_profiles=lambda: (), read_region=lambda: "us-west-2")
    init(tmp_path / "My Estate", wishes, talk)
    assumed = (
        "--name my-estate --region us-west-2 --owner integration-platform --vendor workato --workspace acme-prod "
        "--data-center us --project billing"
    )
    assert f"assumed, as no flag says otherwise: {assumed}" in said
    assert not any(line.startswith("examples") for line in said)
    found = judged(tmp_path / "My Estate").estate
    assert found is not None
    assert (found.name, found.grants[0].region) == ("my-estate", "us-west-2")
    words = assumed.split()
    flags = {name: words[words.index(flag) + 1] for name, flag in FLAGS.items() if flag in words}
    again: list[str] = []
    make(tmp_path / "again", replace(wishes, **flags), said=again)  # type: ignore[arg-type]
    assert not any(line.startswith("assumed") for line in again)
    texts = [tmp_path / folder / "estate.yaml" for folder in ("My Estate", "again")]
    assert texts[0].read_text() == texts[1].read_text()


def test_a_workspace_that_is_kept_is_not_told_as_assumed(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "estate.yaml").unlink()
    said: list[str] = []
    make(tmp_path, said=said)
    assert not any("--vendor" in line or "workspace_id" in line for line in said)
    assert any("--region eu-central-1" in line for line in said)


@pytest.mark.parametrize("vendor", ["crewai", "harness"])
def test_a_vendor_for_whom_nobody_of_its_own_calls_speaks_of_your_own_role_or_user(tmp_path: Path, vendor: str) -> None:
    said: list[str] = []
    make(tmp_path, fitting(vendor, Wishes(workspace="w", project="p")), said=said)
    text = (tmp_path / "workspaces" / "w.yaml").read_text()
    assert "trusted_principals: pending    # nobody is let in until your own role or user that calls" in text
    assert any(line.startswith("pending: w/p lets nobody in, until the role or user of your own") for line in said)
    assert not any("vendor's own words" in line for line in said)


TAKEN = {
    "the ARN of a secret below it": (
        'arn: "arn:aws:secretsmanager:eu-central-1:111111111111:secret:new/db-AbCdEf"',
        "acme-prod/new/",
    ),
    "both prefixes": ("prefix: new/\n      - prefix: acme-prod/new/", "acme-prod-new/"),
    "what holds the second prefix": ("name: new/x\n      - prefix: acme-prod/", "acme-prod-new/"),
    "three": (
        "prefix: new/\n      - prefix: acme-prod/\n      - prefix: acme-prod-new/",
        "acme-prod-new-2/",
    ),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_new_project_s_secrets_are_beside_those_of_others_however_they_are_granted(tmp_path: Path, name: str) -> None:
    taken, free = TAKEN[name]
    make(tmp_path)
    file = tmp_path / "workspaces" / "acme-prod.yaml"
    file.write_text(re.sub(r'- prefix: "billing/".*', f"- {taken}", file.read_text()))
    assert errors(tmp_path) == []
    make(tmp_path, Wishes(workspace="acme-prod", project="new", project_id="81"), "project")
    assert errors(tmp_path) == []
    assert [secret.value for secret in grant(tmp_path, "acme-prod/new").permissions.secrets] == [free]


def test_another_role_with_the_same_external_id_is_told(tmp_path: Path) -> None:
    make(tmp_path, Wishes(vendor="unified"))
    said: list[str] = []
    make(tmp_path, Wishes(workspace="acme-prod", project="q"), "project", said)
    line = "workspace acme-prod gets another role with the external ID that it has: right if Unified.to can be given"
    assert any(each.startswith(line) for each in said)
    make(tmp_path / "other")
    quiet: list[str] = []
    make(tmp_path / "other", Wishes(workspace="acme-prod", project="q", project_id="81"), "project", quiet)
    assert not any("another role" in each for each in quiet)


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        (Wishes(workspace="mine"), "--workspace-id is missing"),
        (Wishes(workspace_id="77"), "--project-id is missing"),
        (Wishes(vendor="fivetran"), "--external-id is missing: the external ID"),
        (Wishes(vendor="infisical", external_id="org-7"), "--data-center is missing"),
    ],
)
def test_what_nobody_can_know_is_not_made_up(tmp_path: Path, wishes: Wishes, said: str) -> None:
    with pytest.raises(CommandError, match=said) as refused:
        make(tmp_path / "e", wishes)
    assert refused.value.exit_code == 2
    assert not (tmp_path / "e").exists()


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        (Wishes(vendor="workatoo"), "vendor 'workatoo' is not in the catalog"),
        (Wishes(vendor="workato", external_id="abc-def"), "makes its external IDs by a rule"),
        (Wishes(vendor="unified", data_center="us"), "has no data centres"),
        (Wishes(vendor="workato", data_center="mars"), "--data-center is not known: got 'mars'; allowed: us"),
        (Wishes(workspace_id="abc", project_id="1"), "--workspace-id is not as this vendor's: got 'abc'"),
        (Wishes(vendor="sumologic", external_id="us2"), "--external-id is not as this vendor's: got 'us2'"),
        (Wishes(vendor="sumologic", external_id="111111111111"), "the wrong way round"),
        (Wishes(account="12"), "--account is not an AWS account id: got '12'; allowed: 12 digits"),
        (Wishes(region="Mars"), "--region is not an AWS region: got 'Mars'"),
        (Wishes(project="workspace"), "--project: got 'workspace'; allowed: a slug other than"),
        (Wishes(trusted="*"), "--trusted-account is open to everybody"),
        (Wishes(vendor="unified", external_id="acme@*"), "--external-id is no external ID: got 'acme@*'"),
        (Wishes(vendor="fivetran", external_id="acme@*"), "--external-id is no external ID: got 'acme@*'"),
        (
            replace(LIFT, external_id="*"),
            "external ID is a pattern that means too much: got '*'",
        ),
        (
            replace(LIFT, external_id="acme*"),
            "external ID is a pattern that means too much",
        ),
        (
            replace(LIFT, external_id="acme@*?"),
            "external ID is a pattern that means too much",
        ),
    ],
)
def test_a_wrong_flag_is_refused_with_what_is_allowed(tmp_path: Path, wishes: Wishes, said: str) -> None:
    with pytest.raises(CommandError) as refused:
        make(tmp_path / "e", wishes)
    assert said in str(refused.value)
    assert refused.value.exit_code == 2
    assert not (tmp_path / "e").exists()


def test_an_owner_is_whatever_a_tag_may_hold_and_the_tip_fits_an_estate_that_is_not_there(tmp_path: Path) -> None:
    make(tmp_path / "e", Wishes(owner="Data Platform @EU"))
    assert dict(grant(tmp_path / "e", "acme-prod/billing").tags)["owner"] == "Data Platform @EU"
    with pytest.raises(CommandError, match="RC107") as refused:
        make(tmp_path / "new", Wishes(vendor="unified", external_id="12345678"))
    assert "there is no estate yet" in refused.value.tip


def test_another_data_centre_takes_the_account_that_the_vendor_shows(tmp_path: Path) -> None:
    make(tmp_path, replace(WORKSPACE, data_center="eu", trusted="222222222222"))
    assert grant(tmp_path, "w/p").trust.principals == ("arn:aws:iam::222222222222:root",)
    make(
        tmp_path,
        replace(WORKSPACE, workspace="v", vendor="workato", project="q", project_id="79", trusted="pending"),
        "workspace",
    )
    assert grant(tmp_path, "v/q").trust.pending
    assert (grant(tmp_path, "w/p").data_center, grant(tmp_path, "v/q").data_center) == ("eu", None)


def test_a_vendor_has_to_be_named_again_in_another_partition(tmp_path: Path) -> None:
    make(tmp_path, replace(WORKSPACE, region="cn-north-1"))
    assert grant(tmp_path, "w/p").trust.pending
    assert errors(tmp_path) == []


@pytest.mark.parametrize("name", sorted(Wishes().__dataclass_fields__.keys() - {"own_file"}))
def test_a_hostile_value_is_refused_or_means_itself(tmp_path: Path, name: str) -> None:
    for number, value in enumerate(HOSTILE):
        folder = tmp_path / str(number)
        wishes = replace(replace(WORKSPACE, vendor="unified"), **{name: value})
        try:
            make(folder, wishes)
        except CommandError:
            assert not folder.exists(), value
            continue
        assert errors(folder) == []
        written = [yaml.safe_load(path.read_text("utf-8")) for path in folder.rglob("*.yaml")]
        assert value in str(written), "accepted and not written as it is"


def test_twice_changes_nothing_and_says_what_is_kept(tmp_path: Path) -> None:
    make(tmp_path, Wishes(vendor="unified"))
    before = contents(tmp_path)
    same = Wishes(
        vendor="unified",
        name=slug_of(tmp_path),
        account="111111111111",
        owner="integration-platform",
        project="billing",
    )
    for wishes in (Wishes(vendor="unified"), NONE, same):
        answer = make(tmp_path, wishes)
        assert answer.exit_code == 0
        assert {line.split()[0] for line in answer.text.splitlines()} == {"kept"}
        assert contents(tmp_path) == before


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        (Wishes(name="other"), "the estate is there already, at estate.yaml:4:1, with another name"),
        (Wishes(owner="other"), "at estate.yaml:10:10, with another owner"),
        (Wishes(account="222222222222"), "at estate.yaml:6:3, with another account"),
        (Wishes(region="eu-west-1"), "at estate.yaml:7:3, with another region"),
        (Wishes(vendor="unified"), "at workspaces/acme-prod.yaml:3:1, with another vendor"),
        (Wishes(workspace_id="9"), "at workspaces/acme-prod.yaml:4:1, with another workspace_id"),
        (Wishes(data_center="eu"), "at workspaces/acme-prod.yaml:5:1, with another data_center"),
        (Wishes(trusted="222222222222"), "with another trusted account"),
        (Wishes(trusted="pending"), "with another trusted account"),
        (Wishes(external_id="abc-def-ghi"), "with another external_id"),
        (Wishes(project="hr"), "at workspaces/acme-prod.yaml:2:1, without a project hr"),
        (Wishes(project_id="9"), "with another project_id"),
    ],
)
def test_flags_that_say_something_else_than_the_estate_are_refused_with_the_place(
    tmp_path: Path, wishes: Wishes, said: str
) -> None:
    make(tmp_path)
    before = contents(tmp_path)
    with pytest.raises(CommandError) as refused:
        make(tmp_path, wishes)
    assert said in str(refused.value)
    assert refused.value.exit_code == 1
    assert contents(tmp_path) == before


def test_flags_that_say_what_the_catalog_says_are_kept(tmp_path: Path) -> None:
    make(tmp_path)
    for trusted in ("353360065216", "arn:aws:iam::353360065216:root"):
        assert make(tmp_path, Wishes(trusted=trusted, workspace_id="12345", project_id="678")).exit_code == 0


def test_an_estate_without_workspaces_gets_its_first_with_a_vendor_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "estate.yaml").write_text(OWN_VENDORS)
    said: list[str] = []
    make(tmp_path, said=said)
    assert said == [f"next: rolecall init {tmp_path} --add workspace"]
    assert not (tmp_path / "workspaces").exists()
    with pytest.raises(CommandError, match="with another name"):
        make(tmp_path, Wishes(name="other", vendor="first", workspace="w", project="p"))
    wishes = Wishes(name="acme", account="111111111111", vendor="first", workspace="w", project="p")
    assert f"wrote {tmp_path / 'workspaces' / 'w.yaml'}" in make(tmp_path, wishes).text
    assert grant(tmp_path, "w/p").trust.pending
    assert (tmp_path / "estate.yaml").read_text() == OWN_VENDORS


def test_a_workspace_is_known_by_its_slug_and_not_by_its_file(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "workspaces" / "acme-prod.yaml").rename(tmp_path / "workspaces" / "x.yaml")
    assert f"kept {tmp_path / 'workspaces' / 'x.yaml'}" in make(tmp_path, Wishes(workspace="acme-prod")).text
    with pytest.raises(CommandError, match="has no workspace 'x'"):
        make(tmp_path, Wishes(workspace="x"))


@pytest.mark.parametrize("there", ["package.json", "package-lock.json"])
def test_npms_files_of_somebody_else_get_none_of_ours_beside_them(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text('{"name": "mine"}')
    said: list[str] = []
    make(tmp_path, said=said)
    assert [name for name in ("package.json", "package-lock.json", ".npmrc") if (tmp_path / name).exists()] == [there]
    assert any(f"as {there} in {tmp_path} is somebody else's" in line for line in said)


def test_one_of_our_own_files_for_npm_gets_the_other(tmp_path: Path) -> None:
    make(tmp_path)
    before = contents(tmp_path)
    (tmp_path / "package-lock.json").unlink()
    (tmp_path / ".npmrc").unlink()
    make(tmp_path)
    assert contents(tmp_path) == before


def test_a_person_s_edit_is_kept_and_what_is_missing_is_written(tmp_path: Path) -> None:
    make(tmp_path)
    for name in ("estate.yaml", "cdk.json", "workspaces/acme-prod.yaml", ".schema/estate.json"):
        with (tmp_path / name).open("a") as file:
            file.write("\n\n" if name.endswith("json") else "\n# mine\n")
    before = contents(tmp_path)
    (tmp_path / ".gitignore").unlink()
    (tmp_path / ".schema" / "project.json").unlink()
    answer = make(tmp_path)
    assert contents(tmp_path) == before
    wrote = [line for line in answer.text.splitlines() if line.startswith("wrote")]
    assert wrote == [f"wrote {tmp_path / '.gitignore'}", f"wrote {tmp_path / '.schema' / 'project.json'}"]


def test_files_that_were_there_before_the_estate_are_kept(tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text("mine")
    (tmp_path / ".gitignore").symlink_to("nowhere")
    said: list[str] = []
    answer = make(tmp_path, said=said)
    assert any("cdk.json was there and starts another app than app.py" in line for line in said)
    assert any(".gitignore was there: add .rolecall/ and node_modules/ and cdk.out/ to it" in line for line in said)
    assert (tmp_path / "cdk.json").read_text() == "mine"
    assert (tmp_path / ".gitignore").is_symlink()
    assert f"kept {tmp_path / 'cdk.json'}" in answer.text
    assert errors(tmp_path) == []


@pytest.mark.parametrize("app", ["python3 my_app.py", "python3 src/app.py", "node mine.js", None])
def test_a_kept_cdk_json_that_starts_another_app_is_told(tmp_path: Path, app: str | None) -> None:
    (tmp_path / "cdk.json").write_text(json.dumps({"app": app}))
    said: list[str] = []
    make(tmp_path, said=said)
    assert any("cdk.json was there and starts another app than app.py" in line for line in said)


def test_a_kept_app_of_somebody_else_is_told(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import aws_cdk\n\naws_cdk.App().synth()\n")
    said: list[str] = []
    make(tmp_path, said=said)
    assert any("app.py was there and is another app: plain cdk does not build the estate" in line for line in said)


def test_nothing_is_said_of_our_own_files_and_of_edits_that_change_nothing_for_the_estate(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "cdk.json").write_text('{"app": "python app.py", "context": {"a": 1}}')
    (tmp_path / ".gitignore").write_text("/.rolecall\n/node_modules/\ncdk.out\n")
    said: list[str] = []
    make(tmp_path, said=said)
    assert not any("was there" in line for line in said)


def test_drafts_of_a_killed_run_are_taken_away_and_ignored_by_git(tmp_path: Path) -> None:
    names = (f".estate.yaml.rolecall-{OLD}", f"workspaces/.acme-prod.yaml.rolecall-{OLD}")
    # What somebody else has called a copy of his, a date among it.
    dated = (".estate.yaml.20261120", ".estate.yaml.0123abcd", ".cdk.json.rolecall-20261120")
    others = (*dated, f".estate.yaml.rolecall-{OLD}0", f".mine.yaml.rolecall-{OLD}")
    make(tmp_path)
    (tmp_path / "estate.yaml").unlink()  # the others were whole when the run was killed
    for name in (*names, *others, f".cdk.json.rolecall-{OLD}"):
        (tmp_path / name).write_text("external_id: whole\n")
        os.utime(tmp_path / name, (1, 1))
    young = tmp_path / f".cdk.json.rolecall-{OLD[::-1]}"
    young.write_text("somebody else is at work")
    said: list[str] = []
    make(tmp_path, said=said)
    removed = {str(tmp_path / name) for name in (*names, f".cdk.json.rolecall-{OLD}")}
    assert {line.split()[1].rstrip(",") for line in said if line.startswith("removed ")} == removed
    assert [name for name in names if (tmp_path / name).exists()] == []
    assert [name for name in others if not (tmp_path / name).exists()] == []
    assert young.exists()
    assert not (tmp_path / f".cdk.json.rolecall-{OLD}").exists()
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)  # noqa: S607 -- the git of whoever tests
    for name in (*names, "sheets/w-p.md"):
        asked = ["git", "-C", str(tmp_path), "check-ignore", "-q", name]
        assert subprocess.run(asked, check=False).returncode == 0, name
    for name in ("workspaces/acme-prod.yaml", ".estate.yaml.20261120"):
        asked = ["git", "-C", str(tmp_path), "check-ignore", "-q", name]
        assert subprocess.run(asked, check=False).returncode == 1, name


def test_a_draft_is_called_so_that_the_next_run_knows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(new_files.os, "link", killed)
    monkeypatch.setattr(new_files._Run, "undo", lambda run: None)
    with pytest.raises(SystemExit):
        make(tmp_path)
    monkeypatch.undo()
    drafts = contents(tmp_path)
    assert ".estate.yaml.rolecall-" in " ".join(drafts)
    for name in drafts:
        os.utime(tmp_path / name, (1, 1))
    make(tmp_path)
    assert set(contents(tmp_path)) & set(drafts) == set()


def test_another_workspace_is_no_new_estate(tmp_path: Path) -> None:
    make(tmp_path)
    before = contents(tmp_path)
    with pytest.raises(CommandError, match="is an estate already") as refused:
        make(tmp_path, WORKSPACE)
    assert refused.value.exit_code == 1
    assert "--add workspace --workspace w" in refused.value.tip
    assert contents(tmp_path) == before


def test_an_id_of_one_s_own_that_has_a_form_is_asked_for_and_not_made(tmp_path: Path) -> None:
    (tmp_path / "estate.yaml").write_text(OWN_VENDORS)
    wishes = Wishes(vendor="formed", workspace="w", project="p")
    with pytest.raises(CommandError, match="--external-id is missing"):
        make(tmp_path, wishes, "workspace")
    make(tmp_path, replace(wishes, external_id="lweid:k7Zq2w9X:1"), "workspace")
    assert grant(tmp_path, "w/p").trust.external_ids == ("lweid:k7Zq2w9X:1",)


def test_an_id_of_one_s_own_is_masked_where_logs_may_keep_it(tmp_path: Path) -> None:
    said: list[str] = []
    make(tmp_path, Wishes(vendor="unified"), said=said)
    assert "external ID, made for this vendor: 3d3b…, in workspaces/acme-prod.yaml" in said
    assert not any(UUID in line for line in said)
    assert grant(tmp_path, "acme-prod/billing").trust.external_ids == (UUID,)


def test_a_vendor_that_wants_the_role_first_begins_as_pending(tmp_path: Path) -> None:
    (tmp_path / "estate.yaml").write_text(OWN_VENDORS)
    make(tmp_path, Wishes(vendor="first", workspace="w", project="p"), "workspace")
    assert grant(tmp_path, "w/p").trust.pending
    assert errors(tmp_path) == []


@pytest.mark.parametrize(
    ("vendor", "known", "first"),
    [
        ("first", {}, "deploy it, give the vendor the role's ARN"),
        ("workato", {"data_center": "eu", "trusted": "pending"}, "write what its screen shows, then deploy it;"),
        ("drata", {"external_id": "pending"}, "write what its screen shows, then deploy it;"),
        ("unified", {"external_id": "pending"}, "until an external ID of your own stands in workspaces/w.yaml; then"),
    ],
)
def test_what_is_to_be_done_about_a_pending_role_is_what_its_sheet_says(
    tmp_path: Path, vendor: str, known: dict[str, str], first: str
) -> None:
    """In the sheet of a vendor where the ID comes first, the vendor is waited for before anything is deployed."""
    (tmp_path / "estate.yaml").write_text(OWN_VENDORS)
    said: list[str] = []
    flags = Wishes(vendor=vendor, workspace="w", project="p", **known)  # type: ignore[arg-type]
    ids = {"workspace_id": "77", "project_id": "78"} if vendor == "workato" else {}
    make(tmp_path, replace(flags, **ids), "workspace", said)
    assert grant(tmp_path, "w/p").trust.pending
    assert first in " ".join(said)
    assert ("deploy again" in " ".join(said)) == (vendor == "first")
    (told,) = [found.message for found in judged(tmp_path).findings if found.rule == "RC133"]
    assert told.endswith("in the place of `pending`, then deploy"), "for most it is the first time"
    file = tmp_path / "workspaces" / "w.yaml"
    if "secrets:" not in file.read_text():
        file.write_text(file.read_text() + "    secrets: [{prefix: p/}]\n")
    handoff(tmp_path, ("w/p",), tmp_path / "sheets", HandOffWish(asks_aws=False), said.append)
    sheet = (tmp_path / "sheets" / "w" / "p.md").read_text()
    assert ("as pending" in sheet) == (vendor == "first")


@pytest.mark.parametrize("add", [None, "workspace", "project"])
def test_a_role_that_lets_nobody_in_yet_is_told_with_what_to_do(tmp_path: Path, add: str | None) -> None:
    flags = fitting("fivetran", Wishes(workspace="w", project="p"))
    if add:
        make(tmp_path)
        flags = replace(flags, name=None, owner=None)
    if add == "project":
        make(tmp_path, replace(flags, external_id="k7-Zq2-w9Xr4T"), "workspace")
        flags = Wishes(workspace="w", project="q", external_id="pending")
    said: list[str] = []
    make(tmp_path, flags, add, said)
    assert f"pending: w/{flags.project} lets nobody in, until the vendor's own words stand in workspaces/w.yaml" in said
    assert "rolecall handoff" in said[-2]
    assert said[-1].startswith("next: rolecall check")


@pytest.mark.parametrize(
    ("vendor", "granted"),
    [
        ("one", [("name", "p/credentials")]),
        ("several", [("prefix", "p/")]),
        ("writer", [("prefix", "p/")]),
        ("other", []),
        ("first", []),
    ],
)
def test_a_starter_grants_what_the_vendor_s_profile_says(
    tmp_path: Path, vendor: str, granted: list[tuple[str, str]]
) -> None:
    (tmp_path / "estate.yaml").write_text(OWN_VENDORS)
    make(tmp_path, Wishes(vendor=vendor, workspace="w", project="p", external_id="k7-Zq2-w9Xr4T"), "workspace")
    assert errors(tmp_path) == []
    role = grant(tmp_path, "w/p")
    assert [(secret.kind, secret.value) for secret in role.permissions.secrets] == granted
    assert role.permissions.access.value == ("read-write" if vendor == "writer" else "read")
    text = (tmp_path / "workspaces" / "w.yaml").read_text()
    assert ("# statements:" in text) == (vendor in ("other", "first"))


def test_a_vendor_that_makes_an_id_for_each_call_takes_a_pattern_of_its_form(tmp_path: Path) -> None:
    (tmp_path / "estate.yaml").write_text(OWN_VENDORS)
    wishes = Wishes(vendor="spacelift", data_center="spacelift-io", workspace="w", project="p", external_id="acme@*")
    make(tmp_path, wishes, "workspace")
    assert errors(tmp_path) == []
    (pattern,) = grant(tmp_path, "w/p").trust.external_ids
    assert (str(pattern), pattern) != ("acme@*", "acme@*"), "a pattern, and not an ID that holds a star"
    file = tmp_path / "workspaces" / "w.yaml"
    assert (
        '    external_id: "acme@*"    # every ID of the vendor\'s that fits; one whole ID is better\n'
        in file.read_text()
    )
    added = Wishes(workspace="w", project="q", external_id="other@01HQ@prod@read")
    make(tmp_path, added, "project")
    assert grant(tmp_path, "w/q").trust.external_ids == ("other@01HQ@prod@read",)
    before = contents(tmp_path)
    same = Wishes(workspace="w", project="p", external_id="acme@*")
    assert make(tmp_path, same, "project").text == f"kept {file}"
    with pytest.raises(CommandError, match="with another external_id"):
        make(tmp_path, replace(same, external_id="acme@01*"), "project")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("key", ["services", "statements"])
def test_what_a_comment_proposes_passes_check_once_it_is_no_comment(tmp_path: Path, key: str) -> None:
    (tmp_path / "estate.yaml").write_text(OWN_VENDORS)
    make(tmp_path, Wishes(vendor="other", workspace="w", project="p", external_id="k7-Zq2-w9Xr4T"), "workspace")
    file = tmp_path / "workspaces" / "w.yaml"
    lines, in_example = [], False
    for line in file.read_text().splitlines(keepends=True):
        rest = line.lstrip()
        in_example = rest.startswith((f"# {key}:", "#   ")) and (in_example or rest.startswith(f"# {key}:"))
        lines.append(line.replace("# ", "", 1) if in_example else line)
    file.write_text("".join(lines))
    of_file = [found for found in judged(tmp_path).findings if found.location.file == "workspaces/w.yaml"]
    assert [found.rule for found in of_file] == ["RC133"], "nobody is let in yet, and that is all"
    permissions = grant(tmp_path, "w/p").permissions
    assert len(getattr(permissions, key)) == 1


OWN_VENDORS = """\
schema: 1
estate: acme
defaults: {account: "111111111111", region: eu-central-1, role_path: /vendors/}
vendors:
  first:
    {name: First, principals: ["222222222222"], external_id: {origin: vendor, per: project}, handshake: role-first}
  one:
    name: One
    principals: ["222222222222"]
    external_id: {origin: vendor, per: project}
    permission_profile: read-one-secret
  several:
    {name: S, principals: ["222222222222"], external_id: {origin: vendor, per: project}, permission_profile: read}
  writer:
    name: Writer
    principals: ["222222222222"]
    external_id: {origin: vendor, per: workspace}
    permission_profile: read-write-prefix
    role_path: /
  formed:
    name: Formed
    principals: ["222222222222"]
    external_id: {origin: customer, per: project, pattern: "lweid:[0-9A-Za-z]+:[0-9]+"}
  other:
    {name: O, principals: pending, external_id: {origin: vendor, per: project}, permission_profile: no-secrets}
"""

COMMENTED = """\
# who owns this: team-a
workspace:   acme-dev   # as at the vendor
vendor: 'workato'
workspace_id: "77"
data_center: us

projects:   # one role each

  - project: crm     # do not rename
    project_id:   '80'
    secrets:
      - {prefix: "crm/"}
      # - prefix: old-crm/

  # - project: later

tags: {team: a}
# the end
"""


@pytest.mark.parametrize("encode", [str, lambda text: text.replace("\n", "\r\n"), lambda text: f"\ufeff{text}"])
def test_a_project_goes_into_a_file_of_comments_and_nothing_else_changes(
    tmp_path: Path, encode: Callable[[str], str]
) -> None:
    make(tmp_path)
    file = tmp_path / "workspaces" / "acme-dev.yaml"
    file.write_bytes(encode(COMMENTED).encode())
    answer = make(tmp_path, Wishes(workspace="acme-dev", project="hr", project_id="81"), "project")
    assert answer.text == f"wrote {file}"
    new = (
        '  - project: "hr"\n    project_id: "81"       # the vendor\'s own id of this project\n    secrets:\n'
        '      - prefix: "hr/"     # every secret below it; `name:` for exactly one\n'
    )
    wanted = COMMENTED.replace("  # - project: later\n", f"  # - project: later\n{new}")
    assert file.read_bytes().decode() == encode(wanted)
    assert errors(tmp_path) == []
    assert grant(tmp_path, "acme-dev/hr").trust.external_ids == ("workato_iam_external_id_77_81",)


def test_adding_twice_changes_nothing_even_after_an_edit(tmp_path: Path) -> None:
    make(tmp_path)
    make(tmp_path, Wishes(vendor="unified", workspace="u", project="p"), "workspace")
    hr = Wishes(workspace="acme-prod", project="hr", project_id="81")
    make(tmp_path, hr, "project")
    file = tmp_path / "workspaces" / "acme-prod.yaml"
    file.write_text(file.read_text().replace("hr/", "hr-2/"))
    before = contents(tmp_path)
    for wishes, add in ((hr, "project"), (Wishes(vendor="unified", workspace="u", project="p"), "workspace")):
        answer = make(tmp_path, wishes, add)
        assert answer.exit_code == 0
        assert answer.text.startswith("kept ")
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    ("wishes", "add", "said"),
    [
        (
            Wishes(workspace="acme-prod", project="billing", project_id="999"),
            "project",
            "project billing is there already, at workspaces/acme-prod.yaml:9:5, with another project_id",
        ),
        (
            Wishes(workspace="acme-prod", vendor="unified", project="p"),
            "workspace",
            "workspace acme-prod is there already, at workspaces/acme-prod.yaml:3:1, with another vendor",
        ),
    ],
)
def test_what_is_there_with_another_meaning_is_left_alone_and_named(
    tmp_path: Path, wishes: Wishes, add: str, said: str
) -> None:
    make(tmp_path)
    before = contents(tmp_path)
    with pytest.raises(CommandError) as refused:
        make(tmp_path, wishes, add)
    assert said in str(refused.value)
    assert refused.value.exit_code == 1
    assert contents(tmp_path) == before


@pytest.mark.parametrize("vendor", sorted(catalog.entries()))
def test_a_workspace_twice_with_the_same_flags_is_kept_and_another_account_is_refused(
    tmp_path: Path, vendor: str
) -> None:
    make(tmp_path)
    flags = replace(fitting(vendor, Wishes(workspace="w", project="p")), name=None, owner=None)
    make(tmp_path, flags, "workspace")
    assert make(tmp_path, flags, "workspace").text == f"kept {tmp_path / 'workspaces' / 'w.yaml'}"
    with pytest.raises(CommandError, match="with another trusted account"):
        make(tmp_path, replace(flags, trusted="999999999999"), "workspace")


def test_projects_that_have_files_of_their_own_get_another_file(tmp_path: Path) -> None:
    make(tmp_path)
    file = tmp_path / "workspaces" / "acme-prod.yaml"
    text = file.read_text()
    file.write_text(text[: text.index("projects:")])
    (tmp_path / "workspaces" / "acme-prod").mkdir()
    (tmp_path / "workspaces" / "acme-prod" / "crm.yaml").write_text('project_id: "80"\nsecrets: [{prefix: crm/}]\n')
    make(tmp_path, Wishes(workspace="acme-prod", project="hr", project_id="81"), "project")
    own = tmp_path / "workspaces" / "acme-prod" / "hr.yaml"
    assert own.read_text().startswith("# yaml-language-server: $schema=../../.schema/project.json\nproject_id: ")
    assert errors(tmp_path) == []
    assert grant(tmp_path, "acme-prod/hr").trust.external_ids == ("workato_iam_external_id_12345_81",)


def test_a_project_gets_a_file_of_its_own_on_demand(tmp_path: Path) -> None:
    make(tmp_path)
    before = contents(tmp_path)
    make(tmp_path, Wishes(workspace="acme-prod", project="hr", project_id="81", own_file=True), "project")
    after = contents(tmp_path)
    assert set(after) - set(before) == {"workspaces/acme-prod/hr.yaml"}
    assert errors(tmp_path) == []


def test_a_project_that_check_would_refuse_is_not_written(tmp_path: Path) -> None:
    make(tmp_path)
    before = contents(tmp_path)
    # The same ids at the vendor mean the same external ID, which would open two roles.
    with pytest.raises(CommandError) as refused:
        make(tmp_path, Wishes(workspace="acme-prod", project="hr", project_id="678"), "project")
    assert refused.value.exit_code == 1
    assert "workspaces/acme-prod.yaml:" in str(refused.value)
    assert "RC108" in str(refused.value)
    assert contents(tmp_path) == before


def test_errors_that_are_there_already_do_not_stop_an_addition(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "workspaces" / "bad.yaml").write_text("workspace: bad\nvendor: nobody\n")
    assert len(errors(tmp_path)) == 1
    make(tmp_path, Wishes(workspace="acme-prod", project="hr", project_id="81"), "project")
    assert len(errors(tmp_path)) == 1


def test_a_prefix_that_another_project_has_is_not_granted_twice(tmp_path: Path) -> None:
    make(tmp_path)
    wishes = Wishes(vendor="workato", workspace="dev", workspace_id="77", project="billing", project_id="78")
    make(tmp_path, wishes, "workspace")
    assert errors(tmp_path) == []
    assert [secret.value for secret in grant(tmp_path, "dev/billing").permissions.secrets] == ["dev/billing/"]


def test_an_unusual_layout_is_left_to_its_owner_with_the_lines_to_write(tmp_path: Path) -> None:
    make(tmp_path)
    file = tmp_path / "workspaces" / "acme-prod.yaml"
    file.write_text(file.read_text().split("projects:")[0] + "projects: [ # none\n]\n")
    before = contents(tmp_path)
    with pytest.raises(CommandError, match="unusual way") as refused:
        make(tmp_path, Wishes(workspace="acme-prod", project="hr", project_id="81"), "project")
    assert '  - project: "hr"\n    project_id: "81"' in refused.value.tip
    assert contents(tmp_path) == before


@pytest.mark.parametrize("add", KINDS)
def test_nothing_is_added_to_what_is_no_estate_or_cannot_be_read(tmp_path: Path, add: str) -> None:
    (tmp_path / "estate.yaml").write_text("schema: [\n")
    with pytest.raises(CommandError, match=r"estate.yaml:1:10: RC001|estate.yaml:2:1: RC001") as refused:
        make(tmp_path, NONE if add == "pipeline" else WORKSPACE, add)
    assert refused.value.exit_code == 2


def test_a_workspace_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "workspaces" / "w.yaml").write_text("workspace: [\n")
    for add in ("workspace", "project"):
        with pytest.raises(CommandError, match=r"workspaces/w.yaml:.* RC001"):
            make(tmp_path, replace(WORKSPACE, vendor="workato" if add == "workspace" else None), add)


@pytest.mark.parametrize("broken", ["link", "fsync"])
def test_a_disk_that_is_full_in_the_middle_leaves_nothing(
    tmp_path: Path, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    working, calls = getattr(os, broken), []

    def full(*arguments: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 4:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "x")
        return working(*arguments)

    (tmp_path / "mine").write_text("mine")
    monkeypatch.setattr(new_files.os, broken, full)
    if broken == "link":  # what is tried next where a file system has no links
        monkeypatch.setattr(Path, "rename", _no_space)
    with pytest.raises(CommandError, match="No space left on device") as refused:
        make(tmp_path / "new" / "e")
    assert refused.value.exit_code == 3
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def _no_space(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "x")


def test_an_interrupt_in_the_middle_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(new_files.os, "link", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make(tmp_path / "e")
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_without_links_gets_the_files_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(new_files.os, "link", refused)
    make(tmp_path)
    assert errors(tmp_path) == []
    assert not [name for name in contents(tmp_path) if name.count(".") > 2]


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    working = os.link

    def raced(draft: Path, path: Path) -> None:
        if path.name == "cdk.json":
            path.write_text("theirs")
        working(draft, path)

    monkeypatch.setattr(new_files.os, "link", raced)
    with pytest.raises(CommandError, match="File exists"):
        make(tmp_path)
    assert contents(tmp_path) == {"cdk.json": b"theirs"}


@pytest.mark.parametrize("name", ["workspaces", ".schema"])
def test_a_folder_that_leads_elsewhere_is_not_written_into(tmp_path: Path, name: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CommandError, match="leads elsewhere, out of "):
        make(tmp_path / "e")
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert [path.name for path in (tmp_path / "e").iterdir()] == [name]


@pytest.mark.parametrize("name", ["cdk.json", "workspaces/acme-prod.yaml"])
def test_a_folder_in_a_file_s_place_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir(parents=True)
    with pytest.raises(CommandError, match="is a folder, and a file belongs there"):
        make(tmp_path)
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("name", ["a b", "a\x1b[31mb", "é", "-x", "a'b"])
def test_what_is_said_of_an_odd_folder_can_be_shown_and_typed_again(tmp_path: Path, name: str) -> None:
    said: list[str] = []
    answer = make(tmp_path / name, said=said)
    assert all(line.isprintable() for line in [*said, *answer.text.splitlines()])
    assert errors(tmp_path / name) == []


@pytest.mark.parametrize("inside", ["e", "e/f"])
def test_a_file_where_the_estate_belongs_is_a_sentence(tmp_path: Path, inside: str) -> None:
    (tmp_path / "e").write_text("mine")
    with pytest.raises(CommandError, match="cannot be written: ") as refused:
        make(tmp_path / inside)
    assert str(refused.value).startswith(str(tmp_path / "e"))
    assert "is no folder" in refused.value.tip
    assert contents(tmp_path) == {"e": b"mine"}


def test_a_link_in_the_estate_s_place_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "estate.yaml").symlink_to("nowhere.yaml")
    with pytest.raises(CommandError, match=r"estate\.yaml is a link that leads nowhere") as refused:
        make(tmp_path)
    assert refused.value.exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["estate.yaml"]


@pytest.mark.parametrize("file", ["acme-prod.yaml", "x.yaml"])
def test_flags_that_say_something_else_than_a_workspace_without_an_estate_are_refused(
    tmp_path: Path, file: str
) -> None:
    make(tmp_path, Wishes(vendor="unified"))
    (tmp_path / "workspaces" / "acme-prod.yaml").rename(tmp_path / "workspaces" / file)
    (tmp_path / "estate.yaml").unlink()
    before = contents(tmp_path)
    for wishes in (
        Wishes(vendor="workato", workspace="acme-prod", workspace_id="77", project="p", project_id="78"),
        Wishes(vendor="unified", workspace="acme-prod", project="other"),
        Wishes(vendor="unified", external_id="abc-def-ghi"),
    ):
        with pytest.raises(CommandError, match=f"workspace acme-prod is there already, at workspaces/{file}:") as no:
            make(tmp_path, wishes)
        assert no.value.exit_code == 1
        assert contents(tmp_path) == before
    if file == "acme-prod.yaml":
        assert f"kept {tmp_path / 'workspaces' / file}" in make(tmp_path, Wishes(vendor="unified")).text


def test_a_full_disk_is_told_with_the_file_that_was_to_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(new_files.os, "fsync", full)
    with pytest.raises(CommandError) as refused:
        make(tmp_path / "e")
    assert str(refused.value) == f"{tmp_path / 'e' / 'estate.yaml'} cannot be written: {os.strerror(errno.ENOSPC)}"


def test_aws_stays_aws_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "estate.yaml").write_text("schema: 1\nestate: acme\n")
    with pytest.raises(CommandError, match="--account is missing: AWS account of the roles"):
        make(tmp_path, WORKSPACE_OF_WORKATO, "workspace")


def test_a_folder_that_may_not_be_written_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    working = Path.open

    def refused(path: Path, *arguments: Any, **more: Any) -> Any:
        if path.is_relative_to(tmp_path):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return working(path, *arguments, **more)

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(CommandError, match="cannot be written: Permission denied") as ended:
        make(tmp_path / "e")
    assert ended.value.exit_code == 1
    assert list(tmp_path.iterdir()) == []
