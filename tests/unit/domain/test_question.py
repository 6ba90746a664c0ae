from tests.builders import (
    a_profile_question,
    a_theoretical_question,
    an_essay_question,
    an_option,
)


def test_the_key_is_the_set_of_correct_options() -> None:
    question = a_theoretical_question(
        options=(
            an_option("a", correct=True),
            an_option("b", correct=False),
            an_option("c", correct=True),
        )
    )

    assert question.correct_options == {"a", "c"}


def test_a_profile_question_has_no_key() -> None:
    assert a_profile_question().correct_options == frozenset()


def test_essays_and_free_text_take_text() -> None:
    assert an_essay_question().takes_text
    assert a_profile_question(free_text=True).takes_text
    assert not a_profile_question().takes_text
    assert not a_theoretical_question().takes_text
