"""Policies that are too large for one: the parts say together what the whole says, and stay put when secrets come."""

import hashlib
import json
from typing import Any

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from rolecall.model.naming import policy_name
from rolecall.policy import split
from rolecall.policy.document import Document, document
from rolecall.policy.permissions import atoms

MOST = 6144
ROLE = "vendor-workspace-project"
KEY = "arn:aws:kms:eu-central-1:111111111111:key/1"


def arn(number: int, length: int = 300) -> str:
    """A secret's pattern of about this many characters: some twenty fill a policy."""
    return f"arn:aws:secretsmanager:eu-central-1:111111111111:secret:{number}/{'x' * length}-??????"


def read(numbers: list[int], length: int = 300) -> dict[str, Any]:
    resources = [arn(number, length) for number in numbers]
    return {"Sid": "ReadSecrets", "Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": resources}


def use_key(numbers: list[int]) -> dict[str, Any]:
    condition = {
        "StringEquals": {"kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com"},
        "StringLike": {"kms:EncryptionContext:SecretARN": [arn(number) for number in numbers]},
    }
    return {"Sid": "UseKey1", "Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": KEY, "Condition": condition}


def own(number: int, length: int) -> dict[str, Any]:
    resource = f"arn:aws:sqs:eu-central-1:111111111111:{number}-{'q' * length}"
    return {"Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:ReceiveMessage"], "Resource": resource}


FORCED = {
    "Sid": "KeepDeletedSecretsRecoverable",
    "Effect": "Deny",
    "Action": "secretsmanager:DeleteSecret",
    "Resource": "*",
    "Condition": {"Bool": {"secretsmanager:ForceDeleteWithoutRecovery": "true"}},
}


def some(most: int) -> st.SearchStrategy[list[int]]:
    """Some numbers, as likely many as few: twenty secrets fill a policy."""
    return st.builds(lambda count, random: random.sample(range(10_000), count), st.integers(1, most), RANDOMS)


RANDOMS = st.randoms(use_true_random=False)
numbers = some(90)
# Each is larger than a third of a policy or small; none is too large by itself.
owns = st.lists(st.tuples(st.integers(0, 99), st.sampled_from([10, 2500, 5500])), max_size=4, unique=True).map(
    lambda listed: [own(*each) for each in listed]
)


def size(of: Document) -> int:
    """As IAM counts: the JSON text without white space."""
    return len(json.dumps(of, separators=(",", ":")))


def unrolled(documents: Any) -> set[tuple[Any, ...]]:
    """What `atoms` says, with one secret of a key's condition at a time: a key is allowed for each of its secrets."""
    found = set()
    for atom in atoms(documents):
        several = [values for _, key, values in atom.condition if key == "kms:encryptioncontext:secretarn"]
        for value in several[0] if several else [None]:
            rest = tuple(part for part in atom.condition if part[1] != "kms:encryptioncontext:secretarn")
            found.add((atom.effect, atom.action, atom.resource, rest, value))
    return found


@given(numbers, some(60), owns)
@example([1], [], [])
@example(list(range(90)), list(range(40)), [own(1, 5500), own(2, 5500)])
@settings(max_examples=80)
def test_the_parts_allow_together_exactly_what_the_whole_allows(
    secrets: list[int], sealed: list[int], whole: list[dict[str, Any]]
) -> None:
    statements = [read(secrets), *([use_key(sealed)] if sealed else []), FORCED]
    parts = split.policies(statements, whole)
    assert unrolled(parts.values()) == unrolled([document(*statements, *whole)])


@given(numbers, owns)
@settings(max_examples=80)
def test_every_part_fits_and_has_a_name_of_its_own(secrets: list[int], whole: list[dict[str, Any]]) -> None:
    parts = split.policies([read(secrets), FORCED], whole)
    assert all(size(part) <= MOST for part in parts.values())
    assert all(part["Statement"] for part in parts.values())
    # A name with a 0 at its end would be that of the half that keeps its parent's name.
    assert all(not name.endswith("0") and set(name) <= {"0", "1"} for name in parts)
    assert len({policy_name(ROLE, name).lower() for name in parts}) == len(parts)
    assert all(len(policy_name("r" * 64, name)) <= 128 for name in parts)


