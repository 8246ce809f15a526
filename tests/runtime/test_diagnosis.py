"""What the calls alone betray, and how several causes become one hint."""

import inspect
import re

import pytest

from rolecall.runtime.caller import account_of_caller
from rolecall.runtime.denial import DeniedBy
from rolecall.runtime.diagnosis import access, causes, hint, patterns, refusal
from rolecall.runtime.diagnosis import trouble as diagnosis_trouble
from rolecall.runtime.diagnosis.cause import Cause, Likelihood, told
from rolecall.runtime.observation import Observation, Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.trouble import Trouble
from rolecall.runtime.trust_probes import WITHOUT_ID
from rolecall.runtime.verdict import Verdict
from rolecall.runtime.wrong_ids import wrong_ids

ROLE = "arn:aws:iam::111111111111:role/vendors/acme"
VENDOR = "arn:aws:iam::353360065216:user/caller"
RIGHT = "workato_iam_external_id_12345_678"
WORDS = [wrong.how for wrong in wrong_ids((RIGHT,))]
SHUT = frozenset({Verdict.NOT_ASSUMABLE})


def asked(
    let_in: list[str], *, right: bool = True, by: DeniedBy | None = None, explicitly: bool = False
) -> list[Probe]:
    """All trust probes, of which some wrong ones were let in."""
    wrong = Observation(Observed.DENIED, "AccessDenied", denied_by=by, explicitly=explicitly)
    kinds = {WITHOUT_ID: "no_external_id", "the ID of a/b": "neighbour_external_id"}
    return [
        Probe("right_external_id", Observed.ALLOWED, Observation(Observed.ALLOWED) if right else wrong),
        *(
            Probe(
                kinds.get(word, "wrong_external_id"),
                Observed.DENIED,
                Observation(Observed.ALLOWED if word in let_in else Observed.DENIED),
                word,
            )
            for word in [WITHOUT_ID, *WORDS, "the ID of a/b"]
        ),
    ]


def test_the_patterns_are_written_in_the_words_of_the_wrong_ids() -> None:
    named = inspect.getmembers(patterns, lambda value: isinstance(value, str))
    constants = {value for name, value in named if name.isupper()}
    assert {WITHOUT_ID, *WORDS} <= constants


EVERYTHING = [WITHOUT_ID, *WORDS, "the ID of a/b"]


@pytest.mark.parametrize(
    ("let_in", "begins"),
    [
        (EVERYTHING, "the trust asks for no external ID"),
        ([WITHOUT_ID], "the trust lets in whoever sends no external ID"),
        ([*WORDS, "the ID of a/b"], "the trust takes any external ID"),
        (["other letter case"], "the trust does not look at letter case"),
        (["one character more"], "the trust takes everything that begins with the ID"),
        (["one character more", "the next number", "the ID of a/b"], "the trust takes every ID of one pattern"),
        (["the workspace-wide ID"], "the trust takes the workspace-wide external ID besides"),
        (["the ID of a/b"], "the trust takes a neighbour's external ID besides its own"),
        (["the next number"], "the trust takes a second external ID besides the right one"),
    ],
)
def test_a_weak_trust_is_known_by_the_ids_that_it_lets_in(let_in: list[str], begins: str) -> None:
    text = hint(asked(let_in), Verdict.UNPROTECTED, ROLE, VENDOR, RIGHT)
    assert text is not None
    assert text.startswith(begins), text
    assert ". Or: " not in text


@pytest.mark.parametrize(
    ("let_in", "begins"),
    [
        (EVERYTHING, "the trust lets in everything but the right external ID"),
        ([WITHOUT_ID], "the trust lets in only whoever sends no external ID"),
        (["other letter case"], "the trust holds the external ID in other letter case"),
        (["the workspace-wide ID"], "the trust still asks for the workspace-wide external ID"),
        (["the ID of a/b"], "the trust asks for a neighbour's external ID"),
        (["one character less"], "the trust holds the external ID without its last character"),
        (["one character more"], "the trust holds another external ID, one character away"),
    ],
)
def test_a_trust_for_another_id_is_known_by_the_id_that_it_lets_in(let_in: list[str], begins: str) -> None:
    text = hint(asked(let_in, right=False), Verdict.UNPROTECTED, ROLE, VENDOR, RIGHT)
    assert text is not None
    assert text.startswith(begins), text


