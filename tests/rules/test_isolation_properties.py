"""Who reaches into whose secrets: the index against a comparison of everybody with everybody, secret by secret.

The comparison shares nothing with the code: it writes out every secret with a short name in a few places, asks which
entry means which, and compares the sets.
"""

import re
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.model.finding import Location
from rolecall.model.grant import Estate, Grant, Permissions
from rolecall.model.secret import Secret
from rolecall.model.trust import Trust
from rolecall.policy.pattern_index import PatternIndex, literal_head
from rolecall.rules import examine

LETTERS = "a/-"
REGIONS = ("eu-central-1", "eu-west-1")
ACCOUNTS = ("111111111111", "222222222222")
SUFFIXES = ("AbCdEf", "aaaaaa")
# Prefixes have up to three characters and names up to four, so that every prefix has secrets below it.
NAMES = ["".join(letters) for length in range(1, 5) for letters in product(LETTERS, repeat=length)]
SECRETS = [(name, f"{name}-{suffix}") for name in NAMES for suffix in SUFFIXES]

names = st.text(LETTERS, min_size=1, max_size=4)
prefixes = st.builds(str.__add__, st.text(LETTERS, max_size=2), st.sampled_from("/-"))
regions = st.none() | st.sampled_from(REGIONS)


@st.composite
def arns(draw: st.DrawFn, account: str) -> str:
    name, suffix = draw(names), draw(st.sampled_from(SUFFIXES))
    return f"arn:aws:secretsmanager:{draw(st.sampled_from(REGIONS))}:{account}:secret:{name}-{suffix}"


@st.composite
def grants(draw: st.DrawFn, number: int) -> Grant:
    account = draw(st.sampled_from(ACCOUNTS))
    entry = st.one_of(
        st.builds(lambda value, region: Secret("name", value, region=region), names, regions),
        st.builds(lambda value, region: Secret("prefix", value, region=region), prefixes, regions),
        st.builds(lambda value: Secret("arn", value), arns(account)),
    )
    return Grant(
        estate="acme",
        workspace="w",
        project=f"p{number}",
        vendor="obs",
        account=account,
        region=draw(st.sampled_from(REGIONS)),
        role_name=f"role-{number}",
        trust=Trust(("arn:aws:iam::210987654321:role/reader",), (f"5b1f0c9e-7d3a-4e62-9c48-{number:012d}",)),
        permissions=Permissions(secrets=tuple(draw(st.lists(entry, max_size=3)))),
        location=Location("w.yaml", number + 1),
    )


estates = st.integers(2, 4).flatmap(lambda count: st.tuples(*(grants(number) for number in range(count))))


def meant_by(secret: Secret, grant: Grant) -> frozenset[tuple[str, str, str]]:
    """The secrets that an entry means, as (account, region, text behind `secret:` in the ARN)."""
    if secret.kind == "arn":
        _, _, _, region, account, _, rest = secret.value.split(":", 6)
        return frozenset({(account, region, rest)})
    place = grant.account, secret.region or grant.region
    if secret.kind == "name":
        return frozenset((*place, arn) for name, arn in SECRETS if name == secret.value)
    return frozenset((*place, arn) for _, arn in SECRETS if arn[: len(secret.value)] == secret.value)


def reaching(everybody: tuple[Grant, ...]) -> set[tuple[str, str]]:
    """(who, into whose): some prefix of the one means all secrets of an entry of the other, which is narrower."""
    return {
        (one.address, other.address)
        for one in everybody
        for other in everybody
        if one is not other
        for wide in one.permissions.secrets
        for narrow in other.permissions.secrets
        if wide.kind == "prefix"
        and (narrow.kind != "prefix" or meant_by(narrow, other) != meant_by(wide, one))
        and meant_by(narrow, other) <= meant_by(wide, one)
    }


def found_by_the_rules(everybody: tuple[Grant, ...], rule: str, words: str) -> set[tuple[str, str]]:
    findings = [finding for finding in examine(Estate("acme", everybody)).findings if finding.rule == rule]
    return {
        (finding.address, other)
        for finding in findings
        for other in re.findall(r"w/p[0-9]", finding.message.split(words, 1)[1].split(": got")[0])
    }


