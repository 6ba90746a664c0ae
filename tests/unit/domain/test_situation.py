import pytest

from shared.domain.assessment import Answer
from shared.domain.level import Level
from shared.domain.recommendation import Gap, Situation
from shared.domain.situation import interests_of, next_level, situation_of
from shared.domain.track import TrackId
from tests.builders import (
    a_profile_question,
    a_response,
    a_rule_score,
    a_theoretical_question,
    a_track,
    a_track_domain,
    an_assessment,
    an_option,
    snapshots_of,
)

TRACK = a_track(skill_focus=("sql", "rest-api-design"), domains=(a_track_domain(),))
CHOICE = a_profile_question(
    options=(
        an_option("a", interests=("postgresql", "sql")),
        an_option("b", interests=("rest-api-design", "sql")),
        an_option("c"),
    )
)
FREE = a_profile_question(free_text=True)


def interests(*answers: tuple[str, ...]) -> tuple[str, ...]:
    questions = [CHOICE, a_profile_question(options=CHOICE.options)]
    return interests_of(
        TRACK,
        snapshots_of(questions),
        {
            q.id: a_response(q, answer=Answer(selected=selected))
            for q, selected in zip(questions, answers, strict=False)
        },
    )


def named(text: str) -> tuple[str, ...]:
    response = a_response(FREE, answer=Answer(text=text))
    return interests_of(TRACK, snapshots_of([CHOICE, FREE]), {FREE.id: response})


@pytest.mark.parametrize(
    ("own", "overall", "step"),
    [
        pytest.param(Level.INTERMEDIATE, 39, Level.BEGINNER, id="basics-are-missing"),
        pytest.param(Level.INTERMEDIATE, 40, Level.INTERMEDIATE, id="developing"),
        pytest.param(Level.INTERMEDIATE, 74, Level.INTERMEDIATE, id="proficient"),
        pytest.param(Level.INTERMEDIATE, 75, Level.ADVANCED, id="well-into-proficient"),
        pytest.param(Level.BEGINNER, 0, Level.BEGINNER, id="nothing-below-beginner"),
        pytest.param(Level.ADVANCED, 100, Level.ADVANCED, id="nothing-above-advanced"),
        pytest.param(Level.BEGINNER, 100, Level.INTERMEDIATE, id="one-step-up-at-a-time"),
        pytest.param(Level.ADVANCED, 0, Level.INTERMEDIATE, id="one-step-down-at-a-time"),
    ],
)
def test_the_next_step_follows_from_ones_level_and_score(
    own: Level, overall: int, step: Level
) -> None:
    assert next_level(own, overall) is step


class TestInterests:
    def test_chosen_options_point_to_skills_each_once_in_order(self) -> None:
        assert interests(("a",), ("b",)) == ("postgresql", "sql", "rest-api-design")

    def test_the_order_is_that_of_the_options_not_of_the_choice(self) -> None:
        assert interests(("b", "a")) == ("postgresql", "sql", "rest-api-design")

    def test_options_that_point_nowhere_and_questions_unanswered_add_nothing(self) -> None:
        assert interests(("c",)) == ()
        assert interests() == ()

    def test_only_profile_answers_point_anywhere(self) -> None:
        question = a_theoretical_question(options=(an_option("a", interests=("sql",)),))

        found = interests_of(TRACK, snapshots_of([question]), {question.id: a_response(question)})

        assert found == ()

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            pytest.param("I love SQL!", ("sql",), id="in-any-case"),
            pytest.param("REST-API design, please", ("rest-api-design",), id="hyphens-are-spaces"),
            pytest.param("transactions and sql", ("sql", "transactions"), id="also-of-the-domains"),
            pytest.param("sqlite and mysql", (), id="not-within-words"),
            pytest.param("I am Ada, ada@example.org", (), id="none-of-the-students-words"),
            pytest.param("", (), id="nothing"),
        ],
    )
    def test_of_free_text_only_names_of_known_skills_go_on(
        self, text: str, found: tuple[str, ...]
    ) -> None:
        assert named(text) == found


def test_a_situation_is_all_that_retrieval_may_know() -> None:
    wrong = a_theoretical_question(skills=("transactions",))
    assessment = an_assessment(experience_level=Level.INTERMEDIATE)

    situation = situation_of(
        track=TRACK,
        assessment=assessment,
        snapshots=snapshots_of([wrong, CHOICE]),
        responses={CHOICE.id: a_response(CHOICE, answer=Answer(selected=("a",)))},
        rules=[a_rule_score(wrong.id, score=0.0)],
        essays=[],
    )

    assert situation == Situation(
        track_id=TrackId("backend-engineer"),
        level=Level.BEGINNER,
        focus=("sql", "rest-api-design"),
        interests=("postgresql", "sql"),
        gaps=(Gap(skill="transactions", severity=1.0),),
    )