@given(numbers)
@settings(max_examples=60)
def test_the_first_part_has_no_name(secrets: list[int]) -> None:
    parts = split.policies([read(secrets)])
    if size(document(read(secrets))) <= MOST:
        assert parts == {"": document(read(secrets))}
    else:
        # Nothing but chance keeps it empty: no secret whose hash begins with the bits of the first part.
        first = min((bits for bits in map(first_bits, secrets)), key=lambda bits: bits.ljust(256, "0"))
        deepest = max(len(name) for name in parts) + 1
        assert ("" in parts) or not first.startswith("0" * deepest)


def first_bits(number: int) -> str:
    """The hash by which a secret has its place, as bits."""
    return f"{int.from_bytes(hashlib.sha256(f'ReadSecrets {arn(number)}'.encode()).digest()):0256b}"


def changed(before: dict[str, Document], after: dict[str, Document]) -> tuple[set[str], set[str]]:
    """Names of the parts that say something else than before, and of those that are new."""
    return {name for name in before if after.get(name) != before[name]}, after.keys() - before.keys()


@given(numbers, st.integers(10_001, 20_000))
@settings(max_examples=100)
def test_a_new_secret_changes_one_part_or_splits_one_and_leaves_all_others_alone(secrets: list[int], new: int) -> None:
    before = split.policies([read(sorted(secrets))])
    after = split.policies([read(sorted([*secrets, new]))])
    touched, made = changed(before, after)
    assert len(touched) <= 1
    # What the one part held stays in it or goes into the parts that it was split into, and nothing else does.
    after_all = unrolled(after[name] for name in touched | made if name in after)
    assert after_all == unrolled(before[name] for name in touched) | unrolled([document(read([new]))])


@given(numbers, st.data())
@settings(max_examples=60)
def test_taking_a_secret_out_again_restores_the_parts(secrets: list[int], data: st.DataObject) -> None:
    assume(len(secrets) > 1)
    gone = data.draw(st.sampled_from(secrets))
    before = split.policies([read(sorted(secrets))])
    fewer = split.policies([read(sorted(set(secrets) - {gone}))])
    again = split.policies([read(sorted(set(secrets) - {gone} | {gone}))])
    assert again == before
    touched, _ = changed(before, fewer)
    assert len(touched & fewer.keys()) <= 1


@given(numbers, owns, RANDOMS)
@settings(max_examples=60)
def test_the_order_of_secrets_and_of_statements_decides_about_no_part(
    secrets: list[int], whole: list[dict[str, Any]], random: Any
) -> None:
    mixed = random.sample(secrets, len(secrets))
    mixed_whole = random.sample(whole, len(whole))
    straight = split.policies([read(secrets), FORCED], whole)
    turned = split.policies([FORCED, read(mixed)], mixed_whole)
    assert {name: unrolled([part]) for name, part in turned.items()} == {
        name: unrolled([part]) for name, part in straight.items()
    }


def test_a_piece_that_is_too_large_stands_alone_so_that_it_can_be_named() -> None:
    parts = split.policies([read(list(range(30)))], [own(1, 7000)])
    too_large = [part for part in parts.values() if size(part) > MOST]
    assert [part["Statement"] for part in too_large] == [[own(1, 7000)]]


def test_a_thousand_secrets_are_split_into_not_many_more_parts_than_needed() -> None:
    secrets = list(range(1000))
    parts = split.policies([read(secrets, 30)])
    needed = sum(size(document(read([number], 30))) - size(document(read([], 30))) for number in secrets) / MOST
    assert needed <= len(parts) <= 3 * needed
