"""What `rolecall init` asks: only what the vendor needs, with its place on the vendor's screens, until it is right."""

import os
import pty
import select
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rolecall.accounts.profiles import Profile, profiles, region_in_force
from rolecall.commands.init import Talk, Wishes, init
from rolecall.commands.init.completing import completed
from rolecall.commands.init.need import Need
from rolecall.commands.init.needs import needs
from rolecall.commands.init.questions import QUESTIONS, lines, question_of
from rolecall.commands.init.situation import Situation
from rolecall.commands.init.wishes import FLAGS
from rolecall.config.schema import Vendor
from rolecall.estate import judged
from rolecall.model.finding import has_errors
from rolecall.vendors import catalog

ROOT = Path(__file__).parents[2]
# From the vendors' guides; a catalog entry that has screens of its own keeps them.
SCREENS = {
    "workato": {
        "workspace_id": "Projects > the project > Settings > Secrets management: the number behind external_id_",
        "project_id": "Projects > the project > Settings > Secrets management: the last number of the external ID",
        "trusted_account": "Projects > the project > Settings > Secrets management: AWS Account ID",
    },
    "unified": {"external_id": "Settings > Workspace Settings > AWS Secret Manager: AWS External ID"},
    "fivetran": {"external_id": "the form of the external secret manager: External ID"},
}


def vendors() -> dict[str, Vendor]:
    """The catalog, with screens where it has none."""
    entries = catalog.entries()
    return {
        name: Vendor.model_validate({**entry, "screens": {**SCREENS.get(name, {}), **entry.get("screens", {})}})
        for name, entry in entries.items()
    }


class Person:
    """Somebody at a terminal: answers by the name of what is asked, one after the other."""

    def __init__(self, **answers: str | list[str]) -> None:
        self.answers = {name: [one] if isinstance(one, str) else list(one) for name, one in answers.items()}
        self.asked: list[str] = []
        self.said: list[str] = []

    def ask(self, what: str, default: str) -> str:
        self.asked.append(what)
        if not self.answers.get(what):
            raise AssertionError(f"asked for {what} without need")
        return self.answers[what].pop(0) or default


def complete(
    person: Person, kind: str = "estate", wishes: Wishes | None = None, known: tuple[Profile, ...] = ()
) -> Wishes:
    """The wishes that a person's answers make."""
    situation = Situation(kind, vendors(), profiles=known, folder="My Estate")
    return completed(situation, wishes or Wishes(), person.ask, person.said.append)


ESTATE = {"name": "", "account": "111111111111", "region": "eu-west-1", "owner": "team-a"}


def test_a_vendor_whose_ids_are_derived_is_asked_for_what_they_are_made_of() -> None:
    answers = {"workspace_id": "77", "data_center": "", "project": "p", "project_id": "78"}
    person = Person(**ESTATE, vendor="workato", workspace="w", **answers)
    whole = complete(person)
    first = ["name", "vendor", "workspace", "account", "region", "owner"]
    assert person.asked == [*first, *answers]
    assert (whole.name, whole.data_center, whole.external_id) == ("my-estate", "us", None)
    assert any("us is the only one of Workato whose account is known" in line for line in person.said)


@pytest.mark.parametrize("flag", [None, "eu"])
def test_another_data_centre_than_the_known_one_brings_the_question_for_its_account(flag: str | None) -> None:
    answers = {"workspace_id": "77", "data_center": "eu", "trusted": "222222222222", "project": "p", "project_id": "78"}
    if flag:
        del answers["data_center"]
    person = Person(**ESTATE, vendor="workato", workspace="w", **answers)
    whole = complete(person, wishes=Wishes(data_center=flag))
    assert (whole.data_center, whole.trusted) == ("eu", "222222222222")
    assert "trusted" in person.asked


