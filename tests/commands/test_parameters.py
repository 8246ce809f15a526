"""External IDs in Parameter Store: plain text or a reason, and never something else's."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from rolecall.accounts.parameters import value
from rolecall.answer import CommandError
from rolecall.estate import sound
from rolecall.model.invalid import InvalidValueError
from rolecall.model.trust import ParameterReference
from tests.embedded.world import ROOT

GRANT = sound(ROOT / "examples" / "acme").grants[0]
REFERENCE = ParameterReference("/vendors/acme", 3)


class Ssm:
    """One parameter, or an error; in every account and region."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def client(self, account: str, service: str, region: str) -> Any:
        """Itself."""
        assert (account, service, region) == (GRANT.account, "ssm", GRANT.region)
        return self

    def environment(self, account: str) -> dict[str, str]:
        """Nobody asks."""
        raise NotImplementedError(account)

    def get_parameter(self, Name: str) -> Any:  # noqa: N803 -- boto3's word
        """The answer."""
        assert Name == "/vendors/acme:3"
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def error(code: str) -> ClientError:
    """AWS's."""
    return ClientError({"Error": {"Code": code, "Message": "m"}}, "GetParameter")


def test_a_plain_parameter_is_the_id() -> None:
    assert value(REFERENCE, GRANT, Ssm({"Parameter": {"Type": "String", "Value": "an-id-1"}})) == "an-id-1"


@pytest.mark.parametrize(
    ("answer", "why", "tip"),
    [
        (error("ParameterNotFound"), "AWS answered ParameterNotFound", "make the parameter"),
        (error("AccessDeniedException"), "AWS answered AccessDeniedException", "let the caller use ssm:GetParameter"),
        (EndpointConnectionError(endpoint_url="https://x"), "the endpoint cannot be reached", "try again"),
        (
            {"Parameter": {"Type": "SecureString", "Value": "AQICAHh"}},
            "the answer could not be understood",
            "try again",
        ),
        ({"Something": "else"}, "the answer could not be understood", "try again"),
    ],
)
def test_what_is_no_plain_parameter_is_told_with_its_reason(answer: Any, why: str, tip: str) -> None:
    with pytest.raises(CommandError, match=why) as refused:
        value(REFERENCE, GRANT, Ssm(answer))
    assert refused.value.tip.startswith(tip)
    assert refused.value.exit_code == 3


def test_a_parameter_that_holds_no_external_id_is_bad_input() -> None:
    with pytest.raises(InvalidValueError, match="parameter /vendors/acme:3"):
        value(REFERENCE, GRANT, Ssm({"Parameter": {"Type": "String", "Value": "an id"}}))


def test_a_vendor_cannot_read_the_customers_parameters() -> None:
    with pytest.raises(CommandError, match="in the customer's account"):
        value(REFERENCE, GRANT, None)


def test_of_an_id_with_a_stray_sign_its_beginning_is_told_and_no_more() -> None:
    chosen = "3d3bb0a4-5cf1-4c0e-9d5b-7f6d0a2b9e41"
    with pytest.raises(InvalidValueError, match="it holds a blank at its end: got '3d3b…', 37 characters") as refused:
        value(REFERENCE, GRANT, Ssm({"Parameter": {"Type": "String", "Value": f"{chosen} "}}))
    assert chosen[4:9] not in str(refused.value)
