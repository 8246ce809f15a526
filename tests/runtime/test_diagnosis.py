"""What the calls alone betray, and how several causes become one hint."""

import inspect

import pytest

from rolecall.runtime.denial import DeniedBy
from rolecall.runtime.diagnosis import hint
from rolecall.runtime.diagnosis import trouble as diagnosis_trouble
from rolecall.runtime.diagnosis import trust as diagnosis_trust
from rolecall.runtime.diagnosis.cause import Cause, Likelihood, told
from rolecall.runtime.observation import Observation, Observed
from rolecall.runtime.probe import Probe
from rolecall.runtime.rung import Rung
from rolecall.runtime.trouble import Trouble
from rolecall.runtime.verdict import Verdict
from rolecall.runtime.wrong_ids import wrong_ids

ROLE = "arn:aws:iam::111111111111:role/vendors/acme"
VENDOR = "arn:aws:iam::353360065216:user/caller"
RIGHT = "workato_iam_external_id_12345_678"
WORDS = [wrong.how for wrong in wrong_ids((RIGHT,))]
SHUT = frozenset({Verdict.NOT_ASSUMABLE})


def asked(let_in: list[str], *, right: bool = True, by: DeniedBy | None = None) -> list[Probe]:
    """All trust probes, of which some wrong ones were let in."""
    wrong = Observation(Observed.DENIED, "AccessDenied", denied_by=by)
    kinds = {"no external ID": "no_external_id", "the ID of a/b": "neighbour_external_id"}
    return [
        Probe("right_external_id", Observed.ALLOWED, Observation(Observed.ALLOWED) if right else wrong),
        *(
            Probe(
                kinds.get(word, "wrong_external_id"),
                Observed.DENIED,
                Observation(Observed.ALLOWED if word in let_in else Observed.DENIED),
                word,
            )
            for word in ["no external ID", *WORDS, "the ID of a/b"]
        ),
    ]


def test_the_patterns_are_written_in_the_words_of_the_wrong_ids() -> None:
    named = inspect.getmembers(diagnosis_trust, lambda value: isinstance(value, str))
    constants = {value for name, value in named if name.isupper()}
    assert set(WORDS) <= constants


EVERYTHING = ["no external ID", *WORDS, "the ID of a/b"]


@pytest.mark.parametrize(
    ("let_in", "begins"),
    [
        (EVERYTHING, "the trust asks for no external ID"),
        (["no external ID"], "the trust lets in whoever sends no external ID"),
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
        (["no external ID"], "the trust lets in only whoever sends no external ID"),
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
    assert first.startswith("compare the external ID")
    assert "33 characters were sent" in first
    assert second.startswith("the ARN: the role must be in account 111111111111")
    assert third.startswith(f"the trust does not name {VENDOR} or its account (it shows AIDA")
    assert RIGHT not in text


@pytest.mark.parametrize(
    ("by", "begins"),
    [
        (DeniedBy.RESOURCE_CONTROL_POLICY, "an organization's resource control policy (RCP)"),
        (DeniedBy.SERVICE_CONTROL_POLICY, "a service control policy (SCP) of the caller's organization"),
        (DeniedBy.PERMISSIONS_BOUNDARY, "the caller's own permissions boundary"),
        (DeniedBy.IDENTITY_POLICY, "the caller's own policies do not allow sts:AssumeRole"),
        (DeniedBy.ENDPOINT_POLICY, "the policy of the VPC endpoint"),
        (DeniedBy.SESSION_POLICY, "the session policy of the caller's own session"),
        (DeniedBy.RESOURCE_POLICY, "compare the external ID"),
    ],
)
def test_the_policy_that_aws_names_is_told(by: DeniedBy, begins: str) -> None:
    text = hint(asked([], right=False, by=by), Verdict.NOT_ASSUMABLE, ROLE, VENDOR, RIGHT)
    assert text is not None
    assert text.startswith(begins), text


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