@pytest.mark.parametrize("vendor", ["crewai", "harness"])
def test_who_calls_by_a_role_or_user_of_his_own_is_asked_for_that(vendor: str) -> None:
    answers = {"trusted": "arn:aws:iam::222222222222:role/delegate", "project": "p"}
    person = Person(**ESTATE, vendor=vendor, workspace="w", **answers)
    assert complete(person).trusted == answers["trusted"]
    assert any(line.startswith("The ARN of the role or user of your own that is to call") for line in person.said)
    assert any(line.startswith("  where: ") and "trusted_principals" in line for line in person.said)
    assert not any("vendor's AWS account" in line for line in person.said)


def test_the_region_of_the_environment_is_the_default(aws_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value, wanted in (
        ("AWS_DEFAULT_REGION", "eu-west-3", "eu-west-3"),
        ("AWS_REGION", "us-west-2", "us-west-2"),
        ("AWS_REGION", "mars", None),
    ):
        monkeypatch.setenv(name, value)
        assert region_in_force() == wanted
    situation = Situation("estate", vendors(), profiles=(Profile("a", None, "eu-west-1"),), region_in_force="us-west-2")
    wishes = Wishes(name="e", vendor="unified", workspace="w", account="111111111111")
    assert next(n for n in needs(situation, wishes) if n.name == "region").default == "us-west-2"


def test_a_vendor_that_takes_your_id_is_asked_for_no_id() -> None:
    person = Person(**ESTATE, vendor="unified", workspace="w", project="p", workspace_id="", project_id="")
    complete(person)
    assert "external_id" not in person.asked
    assert "data_center" not in person.asked


def test_a_vendor_that_makes_ids_is_asked_for_it_and_where_it_is_found() -> None:
    person = Person(**ESTATE, vendor="fivetran", workspace="w", external_id="pending", project="p", workspace_id="")
    assert complete(person).external_id == "pending"
    where = vendors()["fivetran"].screens["external_id"]
    assert f"  where: {where}" in person.said


def test_data_centres_are_those_of_the_entry_and_can_be_chosen_by_number() -> None:
    answers = {"vendor": "infisical", "workspace": "w", "data_center": "2", "external_id": "org-7Xq", "project": "p"}
    person = Person(**ESTATE, **answers, workspace_id="", project_id="")
    assert complete(person).data_center == "eu"
    assert any("345594589636" in line for line in person.said)


def test_a_vendor_can_be_chosen_by_number_and_a_misspelt_one_is_named() -> None:
    names = list(vendors())
    number = str(names.index("unified") + 1)
    person = Person(**ESTATE, vendor=["unifed", number], workspace="w", project="p", workspace_id="", project_id="")
    assert complete(person).vendor == "unified"
    assert any(
        "vendor is not known: got 'unifed'" in line and "did you mean 'unified'?" in line for line in person.said
    )


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("account", "12", "account is not an AWS account id: got '12'; allowed: 12 digits; copy the 12 digits"),
        ("account", '"111122223333"', "got '\"111122223333\"'; allowed: 12 digits; leave the quotes out"),
        ("region", "'eu-west-1'", "allowed: a name such as eu-central-1; leave the quotes out"),
        ("project_id", "'78'", "allowed: letters, digits and _ . : -; leave the quotes out"),
        ("region", "Frankfurt", "region is not an AWS region: got 'Frankfurt'; allowed: a name such as eu-central-1"),
        ("workspace", "7up", "workspace names a stack too: got '7up'; allowed: begins with a letter"),
        ("workspace_id", "abc", "workspace_id is not as this vendor's: got 'abc'; allowed: what fits"),
        ("project", "workspace", "project: got 'workspace'; allowed: a slug other than"),
        ("project_id", "", "project_id: got ''; allowed: letters, digits"),
    ],
)
def test_a_wrong_answer_is_explained_and_asked_again(name: str, wrong: str, said: str) -> None:
    right = ESTATE | {"vendor": "workato", "workspace": "w", "workspace_id": "77", "project": "p", "project_id": "78"}
    right["data_center"] = ""
    person = Person(**{**right, name: [wrong, right[name]]})
    assert getattr(complete(person), name) == right[name]
    assert person.asked.count(name) == 2
    assert any(said in line for line in person.said)


