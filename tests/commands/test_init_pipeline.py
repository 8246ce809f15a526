"""`rolecall init --add pipeline`: an estate's repository gets its workflows, and estate.yaml whom they deploy for."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from rolecall.answer import Answer, CommandError
from rolecall.commands.init import Talk, Wishes, init
from rolecall.commands.init.repository import remotes, repository_in, repository_of
from rolecall.estate import judged, sound
from rolecall.starters import BadStarterError
from tests.commands.test_init import HOSTILE, contents, errors

DOORS = Wishes(repository="acme/doors", repository_id="456789", owner_id="123456")
NUMBERS = replace(DOORS, repository=None)
WORKFLOWS = [f".github/workflows/rolecall-{name}.yml" for name in ("pull-request", "deploy", "nightly")]
REQUIREMENTS = ["requirements.txt", "requirements-local.txt"]
CDK_FILES = ["app.py", "package.json", "package-lock.json", ".npmrc"]

ESTATE = """\
# who owns this: team-a
schema:   1      # the files' shape
estate: 'acme'
defaults: &all
  account: "111111111111"
  region: eu-central-1
  role_path: /vendors/


waivers: []   # none yet

# the end
"""
WORKSPACE = """\
workspace: w
vendor: workato
workspace_id: "77"
data_center: us
projects: [{project: p, project_id: "78", secrets: [{prefix: p/}]}]
"""
ORIGIN = "refs/remotes/origin/HEAD"
BLOCK = """\
pipeline:
  github:                       # whom the deploy role trusts: one environment of one repository
    repository: "acme/doors"
    repository_id: "456789"
    owner_id: "123456"
    environment: "production"
    branch: "trunk"
    subject: immutable          # classic: not made, renamed or transferred after 2026-07-15, and not opted in
  region: "eu-central-1"          # of its stacks, in every account; to change it later takes more than this line
  create_provider: false        # true where the account has no identity provider for GitHub yet
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository on its branch trunk, with an estate two folders down that has no file for cdk."""
    root = tmp_path / "repository"
    estate = root / "infra" / "doors"
    (estate / "workspaces").mkdir(parents=True)
    (estate / "estate.yaml").write_text(ESTATE, "utf-8")
    (estate / "workspaces" / "w.yaml").write_text(WORKSPACE, "utf-8")
    origin = root / ".git" / ORIGIN
    origin.parent.mkdir(parents=True)
    origin.write_text("ref: refs/remotes/origin/trunk\n")
    (root / ".git" / "HEAD").write_text("ref: refs/heads/trunk\n")
    return root


def remote(root: Path, **urls: str) -> None:
    """Let a repository have these remotes, as git writes them."""
    parts = [
        f'[remote "{name}"]\n\turl = {url}\n\tfetch = +refs/heads/*:refs/remotes/{name}/*\n'
        for name, url in urls.items()
    ]
    (root / ".git" / "config").write_text("[core]\n\tbare = false\n" + "".join(parts), "utf-8")


def make(root: Path, wishes: Wishes = DOORS, said: list[str] | None = None, folder: str = "infra/doors") -> Answer:
    """Run the command without a terminal."""
    lines = [] if said is None else said
    return init(root / folder, wishes, Talk(None, lines.append, read_profiles=lambda: ()), "pipeline")


def asked(root: Path, answers: dict[str, list[str]], wishes: Wishes | None = None) -> tuple[list[str], list[str]]:
    """Run the command with a person who answers; what was asked with which default, and what was said."""
    prompts: list[str] = []
    said: list[str] = []

    def ask(what: str, default: str) -> str:
        prompts.append(f"{what} [{default}]")
        return answers[what].pop(0) or default

    init(root / "infra/doors", wishes or Wishes(), Talk(ask, said.append, read_profiles=lambda: ()), "pipeline")
    return prompts, said


def read(path: Path) -> Any:
    """A workflow, as GitHub reads it: YAML 1.2, in which `on` is a text."""
    found = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    return {"on" if key is True else key: value for key, value in found.items()}


def branches(root: Path) -> list[str]:
    """What the deploying workflow watches."""
    found: list[str] = read(root / WORKFLOWS[1])["on"]["push"]["branches"]
    return found


def test_the_repository_gets_workflows_at_its_root_and_the_estate_what_they_need(repository: Path) -> None:
    before = set(contents(repository))
    answer = make(repository)
    own = [f"infra/doors/{name}" for name in ("estate.yaml", *REQUIREMENTS, *CDK_FILES)]
    wrote = [own[0], *WORKFLOWS, *own[1:]]
    assert answer.text.splitlines() == [f"wrote {repository / name}" for name in wrote]
    assert set(contents(repository)) - before == {*wrote} - {own[0]}
    assert errors(repository / "infra/doors") == []
    published = files("check_jsonschema") / "builtin_schemas" / "vendor" / "github-workflows.json"
    schema = Draft7Validator(json.loads(published.read_text("utf-8")))
    for name in WORKFLOWS:
        workflow = read(repository / name)
        assert [error.message for error in schema.iter_errors(workflow)] == []
        assert workflow["defaults"]["run"]["working-directory"] == "infra/doors"
    pipeline = sound(repository / "infra/doors").pipeline
    assert pipeline is not None
    assert pipeline.github.claim == "repo:acme@123456/doors@456789:environment:production"
    assert branches(repository) == ["trunk"]


@pytest.mark.parametrize("encode", [str, lambda text: text.replace("\n", "\r\n"), lambda text: f"\ufeff{text}"])
def test_every_comment_and_character_of_estate_yaml_stays(repository: Path, encode: Callable[[str], str]) -> None:
    file = repository / "infra/doors/estate.yaml"
    file.write_bytes(encode(ESTATE).encode())
    make(repository)
    wanted = ESTATE.replace("# none yet\n", f"# none yet\n{BLOCK}")
    assert file.read_bytes().decode() == encode(wanted)


def test_twice_changes_nothing_and_needs_no_flags(repository: Path) -> None:
    make(repository)
    before = contents(repository)
    for wishes in (DOORS, Wishes()):
        said: list[str] = []
        answer = make(repository, wishes, said)
        assert answer.exit_code == 0
        assert {line.split()[0] for line in answer.text.splitlines()} == {"kept"}
        assert not any("was there" in line for line in said)
        assert contents(repository) == before


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [("repository", "acme/Doors", 13), ("repository_id", "1", 14), ("owner_id", "2", 15), ("environment", "dev", 16)],
)
def test_a_pipeline_that_is_there_is_not_changed_by_a_flag(repository: Path, name: str, value: str, line: int) -> None:
    make(repository)
    before = contents(repository)
    with pytest.raises(CommandError, match=f"estate.yaml:{line}:5, with another {name}") as refused:
        make(repository, replace(Wishes(), **{name: value}))
    assert refused.value.exit_code == 1
    assert contents(repository) == before


def test_the_branch_that_the_pipeline_names_is_the_one_that_is_deployed(repository: Path) -> None:
    make(repository, replace(DOORS, branch="release"))
    pipeline = sound(repository / "infra/doors").pipeline
    assert pipeline is not None
    assert pipeline.github.branch == "release"
    (repository / WORKFLOWS[1]).unlink()
    make(repository, Wishes())
    assert branches(repository) == ["release"]
    with pytest.raises(CommandError, match="with another branch"):
        make(repository, Wishes(branch="trunk"))


def test_what_a_person_edited_is_kept_and_told(repository: Path) -> None:
    make(repository)
    edited = repository / WORKFLOWS[2]
    edited.write_text(edited.read_text().replace("17 3", "18 4"))
    (repository / WORKFLOWS[0]).unlink()
    for name in REQUIREMENTS:
        (repository / "infra/doors" / name).write_text("requests\n")
    said: list[str] = []
    answer = make(repository, said=said)
    assert [line for line in answer.text.splitlines() if "wrote" in line] == [f"wrote {repository / WORKFLOWS[0]}"]
    assert "18 4" in edited.read_text()
    told = [line for line in said if " was there " in line]
    assert [line.split()[0] for line in told] == [WORKFLOWS[2], *(f"infra/doors/{name}" for name in REQUIREMENTS)]
    assert [line.strip().split("==")[0] for line in said if "==" in line] == ["rolecall[cdk]", "rolecall[cdk,local]"]


@pytest.mark.parametrize("there", [["package.json"], ["package-lock.json"], ["app.py", ".npmrc"]])
def test_files_for_cdk_that_are_there_are_kept_and_npms_two_stay_together(repository: Path, there: list[str]) -> None:
    estate = repository / "infra/doors"
    for name in there:
        (estate / name).write_text("mine")
    said: list[str] = []
    make(repository, said=said)
    assert all((estate / name).read_text() == "mine" for name in there)
    pair = {"package.json", "package-lock.json"} & set(there)
    npm = {"package.json", "package-lock.json", ".npmrc"}
    assert {name for name in npm if (estate / name).exists()} == (pair or npm)
    assert (estate / "app.py").exists()
    assert any("somebody else's and npm reads them together" in line for line in said) == bool(pair)


def test_an_estate_at_the_root_of_its_repository(repository: Path) -> None:
    estate = repository / "infra/doors"
    (repository / ".git").rename(estate / ".git")
    make(estate, folder=".")
    assert read(estate / WORKFLOWS[0])["defaults"]["run"]["working-directory"] == "."
    assert (estate / "requirements.txt").exists()


def test_a_relative_folder_is_told_from_where_one_is(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository / "infra")
    answer = init(Path("doors"), DOORS, Talk(None, lambda line: None), "pipeline")
    assert answer.text.splitlines()[:2] == ["wrote ../infra/doors/estate.yaml", f"wrote ../{WORKFLOWS[0]}"]


def test_without_git_nothing_is_written_and_what_to_do_is_said(repository: Path) -> None:
    shutil.rmtree(repository / ".git")
    before = contents(repository)
    with pytest.raises(CommandError, match="is in no git repository") as refused:
        make(repository)
    assert (refused.value.exit_code, refused.value.tip.split(",")[0]) == (2, "git init")
    assert contents(repository) == before


def test_what_is_missing_is_named_all_at_once_where_nobody_is_asked(repository: Path) -> None:
    before = contents(repository)
    with pytest.raises(CommandError) as refused:
        make(repository, Wishes())
    assert str(refused.value) == "--repository, --repository-id, --owner-id are missing"
    assert "gh api repos/OWNER/NAME --jq .id,.owner.id" in refused.value.tip
    remote(repository, origin="git@github.com:acme/doors.git")
    with pytest.raises(CommandError, match="--owner-id is missing") as refused:
        make(repository, Wishes(repository_id="456789"))
    assert "gh api repos/acme/doors" in refused.value.tip
    assert refused.value.exit_code == 2
    assert {name: text for name, text in contents(repository).items() if name != ".git/config"} == before


def test_a_person_is_asked_for_what_files_cannot_tell_and_where_it_is_found(repository: Path) -> None:
    remote(repository, origin="https://github.com/acme/doors")
    answers = {"repository": [""], "repository_id": ["x", "456789"], "owner_id": ["123456"], "environment": [""]}
    prompts, said = asked(repository, answers)
    assert prompts == [
        "repository [acme/doors]",
        "repository_id []",
        "repository_id []",
        "owner_id []",
        "environment [production]",
    ]
    assert any("gh api repos/acme/doors --jq .owner.id" in line for line in said)
    assert (repository / "infra/doors/estate.yaml").read_text().count(BLOCK) == 1
    assert asked(repository, {}) == (
        [],
        [line for line in said if line.startswith(("next", "then", "  if", "  and", "  with"))],
    )


def test_a_fork_has_two_repositories_and_a_person_says_which_deploys(repository: Path) -> None:
    remote(repository, origin="git@github.com:me/doors.git", upstream="https://github.com/acme/doors.git")
    with pytest.raises(CommandError, match=r"--repository is missing; there is me/doors .remote origin., acme/doors"):
        make(repository, NUMBERS)
    answers = {"repository": ["2"], "environment": [""]}
    prompts, said = asked(repository, answers, NUMBERS)
    assert prompts[0] == "repository []"
    assert "   2  acme/doors  remote upstream" in said
    pipeline = sound(repository / "infra/doors").pipeline
    assert pipeline is not None
    assert pipeline.github.repository == "acme/doors"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("git@github.com:acme/doors.git", "acme/doors"),
        ("github.com:acme/doors", "acme/doors"),
        ("ssh://git@github.com/acme/doors.git", "acme/doors"),
        ("ssh://git@ssh.github.com:443/acme/doors.git", "acme/doors"),
        ("https://github.com/Acme/do.ors.git", "Acme/do.ors"),
        ("https://github.com/acme/doors/", "acme/doors"),
        ("https://user:gho_token@GitHub.com/acme/doors.git", "acme/doors"),
        ("https://gitlab.com/acme/doors.git", None),
        ("https://github.com.example/acme/doors.git", None),
        ("https://github.com@example.com/acme/doors.git", None),
        ("https://example.com/github.com/acme/doors.git", None),
        ("https://github.com/acme/doors/extra", None),
        ("https://github.com/acme/${{x}}", None),
        ("git@work:acme/doors.git", None),
        ("/srv/git/doors.git", None),
        ("", None),
    ],
)
def test_a_remote_names_a_repository_on_github_or_none(url: str, found: str | None) -> None:
    assert repository_in(url) == found


def test_a_configuration_is_read_as_git_writes_it_and_as_people_do() -> None:
    text = """\
