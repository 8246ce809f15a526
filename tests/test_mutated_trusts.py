"""A compiled trust, changed at random: whatever lets somebody else in is named, and what only looks different is not.

Who gets in is decided by an evaluator of its own, tests/policy_evaluator.py, that shares nothing with the analysis.
"""

import copy
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy_evaluator import Caller, lets_in

from rolecall.model.trust import Trust
from rolecall.policy.analyse import problems
from rolecall.policy.compare_trusts import trust_change
from rolecall.policy.compile import trust_document
from rolecall.policy.document import document
from rolecall.policy.trust import doors

Doc = dict[str, Any]

VENDOR, OTHER = "353360065216", "666666666666"
PRINCIPALS = [
    f"arn:aws:iam::{VENDOR}:root",
    f"arn:aws:iam::{VENDOR}:user/reader",
    f"arn:aws:iam::{VENDOR}:role/path/reader",
    "arn:aws:iam::944579081756:user/unified_assume_role_user",
]
IDS = ["acme-1", "Acme-2", "workato_iam_external_id_12345_678"]
KEY = "sts:ExternalId"

trusts = st.one_of(
    st.builds(
        lambda principals, ids: Trust(tuple(principals), tuple(ids)),
        st.lists(st.sampled_from(PRINCIPALS), min_size=1, max_size=2, unique=True),
        st.lists(st.sampled_from(IDS), min_size=1, max_size=2, unique=True),
    ),
    st.just(Trust((), (), pending=True)),
).map(trust_document)

# Everybody that is tried on every trust: the vendor's own, others of its account, strangers and services, with each ID,
# without one, and with what is nearly one.
WHO = [
    *(principal for principal in PRINCIPALS if not principal.endswith(":root")),
    f"arn:aws:iam::{VENDOR}:user/somebody",
    f"arn:aws:iam::{OTHER}:user/stranger",
    "lambda.amazonaws.com",
]
NEARLY = [each for i in IDS[:2] for each in (i.upper(), i.lower(), f"{i}0", i[:-1])]
CALLERS = [Caller(who, sent) for who in WHO for sent in dict.fromkeys([None, *IDS, *NEARLY, "other-7"])]


def guests(policy: Doc) -> set[Caller]:
    return {caller for caller in CALLERS if lets_in(policy, caller)}


