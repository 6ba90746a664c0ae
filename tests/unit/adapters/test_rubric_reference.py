"""Comparing an answer with a reference answer, where a question comes without key points."""

from dataclasses import replace
from itertools import pairwise

import pytest

from shared.adapters.offline_embedder import OfflineEmbedder
from shared.adapters.offline_essay_scorer import OfflineEssayScorer
from shared.adapters.rubric_engine.coefficients import DEFAULT, Additive
from shared.adapters.rubric_engine.reading import sentences_of
from shared.adapters.rubric_engine.reference import (
    Meaning,
    compare_meaning,
    compare_wording,
    prepare_reference,
)
from shared.domain.essay import EssayTask
from shared.domain.question import CriterionName
from tests.builders import a_rubric, an_essay_question

PROMPT = "What is a stack?"
REFERENCE = "A stack returns the element first that was pushed last."
LONG = (
    "A transaction makes several updates succeed or fail together. If the program stops in the "
    "middle, the database rolls the first update back, so money cannot leave one account without "
    "arriving at the other. After the commit the change is durable, because it was written to a "
    "log on disk before, and so it survives a crash of the server."
)
LONG_PROMPT = "Explain how a database protects a transfer between two accounts."


def wording(answer: str) -> dict[str, float]:
    return dict(compare_wording(sentences_of(answer), prepare_reference(REFERENCE, PROMPT)))


def accuracy(answer: str, *, prompt: str, reference: str, embeds: bool = True) -> float:
    rubric = replace(a_rubric(), key_points=(), reference_answer=reference)
    question = an_essay_question(prompt=prompt, rubric=rubric)
    scorer = OfflineEssayScorer(embedder=OfflineEmbedder() if embeds else None)
    marks = scorer.score(EssayTask(question=question, answer=answer))
    return next(c.score for c in marks.criteria if c.name is CriterionName.ACCURACY)


def long_accuracy(answer: str, *, embeds: bool = True) -> float:
    return accuracy(answer, prompt=LONG_PROMPT, reference=LONG, embeds=embeds)


def test_the_reference_answer_has_all_of_itself() -> None:
    features = wording(REFERENCE)

    assert features == {
        "found": 1,
        "precision": 1,
        "letters": 1,
        "sequence": 1,
        "length": 0,
        "agreement": 1,
    }


def test_words_of_the_prompt_are_not_found() -> None:
    assert wording("What is a stack?")["found"] == 0


def test_a_misspelt_word_keeps_most_of_its_letters() -> None:
    assert 0.5 < wording("A stack retuns the elemnt first that was pushd last.")["letters"] < 1


def test_other_words_are_near_by_meaning() -> None:
    reference = prepare_reference("car", "")
    meaning = Meaning(points=[[0.5, 0.75]], words=[[0.9, 0.1]])
    features = compare_meaning(sentences_of("auto, tree"), reference, meaning, weights=[1])

    assert features == {"points": 0.75, "word_recall": 0.9, "word_precision": 0.5}


@pytest.mark.parametrize("embeds", [True, False])
def test_other_words_for_the_right_thing_earn_a_good_mark(*, embeds: bool) -> None:
    answer = (
        "Both updates are put in a transaction, so either both happen or none. When the program "
        "crashes between them, the database undoes the first update and no money is lost. A "
        "committed change stays, since the log on disk has it."
    )
    assert long_accuracy(answer, embeds=embeds) >= 7


@pytest.mark.parametrize(
    ("answer", "most"),
    [
        ("Designers talk to people because they want to learn what they need.", 1),
        ("asdf qwer", 1),
        (LONG_PROMPT, 0),
        (f"{LONG_PROMPT} This is very important.", 4),
        (
            "My grandmother bakes bread on Sundays, and the whole family likes to eat it warm. "
            * 4,
            1,
        ),
        ("transaction, commit, rollback, log", 4),
    ],
)
def test_what_is_not_about_the_question_earns_little(answer: str, most: float) -> None:
    assert long_accuracy(answer) <= most


@pytest.mark.parametrize("reference", ["It is.", "?", "…"])
def test_a_reference_without_a_telling_word_does_no_harm(reference: str) -> None:
    assert 0 <= accuracy("A stack is LIFO.", prompt=PROMPT, reference=reference) <= 10


def test_a_short_right_answer_to_a_short_question_is_not_held_to_be_off_topic() -> None:
    assert (
        accuracy(
            "The base case for merge sort is one.",
            prompt="What is the base case for merge sort?",
            reference="When the size of the array is one.",
        )
        >= 4
    )


@pytest.mark.parametrize("fitted", [DEFAULT.by_reference.wording, DEFAULT.by_reference.meaning])
def test_more_of_a_fitted_feature_never_lowers_a_mark(fitted: Additive) -> None:
    for curve in fitted.curves.values():
        assert all(a <= b for (_, a), (_, b) in pairwise(curve.knots))