def test_who_is_refused_and_knows_nothing_more_compares_the_id_first() -> None:
    text = hint(asked([], right=False), Verdict.NOT_ASSUMABLE, ROLE, VENDOR, RIGHT)
    assert text is not None
    first, second, third = text.split(". Or: ")
    assert first.startswith("compare the external ID with the one in the role's trust: each character")
    assert first.endswith("(33 characters were sent)")
    assert second == "the role was deleted, was never made, or has another path in account 111111111111"
    assert third.startswith(f"the trust does not name {VENDOR} (AIDA")
    assert RIGHT not in text
    assert len(text) <= 360  # read on a terminal


@pytest.mark.parametrize(
    ("by", "begins"),
    [
        (DeniedBy.RESOURCE_CONTROL_POLICY, "an organization's resource control policy (RCP)"),
        (DeniedBy.SERVICE_CONTROL_POLICY, "a service control policy (SCP) of the caller's organization"),
        (DeniedBy.PERMISSIONS_BOUNDARY, "the caller's own permissions boundary"),
        (DeniedBy.IDENTITY_POLICY, "the caller's own policies do not allow sts:AssumeRole"),
        (DeniedBy.ENDPOINT_POLICY, "the policy of the VPC endpoint"),
        (DeniedBy.SESSION_POLICY, "the session policy of the caller's own session"),
        (DeniedBy.RESOURCE_POLICY, "the role's trust does not let the call in, as AWS says"),
        (DeniedBy.TRUST_POLICY, "the role's trust does not let the call in, as AWS says"),
    ],
)
def test_the_policy_that_aws_names_is_told(by: DeniedBy, begins: str) -> None:
    text = hint(asked([], right=False, by=by), Verdict.NOT_ASSUMABLE, ROLE, VENDOR, RIGHT)
    assert text is not None
    assert text.startswith(begins), text
    assert ". Or: " not in text


@pytest.mark.parametrize(
    ("by", "begins"),
    [
        (DeniedBy.RESOURCE_CONTROL_POLICY, "an organization's resource control policy (RCP)"),
        (DeniedBy.PERMISSIONS_BOUNDARY, "a Deny in the caller's own permissions boundary"),
        (DeniedBy.IDENTITY_POLICY, "a Deny in the caller's own policies refuses sts:AssumeRole on this role: an Allow"),
        (DeniedBy.SESSION_POLICY, "a Deny in the session policy"),
        (DeniedBy.ENDPOINT_POLICY, "a Deny in the policy of the VPC endpoint"),
        (DeniedBy.TRUST_POLICY, "a Deny in the role's trust refuses the call"),
        (DeniedBy.RESOURCE_POLICY, "a Deny in the role's trust refuses the call"),
    ],
)
def test_against_a_deny_no_allow_is_advised(by: DeniedBy, begins: str) -> None:
    probes = asked([], right=False, by=by, explicitly=True)
    text = hint(probes, Verdict.NOT_ASSUMABLE, ROLE, VENDOR, RIGHT)
    assert text is not None
    assert text.startswith(begins), text


def right(*observed: Observed, by: DeniedBy | None = None, explicitly: bool = False) -> list[Probe]:
    """Probes with right external IDs, and how they ended."""
    refused = Observation(Observed.DENIED, "AccessDenied", denied_by=by, explicitly=explicitly)
    answers = [refused if one is Observed.DENIED else Observation(one) for one in observed]
    return [Probe("right_external_id", Observed.ALLOWED, answer, "right external ID") for answer in answers]


HALF = (Observed.ALLOWED, Observed.DENIED)
ROTATION = "the trust takes only one of the two external IDs of the rotation: deploy the trust with both"


@pytest.mark.parametrize("observed", [HALF, HALF[::-1]])
@pytest.mark.parametrize("by", [None, DeniedBy.TRUST_POLICY])
def test_a_trust_with_one_of_two_ids_of_a_rotation_is_told_as_that(
    observed: tuple[Observed, ...], by: DeniedBy | None
) -> None:
    text = str(hint(right(*observed, by=by), Verdict.NOT_ASSUMABLE, ROLE, VENDOR, RIGHT))
    assert text.startswith(ROTATION), text
    assert "deleted" not in text
    assert "compare" not in text


def test_of_several_callers_each_is_looked_at_by_itself() -> None:
    both = str(told(causes(right(*HALF, *HALF), ROLE, ids=2), Verdict.NOT_ASSUMABLE))
    assert both.startswith(ROTATION), both
    shut = (Observed.ALLOWED, Observed.ALLOWED, Observed.DENIED, Observed.DENIED)
    one = str(told(causes(right(*shut), ROLE, ids=2), Verdict.NOT_ASSUMABLE))
    assert one.startswith("the trust names only some of the vendor's principals"), one
    alone = str(told(causes(right(*HALF), ROLE, ids=1), Verdict.NOT_ASSUMABLE))
    assert alone.startswith("the trust names only some of the vendor's principals"), alone