[REMOTE "origin"] ; mine
\tURL = "https://github.com/acme/doors.git" # quoted
\turl = https://github.com/acme/second
\tpushurl = git@github.com:acme/pushed.git
[branch "main"]
\turl = https://github.com/acme/branch
[remote "x y"]
  url=git@github.com:acme/x.git
[remote]
\turl = https://github.com/acme/nameless
"""
    assert remotes(text) == {"origin": "acme/doors", "x y": "acme/x"}
    assert remotes("\x00[remote\nurl") == {}


@pytest.mark.parametrize(
    ("head", "origin", "found"),
    [
        ("ref: refs/heads/trunk\n", None, "trunk"),
        ("ref: refs/heads/feature/x\n", "ref: refs/remotes/origin/trunk\n", "trunk"),
        ("0123456789012345678901234567890123456789\n", None, "main"),
        ("ref: refs/heads/.invalid\n", None, "main"),
        ("", None, "main"),
        ("ref: refs/heads/master\n", None, "master"),
    ],
)
def test_the_branch_is_origins_or_what_is_checked_out_or_main(
    repository: Path, head: str, origin: str | None, found: str
) -> None:
    (repository / ".git" / "HEAD").write_text(head)
    if origin:
        (repository / ".git" / ORIGIN).write_text(origin)
    else:
        (repository / ".git" / ORIGIN).unlink()
    make(repository)
    assert branches(repository) == [found]


@pytest.mark.parametrize("name", ["main", "master"])
@pytest.mark.parametrize("place", ["refs/heads/{}", "refs/remotes/origin/{}", "packed-refs"])
def test_a_branch_with_a_usual_name_comes_before_the_one_that_is_checked_out(
    repository: Path, place: str, name: str
) -> None:
    (repository / ".git" / "HEAD").write_text("ref: refs/heads/feature/x\n")
    (repository / ".git" / ORIGIN).unlink()
    file = repository / ".git" / place.format(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    digest = "0123456789012345678901234567890123456789"
    file.write_text(f"{digest} refs/heads/other\n{digest} refs/heads/{name}\n" if place == "packed-refs" else digest)
    said: list[str] = []
    make(repository, said=said)
    assert branches(repository) == [name]
    assert not [line for line in said if line.startswith("branch")]


def test_a_branch_that_is_only_checked_out_is_told_or_asked_for(repository: Path) -> None:
    (repository / ".git" / ORIGIN).unlink()
    before = contents(repository)
    said: list[str] = []
    make(repository, said=said)
    assert "branch: trunk, as git names no other here; --branch says which one is deployed" in said
    for path in set(contents(repository)) - set(before):
        (repository / path).unlink()
    (repository / "infra/doors/estate.yaml").write_text(ESTATE, "utf-8")
    prompts, _ = asked(repository, {"branch": ["release"], "environment": [""]}, DOORS)
    assert prompts[-1] == "branch [trunk]"
    assert branches(repository) == ["release"]


def test_a_worktree_knows_its_branch_and_the_remotes_of_all(tmp_path: Path) -> None:
    main, tree = tmp_path / "main", tmp_path / "tree"
    by = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
    for command in (
        ["init", "--quiet", "-b", "trunk", str(main)],
        ["-C", str(main), *by, "commit", "--quiet", "--allow-empty", "-m", "x"],
        ["-C", str(main), "remote", "add", "origin", "git@github.com:acme/doors.git"],
        ["-C", str(main), "worktree", "add", "--quiet", "-b", "side", str(tree)],
    ):
        subprocess.run(["git", *command], check=True, capture_output=True)  # noqa: S607 -- whichever git there is
    found = repository_of(tree)
    assert (found.root, found.folder, found.branch) == (tree.resolve(), ".", "side")
    assert found.remotes == {"origin": "acme/doors"}


def test_a_branch_that_a_workflow_could_not_hold_takes_the_flag(repository: Path) -> None:
    (repository / ".git" / "HEAD").write_text('ref: refs/heads/a"b#1\n')
    (repository / ".git" / ORIGIN).unlink()
    with pytest.raises(CommandError, match="branch of the workflows: got") as refused:
        make(repository)
    assert refused.value.tip.startswith("--branch")
    make(repository, replace(DOORS, branch="release/1"))
    assert branches(repository) == ["release/1"]


def test_a_folder_that_a_workflow_could_not_hold_is_named(repository: Path) -> None:
    (repository / "infra").rename(repository / "in fra")
    with pytest.raises(CommandError, match="folder of the workflows: got 'in fra/doors'") as refused:
        make(repository, folder="in fra/doors")
    assert refused.value.exit_code == 2


MORE = ["acme/do\nors", "acme/${{ x }}", 'acme/"', "acme", "acme/doors/x", "-a/b", "*/*", "acme/d@1", "a/b # c", "0"]


@pytest.mark.parametrize("name", ["repository", "repository_id", "owner_id", "environment", "branch"])
def test_a_hostile_value_is_refused_or_means_itself(repository: Path, name: str) -> None:
    before = contents(repository)
    for value in [*HOSTILE, *MORE]:
        try:
            make(repository, replace(DOORS, **{name: value}))
        except CommandError as error:
            assert error.exit_code == 2
            assert contents(repository) == before, value
            continue
        assert name == "branch" or value in str(yaml.safe_load((repository / "infra/doors/estate.yaml").read_text()))
        assert name != "branch" or branches(repository) == [value or "trunk"]
        for written in set(contents(repository)) - set(before):
            (repository / written).unlink()
        for written, text in before.items():
            (repository / written).write_bytes(text)


@pytest.mark.parametrize("add", [None, "workspace", "project"])
def test_flags_of_a_pipeline_belong_to_it_alone_and_others_not(repository: Path, add: str | None) -> None:
    talk = Talk(None, lambda line: None)
    with pytest.raises(CommandError, match="--owner-id belongs to --add pipeline") as refused:
        init(repository / "infra/doors", Wishes(owner_id="1"), talk, add)
    assert refused.value.exit_code == 2
    with pytest.raises(CommandError, match="--region is no part of a pipeline"):
        make(repository, replace(DOORS, region="eu-west-1"))


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("  role_path: /vendors/\n", "", "RC331"),
        ('  account: "111111111111"\n', "", "RC005"),
    ],
)
def test_what_no_answer_can_mend_is_said_before_anything_is_asked(
    repository: Path, was: str, becomes: str, said: str
) -> None:
    file = repository / "infra/doors/estate.yaml"
    file.write_text(ESTATE.replace(was, becomes))
    if said == "RC005":
        path = repository / "infra/doors/workspaces/w.yaml"
        path.write_text(WORKSPACE + 'account: "111111111111"\n')
    before = contents(repository)
    with pytest.raises(CommandError, match=f"nothing was written, as `check` would refuse it:\n.*{said}") as refused:
        asked(repository, {})
    assert refused.value.exit_code == 1
    assert contents(repository) == before


def test_an_estate_in_flow_style_gets_its_pipeline_in_flow_style(repository: Path) -> None:
    own_file = repository / "infra/doors/estate.yaml"
    flow = '{schema: 1, estate: acme, defaults: {account: "111111111111", region: eu-central-1, role_path: /vendors/}'
    own_file.write_text(flow + "}\n")
    make(repository)
    assert own_file.read_text().startswith(flow + ", pipeline: {github: {repository: acme/doors, ")
    assert errors(repository / "infra/doors") == []


@pytest.mark.parametrize(
    "text",
    [
        "{schema: 1, defaults: {account: '111111111111', region: eu-central-1, tags: {owner: &e acme}}, estate: *e}\n",
        ESTATE + "pipeline:\n",
    ],
)
def test_an_unusual_layout_is_left_to_its_owner_with_the_block_to_write(repository: Path, text: str) -> None:
    (repository / "infra/doors/estate.yaml").write_text(text)
    before = contents(repository)
    with pytest.raises(CommandError, match=r"estate\.yaml was not changed") as refused:
        make(repository)
    assert refused.value.tip.endswith(BLOCK)
    assert contents(repository) == before


def test_the_workflows_of_another_estate_are_not_taken_for_this_ones(repository: Path) -> None:
    make(repository)
    other = repository / "other"
    (repository / "infra/doors").rename(other)
    before = contents(repository)
    with pytest.raises(CommandError, match="deploys the estate in infra/doors, not in other") as refused:
        make(repository, folder="other")
    assert refused.value.exit_code == 1
    assert contents(repository) == before


def test_a_change_of_estate_yaml_that_fails_takes_the_new_files_back(repository: Path) -> None:
    file = repository / "infra/doors/estate.yaml"
    file.chmod(0o444)
    before = contents(repository)
    with pytest.raises(CommandError, match=r"nothing was written: .*protected against writing") as refused:
        make(repository)
    assert refused.value.exit_code == 1
    assert contents(repository) == before
    assert not (repository / ".github").exists()


@pytest.mark.parametrize("link", [".github", ".github/workflows"])
def test_a_folder_of_workflows_that_leads_elsewhere_is_not_written_into(repository: Path, link: str) -> None:
    elsewhere = repository.parent / "elsewhere"
    elsewhere.mkdir()
    (repository / link).parent.mkdir(exist_ok=True)
    (repository / link).symlink_to(elsewhere)
    with pytest.raises(CommandError, match="leads elsewhere"):
        make(repository)
    assert list(elsewhere.iterdir()) == []
    assert (repository / "infra/doors/estate.yaml").read_text() == ESTATE


def own(root: Path, name: str, text: str) -> None:
    """A starter of the estate's own."""
    path = root / "infra/doors/templates" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def test_starters_of_the_estates_own_win(repository: Path) -> None:
    own(
        repository, "pipelines/github/nightly.yml.j2", "name: ours for {{ estate }} in {{ folder }}\non: {}\njobs: {}\n"
    )
    own(repository, "estate/app.py", "# of {{ estate }}\n")
    make(repository)
    assert (repository / "infra/doors/app.py").read_text() == "# of acme\n"
    assert (repository / WORKFLOWS[2]).read_text().startswith("name: ours for acme in infra/doors\n")
    assert "rolecall deploy" in (repository / WORKFLOWS[1]).read_text()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("pipelines/github/nightly.yml.j2", "a: {{ nobody }}\n", "nightly.yml.j2:1 names what starters do not get"),
        (
            "pipelines/github/nightly.yml.j2",
            "a: [\n",
            "templates/pipelines/github/nightly.yml.j2: what came of it for .github/workflows/rolecall-nightly.yml is",
        ),
        (
            "pipelines/github/install.yml.j2",
            "a: [\n",
            "templates/pipelines/github/install.yml.j2: what came of it for .github/workflows/rolecall-pull-request",
        ),
        (
            "pipelines/github/credentials.yml.j2",
            "a: [\n",
            "templates/pipelines/github/credentials.yml.j2: what came of it for .github/workflows/rolecall-deploy",
        ),
        ("estate/pipeline.yaml.j2", BLOCK + "estate: evil\n", "nothing beside it, and makes `estate`"),
        (
            "estate/pipeline.yaml.j2",
            BLOCK.replace("eu-central-1", "nowhere"),
            "made by templates/estate/pipeline.yaml.j2",
        ),
        ("pipelines/github/install.yml.j2", "{% for %}", "install.yml.j2:1 is no Jinja2"),
        ("estate/pipeline.yaml.j2", "a: {{ account }}\n", "pipeline.yaml.j2:1 names what starters do not get"),
        (
            "estate/pipeline.yaml.j2",
            "guardrails: {}\n",
            "templates/estate/pipeline.yaml.j2: its `pipeline.github.repository`",
        ),
        ("estate/pipeline.yaml.j2", "pipeline: [\n", "templates/estate/pipeline.yaml.j2: what came of it is no YAML"),
        ("estate/pipeline.yaml.j2", "---\n" + BLOCK, "templates/estate/pipeline.yaml.j2: what came of it is no part"),
    ],
)
def test_a_bad_starter_is_a_sentence_and_writes_nothing(repository: Path, name: str, text: str, said: str) -> None:
    own(repository, name, text)
    before = contents(repository)
    with pytest.raises((CommandError, BadStarterError), match=said):
        make(repository)
    assert contents(repository) == before


