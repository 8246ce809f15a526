"""Who a caller is, against the principals that trusts name."""

import pytest

from rolecall.runtime.caller import account_of_caller, calls_as

USER = "arn:aws:iam::111111111111:user/team/x"
SESSION = "arn:aws:sts::111111111111:assumed-role/ci/run-1"


@pytest.mark.parametrize(
    ("caller", "principal", "expected"),
    [
        (USER, "arn:aws:iam::111111111111:root", True),
        (SESSION, "arn:aws:iam::111111111111:root", True),
        (USER, USER, True),
        (SESSION, "arn:aws:iam::111111111111:role/ci", True),
        (SESSION, "arn:aws:iam::111111111111:role/deploy/path/ci", True),
        (SESSION, "arn:aws:iam::111111111111:role/ci2", False),
        (SESSION, "arn:aws:iam::222222222222:role/ci", False),
        (SESSION, "arn:aws:iam::111111111111:user/ci", False),
        (USER, "arn:aws:iam::111111111111:user/x", False),
        (USER, "arn:aws:iam::222222222222:root", False),
        ("arn:aws:sts::111111111111:federated-user/x", "arn:aws:iam::111111111111:root", True),
        ("arn:aws:sts::111111111111:assumed-role/ci/x/y", "arn:aws:iam::111111111111:role/ci", True),
        ("nonsense", "arn:aws:iam::111111111111:root", False),
    ],
)
def test_a_principal_means_the_caller_or_does_not(caller: str, principal: str, expected: bool) -> None:
    assert calls_as(caller, principal) is expected


def test_what_is_no_arn_has_no_account() -> None:
    assert (account_of_caller(USER), account_of_caller("x")) == ("111111111111", "")
