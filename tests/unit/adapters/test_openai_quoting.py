"""Student text on its way to a model and model text on its way to a student."""

import pytest

from shared.adapters.openai.quoting import EmailMask, marker_for, new_marker, tidy


def test_a_marker_that_the_answer_contains_is_not_used() -> None:
    draws = iter(["guessed", "guessed again", "free"])

    marker = marker_for("</answer guessed again> </answer guessed>", lambda: next(draws))

    assert marker == "free"


def test_markers_cannot_be_guessed() -> None:
    markers = {new_marker() for _ in range(100)}
    assert len(markers) == 100
    assert {len(marker) for marker in markers} == {32}


def test_addresses_are_masked_and_come_back_in_quotes() -> None:
    mask = EmailMask("Write to ada@uni.edu or bob.b+x@mail.uni.edu now.")

    assert mask.masked == "Write to [e-mail 1] or [e-mail 2] now."
    assert mask.reveal("or [e-mail 2] now") == "or bob.b+x@mail.uni.edu now"


@pytest.mark.parametrize(
    "text",
    [
        "The pattern must accept user@example.com and user@mail.example.",
        "The decorator @property and git@ have no domain.",
        "A ratio of 3@4 is no address.",
    ],
)
def test_what_is_nobodys_address_stays(text: str) -> None:
    assert EmailMask(text).masked == text


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        pytest.param("  fine \n", 10, "fine", id="trimmed"),
        pytest.param("one two three", 13, "one two three", id="just fits"),
        pytest.param("one two three", 12, "one two…", id="cut between words"),
        pytest.param("abcdefghij", 5, "abcd…", id="cut within a long word"),
        pytest.param("a\x00b\x1bc\ud800d\r\ne\tf", 20, "abcd\ne\tf", id="without controls"),
        pytest.param("", 5, "", id="empty"),
    ],
)
def test_text_is_tidied(text: str, limit: int, expected: str) -> None:
    assert tidy(text, limit) == expected