def test_what_a_flag_says_is_not_asked() -> None:
    flags = Wishes(vendor="workato", workspace="w", workspace_id="77", name="e", owner="t", data_center="us")
    person = Person(account="111111111111", region="eu-west-1", project="p", project_id="78")
    complete(person, wishes=flags)
    assert person.asked == ["account", "region", "project", "project_id"]


def test_accounts_are_offered_from_profiles_and_the_region_goes_with_the_account() -> None:
    known = (Profile("dev", "222222222222", "eu-west-1"), Profile("prod", "333333333333", "us-east-2"))
    answers = {"vendor": "unified", "workspace": "w", "project": "p", "workspace_id": "", "project_id": ""}
    first = Person(**ESTATE | {"account": "", "region": ""}, **answers)
    assert complete(first, known=known).account == "222222222222"
    assert "   2  333333333333  profile prod" in first.said
    second = Person(**ESTATE | {"account": "2", "region": ""}, **answers)
    whole = complete(second, known=known)
    assert (whole.account, whole.region) == ("333333333333", "us-east-2")


def test_the_region_of_the_chosen_account_comes_before_that_of_a_profile_without_an_account() -> None:
    known = (Profile("default", None, "eu-west-1"), Profile("prod", "333333333333", "us-east-2"))
    answers = {"vendor": "unified", "workspace": "w", "project": "p", "workspace_id": "", "project_id": ""}
    person = Person(**ESTATE | {"account": "1", "region": ""}, **answers)
    assert complete(person, known=known).region == "us-east-2"


CONFIG = """\
[default]
region = eu-west-1
[profile sso]
sso_account_id = 222222222222
region = us-east-2
[profile hop]
role_arn = arn:aws:iam::333333333333:role/x
source_profile = default
[profile written]
aws_account_id = 444444444444
[profile login]
login_session = arn:aws:iam::555555555555:user/a
[profile signin]
login_session = arn:aws:sts::666666666666:assumed-role/a/b
[profile odd]
sso_account_id = many
aws_account_id = 12
login_session = nobody
role_arn = nothing
region = mars
"""


@pytest.fixture
def aws_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A person's AWS files, and nobody else's."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    yield tmp_path


