import pytest

from shared.domain.cohort import words_of_search
from shared.domain.errors import InvalidInputError


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, ()),
        ("Grace", ("Grace",)),
        ("  grace \t hop ", ("grace", "hop")),
        ("ab", ("ab",)),
        ("a b", ("a", "b")),
        ("文字", ("文字",)),
    ],
)
def test_a_search_is_words(text: str | None, words: tuple[str, ...]) -> None:
    assert words_of_search(text) == words


@pytest.mark.parametrize("text", ["", " ", "a", "  a  "])
def test_a_search_that_tells_nobody_from_others_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="at least 2 characters") as refusal:
        words_of_search(text)

    assert refusal.value.pointer == "query/q"