@given(estates)
@settings(max_examples=400)
def test_who_reaches_into_whose_secrets_is_what_a_comparison_of_everybody_finds(everybody: tuple[Grant, ...]) -> None:
    assert found_by_the_rules(everybody, "RC202", "reaches into what was granted to") == reaching(everybody)


@given(estates)
@settings(max_examples=300)
def test_whoever_shares_a_secret_is_named_with_somebody_who_shares_it(everybody: tuple[Grant, ...]) -> None:
    entries = [(grant, secret) for grant in everybody for secret in grant.permissions.secrets]
    same = {
        (one.address, other.address)
        for one, this in entries
        for other, that in entries
        if one is not other
        and (this.kind == "prefix") == (that.kind == "prefix")
        # Of two ARNs of one name, one is of a secret that was deleted: the name is granted twice all the same.
        and {_without_suffix(each) for each in meant_by(this, one)}
        == {_without_suffix(e) for e in meant_by(that, other)}
    }
    found = found_by_the_rules(everybody, "RC203", "is granted what")
    assert found <= same
    # Of each group, all but the first are named.
    named = {pair for pair in same if pair in found or (pair[1], pair[0]) in found or _by_a_third(pair, found)}
    assert named == same


def _without_suffix(secret: tuple[str, str, str]) -> tuple[str, str, str]:
    return (*secret[:2], secret[2][:-6])


def _by_a_third(pair: tuple[str, str], found: set[tuple[str, str]]) -> bool:
    return any((pair[0], third) in found and (pair[1], third) in found for _, third in found)


@given(estates, st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_the_order_of_roles_changes_nothing_about_who_reaches_whom(
    everybody: tuple[Grant, ...], random: object
) -> None:
    mixed = list(everybody)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    words = "reaches into what was granted to"
    assert found_by_the_rules(tuple(mixed), "RC202", words) == found_by_the_rules(everybody, "RC202", words)


TAGS = st.dictionaries(st.sampled_from("kmn"), st.sampled_from("vw"), min_size=1, max_size=3)


@given(st.lists(st.lists(TAGS, min_size=1, max_size=2), min_size=2, max_size=4))
@settings(max_examples=200)
def test_who_reaches_by_tags_is_who_asks_for_fewer_of_them(written: list[list[dict[str, str]]]) -> None:
    everybody = tuple(
        Grant(
            estate="acme",
            workspace="w",
            project=f"p{number}",
            vendor="obs",
            account=ACCOUNTS[0],
            region=REGIONS[0],
            role_name=f"role-{number}",
            trust=Trust(("arn:aws:iam::210987654321:role/reader",), (f"5b1f0c9e-7d3a-4e62-9c48-{number:012d}",)),
            permissions=Permissions(secrets=tuple(Secret("tag", tags=tuple(tags.items())) for tags in sets)),
            location=Location("w.yaml", number + 1),
        )
        for number, sets in enumerate(written)
    )
    expected = {
        (f"w/p{one}", f"w/p{other}")
        for one, ours in enumerate(written)
        for other, theirs in enumerate(written)
        if one != other and any(set(wide.items()) < set(narrow.items()) for wide in ours for narrow in theirs)
    }
    assert found_by_the_rules(everybody, "RC202", "reaches into what was granted to") == expected


# --- the index itself -------------------------------------------------------------------------------------------------
texts = st.text("ab/*~é", max_size=4)


@given(st.dictionaries(texts, st.integers()), texts)
@settings(max_examples=400)
def test_an_index_finds_exactly_what_begins_with_a_text_and_what_a_text_begins_with(
    entries: dict[str, int], text: str
) -> None:
    index = PatternIndex(entries)
    assert list(index.beginning_with(text)) == sorted(
        (key, value) for key, value in entries.items() if key[: len(text)] == text
    )
    shorter = [(key, value) for key, value in entries.items() if key != text and text[: len(key)] == key]
    assert list(index.beginnings_of(text)) == sorted(shorter, key=lambda found: len(found[0]))


@given(st.text("ab*?", max_size=6))
def test_the_head_of_a_pattern_is_what_all_of_its_texts_begin_with(pattern: str) -> None:
    head = literal_head(pattern)
    assert pattern.startswith(head)
    assert not set(head) & set("*?")
    assert pattern == head or pattern[len(head)] in "*?"