# --- changes ----------------------------------------------------------------------------------------------------------
OPERATORS = [
    f"{quantifier}{operator}{end}"
    for quantifier in ("", "ForAllValues:", "ForAnyValue:", "forallvalues:")
    for operator in (
        *("StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "StringEqualsIgnoreCase", "stringequals"),
        *("StringNotEqualsIgnoreCase", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Bool", "NumericEquals"),
    )
    for end in ("", "IfExists")
] + ["Null", "null", "StringEqual", "NullIfExists"]
VALUES = st.one_of(
    st.sampled_from([*IDS, *NEARLY, "*", "?*", "", "acme-*", "acme-?", "${sts:ExternalId}", "${*}", "a${aws:userid}"]),
    st.sampled_from(
        ["true", "false", True, False, None, 7, [], {}, "acme 1", "${aws:PrincipalAccount}", "${STS:EXTERNALID}"]
    ),
)
ONE_OR_MORE = VALUES | st.lists(VALUES, max_size=3)
KEYS = st.sampled_from(
    [KEY, "sts:externalid", "STS:EXTERNALID", "aws:ExternalId", "sts:ExternalId ", "aws:PrincipalArn"]
)
CONDITIONS = st.one_of(
    st.dictionaries(st.sampled_from(OPERATORS), st.dictionaries(KEYS, ONE_OR_MORE, max_size=2), max_size=2),
    st.sampled_from(
        [None, [], "", {"StringEquals": None}, {"StringEquals": "acme-1"}, [{"StringEquals": {KEY: "acme-1"}}]]
    ),
)
WHOM = st.one_of(
    st.sampled_from(
        ["*", {"AWS": "*"}, {"AWS": ["*"]}, {"AWS": []}, {}, None, [], {"AWS": [["*"]]}, f"arn:aws:iam::{OTHER}:root"]
    ),
    st.sampled_from(
        [{"Service": "lambda.amazonaws.com"}, {"Federated": "cognito-identity.amazonaws.com"}, {"aws": "*"}]
    ),
    st.builds(
        lambda several: {"AWS": several},
        st.lists(
            st.sampled_from(
                [
                    *PRINCIPALS,
                    VENDOR,
                    OTHER,
                    f"arn:aws:iam::{OTHER}:role/reader",
                    "*",
                    "arn:aws:iam::*:root",
                    "AIDAEXAMPLE123456789A",
                ]
            ),
            min_size=1,
            max_size=3,
        ),
    ),
    st.just({"AWS": PRINCIPALS[0], "Service": "lambda.amazonaws.com"}),
)
ACTIONS = st.sampled_from(
    [
        *("sts:AssumeRole", "STS:assumerole", "sts:*", "*", "sts:Assume*", "sts:AssumeRol?", "sts:TagSession", "s3:*"),
        *(["sts:AssumeRole", "sts:TagSession"], ["sts:AssumeRole"], [], None, ["sts:assumerole", "sts:AssumeRole"]),
    ]
)


def set_element(name: str, values: st.SearchStrategy[Any]) -> Callable[[st.DrawFn, Doc], None]:
    def changed(draw: st.DrawFn, statement: Doc) -> None:
        statement[name] = copy.deepcopy(draw(values))  # later changes are made in place

    return changed


def rename_element(name: str, other: str) -> Callable[[st.DrawFn, Doc], None]:
    def changed(_: st.DrawFn, statement: Doc) -> None:
        if name in statement:
            statement[other] = statement.pop(name)

    return changed


def drop_element(draw: st.DrawFn, statement: Doc) -> None:
    statement.pop(draw(st.sampled_from(["Condition", "Principal", "Action", "Effect", "NotAction"])), None)


def change_operator(draw: st.DrawFn, statement: Doc) -> None:
    """The same keys and values under another operator."""
    condition = statement.get("Condition")
    if isinstance(condition, dict) and condition:
        old = draw(st.sampled_from(list(condition)))
        condition[draw(st.sampled_from(OPERATORS))] = condition.pop(old)


def add_operator(draw: st.DrawFn, statement: Doc) -> None:
    if isinstance(statement.get("Condition"), dict):
        statement["Condition"][draw(st.sampled_from(OPERATORS))] = {draw(KEYS): draw(ONE_OR_MORE)}


def change_values(draw: st.DrawFn, statement: Doc) -> None:
    condition = statement.get("Condition")
    for keys in condition.values() if isinstance(condition, dict) else ():
        if isinstance(keys, dict) and keys:
            key = draw(st.sampled_from(list(keys)))
            old = keys[key] if isinstance(keys[key], list) else [keys[key]]
            keys[key] = draw(st.one_of(ONE_OR_MORE, st.builds(old.__add__, st.lists(VALUES, max_size=2))))


def add_whom(draw: st.DrawFn, statement: Doc) -> None:
    whom, more = statement.get("Principal"), draw(WHOM)
    if isinstance(whom, dict) and isinstance(more, dict):
        old = whom.get("AWS", [])
        statement["Principal"] = {**whom, **more}
        if "AWS" in more:
            statement["Principal"]["AWS"] = [*(old if isinstance(old, list) else [old]), *_listed(more["AWS"])]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def loose_conditions(ids: Any) -> list[Doc]:
    """What people really write when the door does not open, and what looks like a guard and is none."""
    return [
        {},
        {"StringEqualsIfExists": {KEY: ids}},
        {"ForAllValues:StringEquals": {KEY: ids}},
        {"ForAllValues:StringLike": {KEY: ids}, "StringLike": {"aws:PrincipalArn": "*"}},
        {"ForAnyValue:StringEqualsIfExists": {KEY: ids}},
        *({"StringLike": {KEY: pattern}} for pattern in ("*", "acme-*", "?*", "${sts:ExternalId}")),
        {"StringEqualsIgnoreCase": {KEY: ids}},
        *({"StringNotEquals": {KEY: old}} for old in ("old", *IDS)),
        {"StringNotLikeIfExists": {KEY: "old*"}},
        *({"Null": {KEY: answer}} for answer in ("false", "true", False)),
        {"StringEquals": {KEY: ["${STS:ExternalId}", *_listed(ids)]}},
        {"StringEquals": {KEY: "${sts:ExternalId}"}},
        *({"StringEquals": {"aws:PrincipalAccount": own}} for own in (VENDOR, OTHER, "${aws:PrincipalAccount}")),
        {"Bool": {"aws:SecureTransport": "true"}},
        {"StringNotEquals": {"aws:ExternalId": ids}},
    ]


def loosen_condition(draw: st.DrawFn, statement: Doc) -> None:
    condition = statement.get("Condition")
    asked = condition.get("StringEquals") if isinstance(condition, dict) else None
    ids = asked.get(KEY, IDS[0]) if isinstance(asked, dict) else IDS[0]
    statement["Condition"] = draw(st.sampled_from(loose_conditions(ids)))


def loosen_principal(draw: st.DrawFn, statement: Doc) -> None:
    statement.pop("NotPrincipal", None)
    whom = st.sampled_from(["*", {"AWS": "*"}, {"AWS": ["*"]}, {"AWS": OTHER}, {"AWS": [*PRINCIPALS, OTHER]}])
    statement["Principal"] = copy.deepcopy(draw(whom))


def let_a_service_in(_: st.DrawFn, statement: Doc) -> None:
    if isinstance(statement.get("Principal"), dict):
        statement["Principal"] = {**statement["Principal"], "Service": "lambda.amazonaws.com"}
        statement.pop("Condition", None)


def let_all_others_in(_: st.DrawFn, statement: Doc) -> None:
    statement.pop("Principal", None)
    statement["NotPrincipal"] = {"AWS": [OTHER]}


def allow(_: st.DrawFn, statement: Doc) -> None:
    statement["Effect"] = "Allow"


LOOSER: list[Callable[[st.DrawFn, Doc], None]] = [
    *[loosen_condition] * 4,
    loosen_principal,
    let_a_service_in,
    let_all_others_in,
    allow,
    set_element(
        "Action", st.sampled_from(["sts:*", "*", "sts:Assume*", "STS:ASSUMEROLE", ["sts:AssumeRole", "sts:TagSession"]])
    ),
    rename_element("Condition", "condition"),
]
ANY: list[Callable[[st.DrawFn, Doc], None]] = [
    set_element("Condition", CONDITIONS),
    set_element("Principal", WHOM),
    set_element("Action", ACTIONS),
    set_element("Effect", st.sampled_from(["Allow", "Deny", "allow", "deny", None, ""])),
    set_element("NotPrincipal", WHOM),
    set_element("NotAction", ACTIONS),
    rename_element("Principal", "NotPrincipal"),
    rename_element("Action", "NotAction"),
    drop_element,
    change_operator,
    change_operator,
    add_operator,
    change_values,
    change_values,
    add_whom,
]


@st.composite
def changed(draw: st.DrawFn, policy: Doc) -> Doc:
    """A copy with one to four changes, some of them in statements of its own."""
    mutant = copy.deepcopy(policy)
    changes = draw(st.sampled_from([LOOSER, LOOSER, [*LOOSER, *ANY], ANY]))
    for _ in range(draw(st.integers(1, 4))):
        listed = mutant["Statement"]
        if draw(st.integers(0, 3)) == 0:
            listed.append(copy.deepcopy(draw(st.sampled_from(policy["Statement"]))))
            draw(st.sampled_from(changes))(draw, listed[-1])
        else:
            draw(st.sampled_from(changes))(draw, draw(st.sampled_from(listed)))
    if changes is ANY and draw(st.integers(0, 9)) == 0:
        mutant["Statement"].append(draw(st.sampled_from(["sts:AssumeRole", [], None, {}])))
    return mutant


pairs = trusts.flatmap(lambda policy: st.tuples(st.just(policy), changed(policy)))


def texts_of(value: Any) -> Iterator[str]:
    """All texts that stand somewhere in a document."""
    if isinstance(value, str):
        yield value
    for below in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts_of(below)


def is_spelled_out(caller: Caller, policy: Doc) -> bool:
    """Whether the caller's ID and its user, role or account stand there literally, so that it may be meant."""
    texts = set(texts_of(policy))
    whole = {caller.account, f"arn:aws:iam::{caller.account}:root", caller.principal}
    return caller.external_id in texts and caller.account != "" and bool(whole & texts)


def check_named(original: Doc, mutant: Doc) -> None:
    new = guests(mutant) - guests(original)
    if any(not is_spelled_out(caller, mutant) for caller in new):
        assert problems(mutant), new
    elif new:
        # Another ID or principal in the right shape: nobody can tell by the document alone, the comparison can.
        assert problems(mutant) or trust_change(original, mutant).gained, new


def check_doors(policy: Doc) -> None:
    known = doors(policy)
    for caller in guests(policy):
        who = {"*", caller.principal, f"Service:{caller.principal}", f"arn:aws:iam::{caller.account}:root"}
        assert any(d.principal in who and d.external_id in (None, caller.external_id) for d in known), caller


@given(pairs)
@settings(max_examples=900)
def test_a_change_that_lets_anybody_else_in_is_always_named(pair: tuple[Doc, Doc]) -> None:
    check_named(*pair)


@given(pairs)
@settings(max_examples=500)
def test_nobody_gets_in_but_by_a_door_that_the_analysis_knows(pair: tuple[Doc, Doc]) -> None:
    for policy in pair:
        check_doors(policy)


@given(pairs)
@settings(max_examples=500)
def test_a_trust_without_a_problem_lets_in_whom_it_spells_out_and_nobody_else(pair: tuple[Doc, Doc]) -> None:
    _, mutant = pair
    if not problems(mutant):
        assert all(is_spelled_out(caller, mutant) for caller in guests(mutant))


@pytest.mark.parametrize("principals", [PRINCIPALS[:1], PRINCIPALS[1:3]])
@pytest.mark.parametrize("ids", [IDS[:1], IDS[:2]])
def test_every_condition_that_looks_like_a_guard_and_is_none_is_named(principals: list[str], ids: list[str]) -> None:
    original = trust_document(Trust(tuple(principals), tuple(ids)))
    (statement,) = original["Statement"]
    for condition in loose_conditions(ids):
        loose = {**statement, "Condition": condition}
        for mutant in (document(loose), document(statement, loose), document(loose, statement)):
            assert problems(mutant), condition
            check_named(original, mutant)
            check_doors(mutant)


# --- the same, written differently ------------------------------------------------------------------------------------
def in_odd_letters(text: str, draw: st.DrawFn) -> str:
    return draw(st.sampled_from([text, text.lower(), text.upper(), text.swapcase()]))


def in_any_order(value: Any, draw: st.DrawFn) -> Any:
    listed = draw(st.permutations(value if isinstance(value, list) else [value]))
    return listed[0] if len(listed) == 1 and draw(st.booleans()) else list(listed)


@st.composite
def rewritten(draw: st.DrawFn, policy: Doc) -> Doc:
    """The same meaning: order, scalars and lists, letter case where it does not count, Sids, accounts for roots."""
    statements = []
    for each in policy["Statement"]:
        statement = {"Sid": draw(st.sampled_from(["", "Vendor"]))} if draw(st.booleans()) else {}
        statement |= {key: each[key] for key in draw(st.permutations(list(each)))}
        statement["Action"] = in_any_order(in_odd_letters(each["Action"], draw), draw)
        whom = in_any_order(each["Principal"]["AWS"], draw)
        short = draw(st.booleans())
        one = [re.sub(r"arn:aws:iam::([0-9]{12}):root", r"\1", text) if short else text for text in _listed(whom)]
        statement["Principal"] = {"AWS": one if isinstance(whom, list) else one[0]}
        if "Condition" in each:
            ids = in_any_order(each["Condition"]["StringEquals"][KEY], draw)
            statement["Condition"] = {in_odd_letters("StringEquals", draw): {in_odd_letters(KEY, draw): ids}}
        statements.append(statement)
    whole = {"Statement": statements, "Version": "2012-10-17", "Id": "x"}
    whole["Statement"] = statements * draw(st.integers(1, 2)) if draw(st.booleans()) else in_any_order(statements, draw)
    return json.loads(json.dumps(whole))  # type: ignore[no-any-return]


@given(trusts.flatmap(lambda policy: st.tuples(st.just(policy), rewritten(policy))))
@settings(max_examples=300)
def test_what_is_only_written_differently_is_no_problem(pair: tuple[Doc, Doc]) -> None:
    policy, other = pair
    assert guests(other) == guests(policy)
    assert problems(other) == []
    assert doors(other) == doors(policy)
    change = trust_change(policy, other)
    assert not change.gained and not change.lost


# --- the evaluator ----------------------------------------------------------------------------------------------------
def _with(condition: Any, **more: Any) -> Doc:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": PRINCIPALS[0]},
        "Action": "sts:AssumeRole",
        "Condition": condition,
    }
    return document(statement | more)


RIGHT, NONE, UPPER = (Caller(PRINCIPALS[1], sent) for sent in ("acme-1", None, "ACME-1"))


@pytest.mark.parametrize(
    ("condition", "right", "none", "upper"),
    [
        ({"StringEquals": {KEY: "acme-1"}}, True, False, False),
        ({"stringequals": {"STS:externalID": ["x", "acme-1"]}}, True, False, False),
        ({}, True, True, True),
        ({"StringEqualsIfExists": {KEY: "acme-1"}}, True, True, False),
        ({"StringEqualsIgnoreCase": {KEY: "acme-1"}}, True, False, True),
        ({"StringLike": {KEY: "acme-?"}}, True, False, False),
        ({"StringLike": {KEY: "${*}"}}, False, False, False),
        ({"StringNotEquals": {KEY: "acme-1"}}, False, True, True),
        ({"StringNotEquals": {KEY: ["acme-1", "ACME-1"]}}, False, True, False),
        ({"ForAllValues:StringEquals": {KEY: "acme-1"}}, True, True, False),
        ({"ForAnyValue:StringEquals": {KEY: "acme-1"}}, True, False, False),
        ({"ForAnyValue:StringNotEquals": {KEY: "acme-1"}}, False, False, True),
        ({"ForAnyValue:StringEqualsIfExists": {KEY: "acme-1"}}, True, True, False),
        ({"Null": {KEY: "false"}}, True, False, True),
        ({"Null": {KEY: True}}, False, True, False),
        ({"StringEquals": {KEY: "${sts:ExternalId}"}}, True, False, True),
        ({"StringEquals": {KEY: "acme-1"}, "Null": {KEY: "true"}}, False, False, False),
        ({"StringEquals": {"aws:ExternalId": "acme-1"}}, False, False, False),
        ({"StringNotEquals": {"aws:ExternalId": "acme-1"}}, True, True, True),
        ({"StringEqual": {KEY: "acme-1"}}, False, False, False),
        ({"ArnLike": {KEY: "*"}}, False, False, False),
    ],
)
def test_the_evaluator_of_these_tests_reads_conditions_as_aws_documents_them(
    condition: Any, right: bool, none: bool, upper: bool
) -> None:
    assert [lets_in(_with(condition), caller) for caller in (RIGHT, NONE, UPPER)] == [right, none, upper]


def test_the_evaluator_of_these_tests_reads_statements_as_aws_documents_them() -> None:
    stranger, service = Caller(f"arn:aws:iam::{OTHER}:user/stranger", "acme-1"), Caller("lambda.amazonaws.com")
    asks = {"StringEquals": {KEY: "acme-1"}}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sts:*"}
    assert not lets_in(_with(asks), stranger)
    assert lets_in(_with(asks, Principal="*"), stranger)
    assert lets_in(_with(asks, Principal={"AWS": [PRINCIPALS[0], OTHER]}), stranger)
    assert not lets_in(_with(asks, Principal={"AWS": "AIDAEXAMPLE123456789A"}), RIGHT)
    assert lets_in(_with({}, Principal={"Service": "lambda.amazonaws.com"}), service)
    assert not lets_in(_with({}), service)
    assert lets_in(_with(asks, Action="STS:assume*"), RIGHT)
    assert not lets_in(_with(asks, Action="sts:TagSession"), RIGHT)
    assert not lets_in({"Statement": [*_with(asks)["Statement"], deny]}, RIGHT)
    assert lets_in({"Statement": [{"Effect": "Allow", "NotPrincipal": {"AWS": VENDOR}, "NotAction": "s3:*"}]}, stranger)


def test_the_changes_let_somebody_in_often_enough_to_prove_something() -> None:
    opened: list[bool] = []

    @given(pairs)
    @settings(max_examples=300)
    def count(pair: tuple[Doc, Doc]) -> None:
        opened.append(bool(guests(pair[1]) - guests(pair[0])))

    count()
    assert sum(opened) > 60