def test_what_aws_says_of_one_of_two_ids_comes_before_the_rotation() -> None:
    probes = right(*HALF, by=DeniedBy.RESOURCE_CONTROL_POLICY)
    assert str(hint(probes, Verdict.NOT_ASSUMABLE, ROLE)).startswith("an organization's resource control policy")
    probes = right(*HALF, by=DeniedBy.TRUST_POLICY, explicitly=True)
    assert str(hint(probes, Verdict.NOT_ASSUMABLE, ROLE)).startswith("a Deny in the role's trust")


@pytest.mark.parametrize(
    ("let_in", "begins"),
    [
        ([WITHOUT_ID], "the trust lets in whoever sends no external ID: its operator is StringEqualsIfExists"),
        (["other letter case"], "the trust does not look at letter case"),
        (EVERYTHING, "the trust lets in everything but the right external ID"),
    ],
)
def test_a_weak_trust_is_known_during_a_rotation_too(let_in: list[str], begins: str) -> None:
    text = str(hint([*right(*HALF), *asked(let_in)[1:]], Verdict.UNPROTECTED, ROLE, VENDOR, RIGHT))
    assert text.startswith(begins), text


def test_no_hint_advises_to_open_more_than_this_role_or_to_send_no_id() -> None:
    texts = [*access.REFUSED_BY.values(), *refusal.REFUSED_BY.values(), *refusal.DENIED_BY.values()]
    texts += [pattern.text for pattern in (*patterns.WEAK, *patterns.ASTRAY)]
    assert not [text for text in texts if re.search(r"widen|remove the condition|without the external ID", text)]
    assert "nothing else" in refusal.DENIED_BY[DeniedBy.TRUST_POLICY]


def test_a_role_of_another_partition_is_told_whatever_was_answered() -> None:
    there = ROLE.replace("arn:aws:", "arn:aws-cn:")
    open_ = [Probe("right_external_id", Observed.ALLOWED, Observation(Observed.UNDECIDED, "ValidationError"))]
    for probes, verdict in ((asked([], right=False), Verdict.NOT_ASSUMABLE), (open_, Verdict.INCONCLUSIVE)):
        text = hint(probes, verdict, there, VENDOR, RIGHT)
        assert text is not None
        assert text.startswith(f"the role is in the partition aws-cn, and you call as {VENDOR} of aws"), text
        assert "compare" not in text


@pytest.mark.parametrize(
    ("sent", "what"),
    [("111111111111", "the role's account"), ("353360065216", "your own account"), (VENDOR, "an ARN")],
)
def test_an_account_that_was_sent_as_the_external_id_is_told_first(sent: str, what: str) -> None:
    for by in (None, DeniedBy.TRUST_POLICY):
        text = hint(asked([], right=False, by=by), Verdict.NOT_ASSUMABLE, ROLE, VENDOR, sent)
        assert text is not None
        begins = f"account and external ID were exchanged: what you sent as the external ID is {what}"
        assert text.startswith(begins), text


def test_a_digit_more_or_less_may_be_the_trusts_or_what_was_typed() -> None:
    for let_in in (["other letter case"], ["one character less"], ["one character more"]):
        text = hint(asked(let_in, right=False), Verdict.UNPROTECTED, ROLE, VENDOR, RIGHT)
        assert text is not None
        assert text.endswith("correct the trust, or what you sent"), text


@pytest.mark.parametrize("caller", ["me", "", "arn:aws", "::::::"])
def test_a_caller_whose_arn_is_none_changes_nothing(caller: str) -> None:
    text = hint(asked([], right=False), Verdict.NOT_ASSUMABLE, ROLE, caller, RIGHT)
    assert text is not None
    assert text.startswith("compare the external ID")


@pytest.mark.parametrize(
    ("caller", "begins"),
    [
        ("arn:aws:iam::353360065216:root", "you call as an account's root user"),
        (
            "arn:aws:iam::111111111111:user/me",
            "you call as arn:aws:iam::111111111111:user/me, of the role's own account",
        ),
    ],
)
def test_a_caller_who_is_not_the_vendor_is_told_so(caller: str, begins: str) -> None:
    text = hint(asked([], right=False), Verdict.NOT_ASSUMABLE, ROLE, caller, RIGHT)
    assert text is not None
    assert text.startswith(begins)
    assert account_of_caller(caller) != "111111111111" or "the ARN holds your own account where" in text


