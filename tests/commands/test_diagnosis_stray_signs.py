"""A value that was copied with something that nobody sees is refused, and the message shows where that is."""

import pytest

from rolecall.model.external_ids import external_id
from rolecall.model.identifiers import Arn
from rolecall.model.invalid import InvalidValueError
from rolecall.model.stray_signs import stray_sign, without_stray_signs


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("abc ", "a blank at its end"),
        ("  abc", "a blank at its beginning"),
        ("ab c", "a blank as character 3"),
        ("abc\r\n", "a line break at its end"),
        ("\tabc", "a tab at its beginning"),
        ("ab\u00a0c", "a no-break blank as character 3"),
        ("ab\u200bc", "an invisible sign (zero-width blank) as character 3"),
        ("abc\ufeff", "an invisible sign (U+FEFF ZERO WIDTH NO-BREAK SPACE) at its end"),
        ("\u201cabc\u201d", "the quote \u201c at its beginning"),
        ("abc\x00", "an invisible sign (U+0000) at its end"),
    ],
)
def test_the_sign_and_its_place_are_named(text: str, where: str) -> None:
    assert stray_sign(text) == where
    assert without_stray_signs(text) == "abc"
    with pytest.raises(InvalidValueError) as refused:
        external_id(text)
    assert refused.value.what == f"external_id is no external ID: it holds {where}"
    assert not any(sign in str(refused.value) for sign in "\u200b\u00a0\ufeff\x00\n\r\t")


def test_an_id_of_the_right_characters_holds_none() -> None:
    assert stray_sign("workato_iam_external_id_1_2+=,.@:/-") is None


def test_an_arn_with_a_blank_is_refused_with_its_place() -> None:
    with pytest.raises(InvalidValueError, match="role ARN is not an ARN: it holds a blank at its end"):
        Arn.parse("arn:aws:iam::111111111111:role/x ", "role ARN")
