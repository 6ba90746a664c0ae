"""The rubric engine on every essay of the seeds: a sanity check of both."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.adapters.offline_embedder import OfflineEmbedder
from shared.adapters.offline_essay_scorer import OfflineEssayScorer
from shared.adapters.rubric_engine.reading import sentences_of
from shared.domain.essay import EssayTask, verify_marks, weigh
from shared.domain.level import Level
from shared.domain.question import (
    CriterionName,
    KeyPoint,
    Question,
    QuestionId,
    QuestionType,
    Rubric,
    RubricCriterion,
    RubricLevel,
)
from shared.ports.essay_scorer import EssayScorer

SEEDS = Path(__file__).parents[3] / "seeds" / "tracks"
SCORER = OfflineEssayScorer(embedder=OfflineEmbedder())
"""As it is deployed."""
WITHOUT_EMBEDDER = OfflineEssayScorer()


def read_question(track: str, seed: dict[str, Any]) -> Question:
    rubric = seed["rubric"]
    return Question(
        id=QuestionId(seed["id"]),
        version=1,
        slug=seed["id"],
        track_id=track,
        type=QuestionType.ESSAY,
        domain=seed["domain"],
        level=Level(seed["level"]),
        prompt=seed["prompt"],
        rubric=Rubric(
            criteria=tuple(
                RubricCriterion(
                    name=CriterionName(c["name"]),
                    weight=c["weight"],
                    levels=tuple(RubricLevel(**level) for level in c["levels"]),
                )
                for c in rubric["criteria"]
            ),
            key_points=tuple(
                KeyPoint(
                    id=k["id"],
                    text=k["text"],
                    weight=k["weight"],
                    terms=tuple(map(tuple, k["terms"])),
                )
                for k in rubric["keyPoints"]
            ),
            reference_answer=rubric["referenceAnswer"],
            hash=seed["id"],
        ),
    )


QUESTIONS = [
    read_question(path.parent.name, seed)
    for path in sorted(SEEDS.glob("*/essay.yaml"))
    for seed in yaml.safe_load(path.read_text())["questions"]
]
every_essay = pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.slug)


def reference_of(question: Question) -> str:
    assert question.rubric
    return question.rubric.reference_answer


def overall(question: Question, answer: str, scorer: EssayScorer = SCORER) -> float:
    assert question.rubric
    marks = scorer.score(EssayTask(question=question, answer=answer))
    return weigh(verify_marks(marks, answer), question.rubric)


def accuracy(question: Question, answer: str) -> float:
    marks = SCORER.score(EssayTask(question=question, answer=answer))
    return next(c.score for c in marks.criteria if c.name is CriterionName.ACCURACY)


def test_there_are_essays() -> None:
    assert QUESTIONS


@every_essay
def test_the_reference_answer_earns_the_top(question: Question) -> None:
    assert overall(question, reference_of(question)) >= 8.5


@every_essay
def test_it_does_so_without_an_embedder_as_well(question: Question) -> None:
    assert overall(question, reference_of(question), WITHOUT_EMBEDDER) >= 8.5


@every_essay
def test_the_reference_answer_leaves_no_doubt(question: Question) -> None:
    answer = reference_of(question)
    marks = SCORER.score(EssayTask(question=question, answer=answer))

    assert not any(c.unsure for c in verify_marks(marks, answer))
    assert marks.flags == ()


@every_essay
def test_half_of_the_reference_answer_earns_about_the_middle(question: Question) -> None:
    sentences = [s.text for s in sentences_of(reference_of(question))]
    middle = len(sentences) // 2
    halves = [" ".join(sentences[:middle]), " ".join(sentences[middle:])]
    mean = sum(overall(question, half) for half in halves) / 2

    # Graders give about 6 where half of the key points are there; a half of the text has more.
    assert 4 <= mean <= 8.5
    assert mean <= overall(question, reference_of(question)) - 0.9


@every_essay
def test_answers_to_other_tracks_questions_earn_next_to_nothing(question: Question) -> None:
    others = [q for q in QUESTIONS if q.track_id != question.track_id]
    scores = [overall(question, reference_of(other)) for other in others]

    # Neighbouring tracks share ideas: a lock on shared state is one in a database and in Terraform.
    assert max(scores) <= 4.5
    assert sum(scores) / len(scores) <= 1


@every_essay
def test_answers_to_other_questions_of_the_track_earn_little(question: Question) -> None:
    others = [q for q in QUESTIONS if q.track_id == question.track_id and q is not question]
    scores = [overall(question, reference_of(other)) for other in others]

    # Questions of one track share ideas: least privilege answers more than one of them.
    assert max(scores) <= 5.5
    assert sum(scores) / len(scores) <= 3


@every_essay
def test_the_prompt_pasted_back_earns_next_to_nothing(question: Question) -> None:
    assert overall(question, question.prompt) <= 2.5


@every_essay
@pytest.mark.parametrize("separator", [", ", " ", ". ", "\n- "])
def test_a_list_of_terms_earns_little(question: Question, separator: str) -> None:
    assert question.rubric
    terms = [group[0] for k in question.rubric.key_points for group in k.terms]

    assert overall(question, separator.join(terms)) <= 4


@every_essay
def test_bullet_points_cost_nothing(question: Question) -> None:
    bullets = "\n".join(f"- {s.text}" for s in sentences_of(reference_of(question)))

    assert overall(question, bullets) >= overall(question, reference_of(question)) - 0.5


CHATTER = (
    "My grandmother bakes bread every Sunday. She starts with flour, water and a little salt, and "
    "then she waits until the dough has risen. Because the kitchen is warm, this takes about an "
    "hour. When the bread is done, the whole family sits down and eats it with butter and honey, "
    "and that is what I like best about weekends at home with her. "
)


@every_essay
def test_fluent_text_about_something_else_earns_next_to_nothing(question: Question) -> None:
    assert overall(question, CHATTER) <= 1


@every_essay
def test_one_sentence_over_and_over_earns_no_more_than_once(question: Question) -> None:
    first = sentences_of(reference_of(question))[0].text

    assert overall(question, " ".join([first] * 12)) <= overall(question, first) + 1


def test_padding_adds_nothing() -> None:
    gains: dict[str, float] = {}
    for question in QUESTIONS:
        half = " ".join(s.text for s in sentences_of(reference_of(question))[:4])
        gains[question.slug] = overall(question, f"{half} {CHATTER * 6}") - overall(question, half)

    # By chance, words of the chatter are terms that the half lacks.
    by_chance = max(gains.pop("de-e-003"), gains.pop("mo-e-007"))
    assert by_chance <= 2.2
    assert max(gains.values()) <= 1
    assert sum(gains.values()) / len(gains) <= 0.1


@every_essay
def test_faulty_grammar_costs_no_accuracy(question: Question) -> None:
    reference = reference_of(question)
    faulty = re.sub(r"\b(?:the|a|an) ", "", reference, flags=re.IGNORECASE)

    assert accuracy(question, faulty) >= accuracy(question, reference) - 1