@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_has_a_way_out(trouble: Trouble) -> None:
    probe = Probe("right_external_id", Observed.ALLOWED, Observation(Observed.UNDECIDED, trouble=trouble))
    text = hint([probe], Verdict.INCONCLUSIVE, ROLE)
    assert text == diagnosis_trouble._BY_TROUBLE[trouble]


@pytest.mark.parametrize(
    ("code", "begins"),
    [
        ("ExpiredToken", "the caller's credentials have expired"),
        ("RegionDisabledException", "the region is not switched on"),
        ("RequestExpired", "this machine's clock is off"),
        ("InvalidClientTokenId", "AWS does not know the caller's access key"),
        ("PackedPolicyTooLarge", "AWS answered right_external_id with PackedPolicyTooLarge"),
    ],
)
def test_a_code_that_says_more_than_its_kind_is_told(code: str, begins: str) -> None:
    trouble = Trouble.CREDENTIALS if code != "PackedPolicyTooLarge" else None
    seen = Observation(Observed.UNDECIDED, code, trouble=trouble)
    text = hint([Probe("right_external_id", Observed.ALLOWED, seen)], Verdict.INCONCLUSIVE, ROLE)
    assert text is not None
    assert text.startswith(begins), text


def test_what_was_not_asked_is_told_with_its_reason() -> None:
    skipped = Probe("right_external_id", Observed.ALLOWED, Observation.skipped("no credentials"))
    assert hint([skipped], Verdict.INCONCLUSIVE, ROLE) == "not everything was asked: no credentials"


def test_a_verified_role_needs_no_hint() -> None:
    assert hint(asked([]), Verdict.VERIFIED, ROLE) is None


def test_that_the_verifier_is_refused_says_nothing_of_the_vendor() -> None:
    refused = Observation(Observed.DENIED, "AccessDenied")
    probe = Probe("right_external_id", Observed.ALLOWED, refused, "right external ID", Rung.ASSUMED_BY_VERIFIER)
    text = hint([*asked([]), probe], Verdict.DRIFTED, ROLE)
    assert text is not None
    assert text.startswith("the verifier's statement is not in the trust")


@pytest.mark.parametrize(
    ("code", "seconds", "begins"),
    [
        ("ValidationError", Observed.DENIED, "the role's MaxSessionDuration is too short for a session of 7200 s"),
        (None, Observed.ALLOWED, "the role gives a session of 7200 s"),
    ],
)
def test_of_a_sessions_length(code: str | None, seconds: Observed, begins: str) -> None:
    wanted = Observed.ALLOWED if seconds is Observed.DENIED else Observed.DENIED
    probe = Probe("session_duration", wanted, Observation(seconds, code), "a session of 7200 s, as the vendor asks for")
    text = hint([*asked([]), probe], Verdict.UNDERPOWERED if code else Verdict.DRIFTED, ROLE)
    assert text is not None
    assert text.startswith(begins), text


def cause(text: str, likelihood: Likelihood, *explains: Verdict, then: str = "") -> Cause:
    """A cause by its name."""
    return Cause(text, likelihood, frozenset(explains), then)


def test_what_explains_the_verdict_comes_before_what_is_surer() -> None:
    other = cause("other", Likelihood.TOLD, Verdict.OVERREACHING)
    one = cause("one", Likelihood.SEEN, Verdict.NOT_ASSUMABLE)
    assert told([other, one], Verdict.NOT_ASSUMABLE) == "one. Also: other"


def test_of_many_guesses_three_are_told_and_of_other_verdicts_none() -> None:
    some = [cause(name, Likelihood.USUAL, Verdict.NOT_ASSUMABLE) for name in "abcd"]
    assert told([cause("x", Likelihood.USUAL, Verdict.DRIFTED), *some], Verdict.NOT_ASSUMABLE) == "a. Or: b. Or: c"


def test_beside_a_certain_cause_no_guess_is_told_and_it_ends_in_what_to_do_then() -> None:
    some = [cause("guess", Likelihood.USUAL, *SHUT, then="no"), cause("sure", Likelihood.SEEN, *SHUT, then="undo it")]
    assert told(some, Verdict.NOT_ASSUMABLE) == "sure. undo it"


def test_nothing_known_is_no_hint() -> None:
    assert told([], Verdict.DRIFTED) is None