def test_profiles_tell_their_account_and_region_and_nothing_else(
    aws_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (aws_home / "config").write_text(CONFIG)
    (aws_home / "credentials").write_text("[keys]\naws_access_key_id = AKIAX\naws_secret_access_key = s3cr3t\n")
    found = {profile.name: profile for profile in profiles()}
    assert found["sso"] == Profile("sso", "222222222222", "us-east-2")
    assert found["hop"] == Profile("hop", "333333333333", None)
    assert [found[name].account for name in ("written", "login", "signin")] == [f"{d}" * 12 for d in (4, 5, 6)]
    assert found["odd"] == Profile("odd", None, None)
    assert found["keys"] == Profile("keys", None, None)
    assert profiles()[0].name == "default"
    monkeypatch.setenv("AWS_PROFILE", "hop")
    assert profiles()[0].name == "hop"
    assert "s3cr3t" not in repr(profiles())


@pytest.mark.parametrize("config", [None, "[profile x\n", "\xff\xfe"])
def test_there_need_be_no_profiles(aws_home: Path, config: str | None) -> None:
    if config is not None:
        (aws_home / "config").write_bytes(config.encode("latin-1"))
    assert profiles() == ()


def test_every_need_has_a_question_and_a_flag() -> None:
    found: set[str] = set()
    kinds = [("estate", Wishes(vendor=name, workspace="w")) for name in vendors()]
    for kind, begun in [*kinds, ("pipeline", Wishes())]:
        wishes = begun
        while need := next(
            (n for n in needs(Situation(kind, vendors()), wishes) if n.name not in wishes.given()), None
        ):
            found.add(need.name)
            wishes = replace(wishes, **{need.name: need.choices[0].value if need.choices else "1"})
            assert lines(need)[0].startswith(question_of(need).asks)
    of_flags = set(FLAGS) - {"own_file", "branch"}
    assert found | {"vendor", "workspace", "trusted"} == of_flags == set(QUESTIONS) - {"own_principal"}


def test_an_optional_answer_may_be_nothing() -> None:
    Need("workspace_id", optional=True).refuse("", "workspace_id")
    assert "  nothing, if there is none" in lines(Need("workspace_id", optional=True))


def test_a_made_id_is_shown_whole_to_the_person_who_was_asked(tmp_path: Path) -> None:
    person = Person(**ESTATE, vendor="unified", workspace="w", project="p", workspace_id="", project_id="")
    talk = Talk(person.ask, person.said.append, make_id=lambda: "3d3bb0a4-5cf1", read_profiles=lambda: ())
    init(tmp_path, Wishes(), talk)
    assert "external ID, made for this vendor: 3d3bb0a4-5cf1, in workspaces/w.yaml" in person.said


class Terminal:
    """The program at a terminal of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "AWS_CONFIG_FILE": os.devnull}
        environment.pop("AWS_REGION", None)
        environment.pop("AWS_DEFAULT_REGION", None)
        environment["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
        self.child, self.terminal = pty.fork()
        if self.child == 0:  # pragma: no cover -- another process
            os.chdir(folder)
            os.execve(sys.executable, [sys.executable, "-m", "rolecall.cli", *arguments], environment)  # noqa: S606

    def until(self, mark: str | None) -> str:
        """What is shown up to a prompt, or to the end."""
        shown = b""
        while mark is None or not shown.endswith(mark.encode()):
            if not select.select([self.terminal], [], [], 60)[0]:
                os.kill(self.child, signal.SIGKILL)
                raise AssertionError(f"a minute of silence after {shown!r}")
            try:
                part = os.read(self.terminal, 4096)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
        return shown.decode().replace("\r\n", "\n")

    def type(self, prompt: str, keys: str) -> str:
        """Wait for a prompt and answer it."""
        shown = self.until(prompt)
        os.write(self.terminal, keys.encode())
        return shown

    def ended(self) -> tuple[int, str]:
        """The exit code, and what was shown at last."""
        shown = self.until(None)
        return os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1]), shown


def test_a_person_at_a_terminal_gets_an_estate_a_workspace_and_a_project(tmp_path: Path) -> None:
    whole = Terminal(tmp_path, "init", "my-estate")
    whole.type("name [my-estate]: ", "\r")
    shown = whole.type("vendor: ", "workat\r")
    assert "Workato" in shown
    assert "did you mean 'workato'?" in whole.type("vendor: ", "workato\r")
    whole.type("workspace: ", "acme-prod\r")
    whole.type("account: ", "111111111111\r")
    whole.type("region: ", "eu-central-1\r")
    whole.type("owner [integration-platform]: ", "\r")
    whole.type("workspace_id: ", "12345\r")
    whole.type("data_center [us]: ", "\r")
    whole.type("project: ", "billing\r")
    whole.type("project_id: ", "678\r")
    code, shown = whole.ended()
    assert (code, "next: rolecall check --estate my-estate" in shown) == (0, True)
    estate = tmp_path / "my-estate"
    added = Terminal(estate, "init", "--add", "project")
    added.type("workspace [acme-prod]: ", "\r")
    added.type("project: ", "hr\r")
    added.type("project_id: ", "679\r")
    assert added.ended()[0] == 0
    found = judged(estate)
    assert not has_errors(found.findings)
    assert found.estate is not None
    assert [grant.address for grant in found.estate.grants] == ["acme-prod/billing", "acme-prod/hr"]


@pytest.mark.parametrize("answers", [0, 1, 3])
def test_ctrl_c_at_any_question_is_130_and_writes_nothing(tmp_path: Path, answers: int) -> None:
    person = Terminal(tmp_path, "init", "e")
    typed = [("name [e]: ", "\r"), ("vendor: ", "unified\r"), ("workspace: ", "w\r"), ("account: ", "")]
    for prompt, keys in typed[:answers]:
        person.type(prompt, keys)
    person.type(typed[answers][0], "\x03")
    code, shown = person.ended()
    assert code == 130
    assert "Traceback" not in shown
    assert list(tmp_path.iterdir()) == []
