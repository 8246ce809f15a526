"""External IDs that must not open a role: what they are, and whose neighbours are asked."""

import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.runtime.wrong_ids import MAX_NEIGHBOURS, Neighbours, wrong_ids

IDS = st.text(string.ascii_letters + string.digits + "_+=,.@:/-", min_size=2, max_size=60)
PROJECTS = "workato_iam_external_id_12345_678"


def values(*right: str) -> dict[str, str]:
    """The wrong IDs by how they differ, without the random one."""
    return {wrong.how: wrong.value for wrong in wrong_ids(right) if wrong.how != "a random ID"}


def test_a_projects_derived_id_is_asked_with_the_next_number_and_the_workspaces_id() -> None:
    assert values(PROJECTS) == {
        "one character more": f"{PROJECTS}0",
        "one character less": PROJECTS[:-1],
        "other letter case": PROJECTS.upper(),
        "the next number": "workato_iam_external_id_12345_679",
        "the workspace-wide ID": "workato_iam_external_id_12345",
    }


def test_a_workspaces_derived_id_has_no_wider_one() -> None:
    assert values("workato_iam_external_id_12345")["the next number"] == "workato_iam_external_id_12346"
    assert "the workspace-wide ID" not in values("workato_iam_external_id_12345")


@pytest.mark.parametrize(
    ("right", "following"),
    [
        ("12345", "12346"),
        ("x_000", "x_001"),
        ("x_099", "x_100"),
        ("x_999", "x_1000"),
        ("acme-41", "acme-42"),
        ("acme:eu/7", "acme:eu/8"),
        ("a1", None),
        ("acme-4x", None),
        ("acme-", None),
    ],
)
def test_a_number_at_the_end_is_followed_by_the_next(right: str, following: str | None) -> None:
    assert values(right).get("the next number") == following
    assert "the workspace-wide ID" not in values(right)


def test_a_pending_role_is_asked_with_a_random_id_alone() -> None:
    assert [wrong.how for wrong in wrong_ids(())] == ["a random ID"]


@pytest.mark.parametrize(
    ("pattern", "others"),
    [("acme@*", "rolecall-not-yours@rolecall"), ("acme@01GE@*@*", "rolecall-not-yours@01GE@rolecall@rolecall")],
)
def test_a_role_for_a_pattern_is_asked_with_another_customers_id_of_the_same_form(pattern: str, others: str) -> None:
    assert others in [wrong.value for wrong in wrong_ids((), (pattern,))]
    assert others not in [wrong.value for wrong in wrong_ids((), ("rolecall-not-yours@*",))]


def test_no_two_runs_ask_with_the_same_random_id() -> None:
    assert wrong_ids(())[0].value != wrong_ids(())[0].value


def test_the_second_id_of_a_rotation_is_not_wrong() -> None:
    assert f"{PROJECTS}0" not in values(PROJECTS, f"{PROJECTS}0").values()


def test_an_id_without_letters_has_no_other_letter_case() -> None:
    assert "other letter case" not in values("12-34")


def test_an_id_of_the_shortest_and_the_longest_kind_yields_nothing_that_sts_would_not_take() -> None:
    assert "one character less" not in values("ab")
    assert "one character more" not in values("a" * 1224)


@given(st.lists(IDS, max_size=2, unique=True))
def test_a_wrong_id_is_never_a_right_one_and_can_always_be_sent(right: list[str]) -> None:
    for wrong in wrong_ids(tuple(right)):
        assert wrong.value not in right
        assert 2 <= len(wrong.value) <= 1224
        assert wrong.kind == "wrong_external_id"


@given(st.dictionaries(IDS, st.text("abc/", min_size=1), max_size=30))
def test_neighbours_are_others_ids_and_at_most_a_handful(owners: dict[str, str]) -> None:
    neighbours = Neighbours.of(owners.items())
    for value, address in owners.items():
        beside = neighbours.beside(address, (value,))
        assert value not in {wrong.value for wrong in beside}
        assert len(beside) == len({wrong.value for wrong in beside}) == min(MAX_NEIGHBOURS, len(owners) - 1)
        assert neighbours.left_out((value,)) == len(owners) - 1 - len(beside)


def test_equal_ids_are_no_neighbours() -> None:
    neighbours = Neighbours.of([("shared", "w/a"), ("shared", "w/b"), ("other", "w/c")])
    assert [wrong.value for wrong in neighbours.beside("w/a", ("shared",))] == ["other"]


def test_every_id_of_a_large_estate_is_in_somebodys_sample_and_samples_stay_the_same() -> None:
    pairs = [(f"id-{number}", f"w/p-{number}") for number in range(300)]
    asked = {w.value for value, address in pairs for w in Neighbours.of(pairs).beside(address, (value,))}
    # Hashes lie unevenly on the ring, so that a few fall behind a gap between two addresses.
    assert len(asked) > 290
    backwards = Neighbours.of(pairs[::-1])
    assert backwards.beside("w/p-7", ("id-7",)) == Neighbours.of(pairs).beside("w/p-7", ("id-7",))


def test_the_samples_of_ten_thousand_roles_are_drawn_in_well_under_a_second() -> None:
    pairs = [(f"workato_iam_external_id_{number}", f"w/p-{number}") for number in range(10_000)]
    before = time.process_time()
    neighbours = Neighbours.of(pairs)
    for value, address in pairs:
        neighbours.beside(address, (value,))
    assert time.process_time() - before < 1


def test_during_a_rotation_both_ids_are_varied() -> None:
    values = {wrong.value for wrong in wrong_ids(("new-id-41", "old-id-x"))}
    assert {"new-id-410", "new-id-4", "NEW-ID-41", "new-id-42", "old-id-x0", "old-id-", "OLD-ID-X"} <= values
    assert not values & {"new-id-41", "old-id-x"}


def test_an_id_that_is_wrong_twice_is_asked_once() -> None:
    values = [wrong.value for wrong in wrong_ids(("abc", "abc00"))]
    assert len(values) == len(set(values))
