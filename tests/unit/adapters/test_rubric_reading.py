"""Reading: sentences that stand in the text as they are, and words that can be compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.rubric_engine.reading import (
    LONGEST_PIECE,
    MOST_SENTENCES,
    content_of,
    fold,
    sentences_of,
)
from shared.adapters.rubric_engine.stems import stem

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=2_000)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        pytest.param("It fails. Then it retries!", 2, id="full-stops"),
        pytest.param("Use codes, e.g. 404 or 500.", 1, id="an-abbreviation-ends-nothing"),
        pytest.param("- ask the cache\n- Ask the database", 2, id="bullets"),
        pytest.param("The line is wrapped\nin the middle.", 1, id="wrapped-line"),
        pytest.param("It locks; it waits.", 2, id="semicolon"),
        pytest.param("db.execute(sql) runs o.id.", 1, id="dots-in-code"),
        pytest.param("... !!! ???", 0, id="no-words"),
        pytest.param("", 0, id="empty"),
    ],
)
def test_a_text_is_cut_into_sentences(text: str, sentences: int) -> None:
    assert len(sentences_of(text)) == sentences


@given(ANYTHING)
def test_sentences_stand_in_the_text_in_order_and_do_not_overlap(text: str) -> None:
    end = 0
    for sentence in sentences_of(text):
        assert text[sentence.start : sentence.start + len(sentence.text)] == sentence.text
        assert sentence.start >= end
        end = sentence.start + len(sentence.text)


@given(ANYTHING)
def test_folding_a_folded_text_again_changes_its_words_no_more(text: str) -> None:
    assert content_of(fold(text)) == content_of(text)


def test_a_sentence_without_an_end_is_read_in_pieces() -> None:
    pieces = sentences_of("word " * 100)

    assert [len(p.words) for p in pieces] == [LONGEST_PIECE, LONGEST_PIECE, 20]
    assert [p.is_end for p in pieces] == [False, False, True]


def test_endless_fragments_are_not_read_to_the_end() -> None:
    assert len(sentences_of("a. " * 3_000)) == MOST_SENTENCES


@pytest.mark.parametrize(
    "forms",
    [
        ["cache", "caches", "cached", "caching"],
        ["connect", "connected", "connection", "connections"],
        ["query", "queries"],
        ["transaction", "transactions", "transactional"],
        ["database", "databases"],
        ["lock", "locks", "locked", "locking"],
    ],
    ids=lambda forms: forms[0],
)
def test_forms_of_a_word_have_one_stem(forms: list[str]) -> None:
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("server", "service"), ("state", "static"), ("port", "process")]
)
def test_different_words_keep_different_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_what_is_not_plain_letters_keeps_its_form() -> None:
    assert [stem(word) for word in ("5xx", "über", "0.3")] == ["5xx", "über", "0.3"]