def test_each_starter_of_the_estates_own_that_made_a_bad_workflow_is_named(repository: Path) -> None:
    for name in ("pull-request", "install", "credentials"):
        own(repository, f"pipelines/github/{name}.yml.j2", "a: [\n")
    with pytest.raises(BadStarterError) as refused:
        make(repository)
    both = "templates/pipelines/github/pull-request.yml.j2 or templates/pipelines/github/install.yml.j2"
    assert str(refused.value).startswith(f"starter {both}: what came of it for .github/")


def test_what_comes_next_is_said_in_its_order(repository: Path) -> None:
    said: list[str] = []
    make(repository, replace(DOORS, environment="live"), said)
    text = "\n".join(said)
    marks = [
        "rolecall check",
        "infra/doors/requirements.txt and -local.txt",
        "environment live",
        "branch trunk",
        "rolecall deploy --pipeline",
        "cdk bootstrap",
        "push",
    ]
    assert sorted(marks, key=text.index) == marks
    assert "https://github.com/acme/doors/settings/environments" in text


def test_errors_that_were_there_do_not_stop_it(repository: Path) -> None:
    (repository / "infra/doors/workspaces/bad.yaml").write_text("workspace: bad\nvendor: nobody\n")
    make(repository)
    assert len(errors(repository / "infra/doors")) == 1
    assert judged(repository / "infra/doors").estate is not None
