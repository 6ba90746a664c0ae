from collections import Counter
from datetime import timedelta

import pytest

from shared.domain.accommodations import (
    NO_ACCOMMODATIONS,
    Accommodations,
    AccommodationsVersion,
)
from shared.domain.adjustment import adjust
from shared.domain.analytics import Started
from shared.domain.assessment import LIFETIME, Assessment, AssessmentId, AssessmentStatus
from shared.domain.bundle import choose_bundle
from shared.domain.consent import NOT_ASKED, AiScoring
from shared.domain.errors import (
    IdempotencyConflictError,
    InvalidInputError,
    NotFoundError,
    TrackUnavailableError,
)
from shared.domain.idempotency import IdempotencyKey
from shared.domain.level import Level
from shared.domain.question import Question, QuestionType
from shared.domain.track import QuestionMix, Track, TrackId
from shared.domain.user import Caller
from shared.usecases.start_assessment import StartedAssessment, start_assessment
from tests.builders import (
    MORE_TIME,
    NOON,
    TRACK,
    a_consent,
    a_pool,
    a_theoretical_question,
    a_track,
    an_accommodations_version,
    an_analytics_event,
)
from tests.fakes.store.state import Binding
from tests.fakes.wiring import FakeWiring
from tests.unit.usecases.scenes import OWNER, SOMEBODY_ELSE, a_key, bound


def offer(world: FakeWiring, track: Track, questions: tuple[Question, ...]) -> None:
    with world.store.begin() as repositories:
        repositories.tracks.put(track, content_hash=track.name)
        for question in questions:
            repositories.questions.put(question, content_hash=question.prompt)


@pytest.fixture
def pool(world: FakeWiring) -> tuple[Question, ...]:
    pool = a_pool(theoretical=9, essay=6, profile=8)
    offer(world, a_track(), pool)
    return pool


def start(
    world: FakeWiring,
    *,
    track_id: str = TRACK,
    level: Level = Level.INTERMEDIATE,
    caller: Caller = OWNER,
    idempotency: IdempotencyKey | None = None,
    ai_scoring: AiScoring | None = None,
    text_version: int | None = None,
) -> StartedAssessment:
    return start_assessment(
        TrackId(track_id),
        level,
        caller,
        ai_scoring=ai_scoring,
        text_version=text_version,
        idempotency=idempotency,
        store=world.store,
        ids=world.ids,
        clock=world.clock,
    )


@pytest.mark.usefixtures("pool")
def test_starting_opens_an_assessment_for_a_week(world: FakeWiring) -> None:
    started = start(world, level=Level.ADVANCED)

    assert not started.is_replay
    assert started.assessment == Assessment(
        id=started.assessment.id,
        student_id=OWNER.user_id,
        track_id=TRACK,
        track_version=1,
        experience_level=Level.ADVANCED,
        status=AssessmentStatus.IN_PROGRESS,
        started_at=NOON,
        expires_at=NOON + timedelta(days=7),
    )
    assert world.store.state.assessments == {started.assessment.id: started.assessment}
    assert world.store.state.snapshots == {started.assessment.id: started.snapshots}


@pytest.mark.usefixtures("pool")
def test_it_asks_the_default_mix_in_order(world: FakeWiring) -> None:
    snapshots = start(world).snapshots

    assert [s.position for s in snapshots] == list(range(1, 11))
    assert [s.question.type for s in snapshots] == [
        *[QuestionType.THEORETICAL] * 3,
        *[QuestionType.ESSAY] * 3,
        *[QuestionType.PROFILE] * 4,
    ]


def test_a_track_may_ask_another_mix(world: FakeWiring) -> None:
    mix = QuestionMix(theoretical=2, essay=1, profile=0)
    offer(world, a_track(question_mix=mix), a_pool())

    asked = Counter(s.question.type for s in start(world).snapshots)

    assert asked == {QuestionType.THEORETICAL: 2, QuestionType.ESSAY: 1}


def test_the_bundle_is_chosen_by_level_and_the_assessments_own_id(
    world: FakeWiring, pool: tuple[Question, ...]
) -> None:
    for level in Level:
        started = start(world, level=level)

        bundle = choose_bundle(a_track(), pool, level, seed=started.assessment.id)
        assert [s.question.slug for s in started.snapshots] == [q.slug for q in bundle]


def test_questions_and_track_stay_as_they_were_at_the_start(
    world: FakeWiring, pool: tuple[Question, ...]
) -> None:
    before = start(world)

    offer(world, a_track(name="Backend Developer"), ())
    with world.store.begin() as repositories:
        for question in pool:
            repositories.questions.put(question, content_hash="edited")
    after = start(world)

    with world.store.begin() as repositories:
        kept = repositories.assessments.snapshots(before.assessment.id)
    assert kept == before.snapshots
    assert {s.question.version for s in kept} == {1}
    assert {s.question.version for s in after.snapshots} == {2}
    assert (before.assessment.track_version, after.assessment.track_version) == (1, 2)


def accommodate(
    world: FakeWiring, granted: Accommodations | None, *, version: int = 1
) -> AccommodationsVersion:
    given = an_accommodations_version(student_id=OWNER.user_id, granted=granted, version=version)
    with world.store.begin() as repositories:
        repositories.accommodations.append(given)
    return given


@pytest.mark.usefixtures("pool")
def test_an_accommodated_student_gets_more_days_and_longer_limits(world: FakeWiring) -> None:
    accommodate(world, NO_ACCOMMODATIONS)
    accommodate(world, MORE_TIME, version=2)

    started = start(world)

    assessment = started.assessment
    assert assessment.expires_at == NOON + timedelta(days=14)
    assert (assessment.accommodations, assessment.accommodations_version) == (MORE_TIME, 2)
    assert world.store.state.assessments == {assessment.id: assessment}
    limits = [s.question.time_limit_seconds for s in started.snapshots]
    assert limits == [135] * 3 + [450] * 3 + [None] * 4


@pytest.mark.usefixtures("pool")
def test_what_is_stored_of_the_questions_is_the_same_for_everybody(world: FakeWiring) -> None:
    accommodate(world, MORE_TIME)

    started = start(world)

    [stored] = world.store.state.snapshots.values()
    assert {s.question.time_limit_seconds for s in stored} == {90, 300, None}
    assert [s.question.id for s in stored] == [s.question.id for s in started.snapshots]


@pytest.mark.usefixtures("pool")
def test_another_student_or_one_who_has_none_any_more_gets_what_everybody_gets(
    world: FakeWiring,
) -> None:
    accommodate(world, MORE_TIME)
    other = start(world, caller=SOMEBODY_ELSE)
    accommodate(world, None, version=2)

    for started in (other, start(world)):
        assert started.assessment.expires_at == NOON + LIFETIME
        assert not started.assessment.is_accommodated
        assert started.assessment.accommodations_version is None


@pytest.mark.usefixtures("pool")
@pytest.mark.parametrize(("at_first", "by_now"), [(None, MORE_TIME), (MORE_TIME, None)])
def test_a_replay_is_the_first_answer_whatever_was_given_or_taken_since(
    world: FakeWiring, at_first: Accommodations | None, by_now: Accommodations | None
) -> None:
    accommodate(world, at_first)
    first = start(world, idempotency=a_key())
    accommodate(world, by_now, version=2)
    with world.store.begin() as repositories:
        adjusted = adjust(first.assessment, by_now or NO_ACCOMMODATIONS, now=NOON).after
        repositories.assessments.save(adjusted)

    again = start(world, idempotency=a_key())

    assert adjusted.expires_at != first.assessment.expires_at
    assert (again.assessment, again.snapshots) == (first.assessment, first.snapshots)


@pytest.mark.usefixtures("pool")
def test_without_a_key_every_start_is_a_new_assessment(world: FakeWiring) -> None:
    assert start(world).assessment.id != start(world).assessment.id


@pytest.mark.usefixtures("pool")
def test_the_same_request_again_gets_the_first_assessment_again(world: FakeWiring) -> None:
    first = start(world, idempotency=a_key())
    world.clock.advance(timedelta(hours=1))

    again = start(world, idempotency=a_key())

    assert again.is_replay
    assert (again.assessment, again.snapshots) == (first.assessment, first.snapshots)
    assert len(world.store.state.assessments) == 1


@pytest.mark.usefixtures("pool")
def test_a_replay_is_served_even_after_the_track_was_retired(world: FakeWiring) -> None:
    first = start(world, idempotency=a_key())
    offer(world, a_track(name="Retired", active=False), ())

    assert start(world, idempotency=a_key()).assessment == first.assessment


@pytest.mark.usefixtures("pool")
def test_the_key_is_bound_to_the_assessment_from_now_on(world: FakeWiring) -> None:
    started = start(world, idempotency=a_key())

    assert world.store.state.bindings == {
        bound(a_key()): Binding(
            request_hash="request 1", resource_id=started.assessment.id, at=NOON
        )
    }


@pytest.mark.usefixtures("pool")
def test_the_same_key_with_another_request_conflicts(world: FakeWiring) -> None:
    start(world, idempotency=a_key())

    with pytest.raises(IdempotencyConflictError):
        start(world, idempotency=a_key(request="request 2"))

    assert len(world.store.state.assessments) == 1


@pytest.mark.usefixtures("pool")
def test_two_students_may_use_the_same_key(world: FakeWiring) -> None:
    start(world, idempotency=a_key())

    theirs = start(
        world, caller=SOMEBODY_ELSE, idempotency=a_key(scope=SOMEBODY_ELSE.user_id, request="2")
    )

    assert not theirs.is_replay
    assert theirs.assessment.student_id == SOMEBODY_ELSE.user_id


@pytest.mark.parametrize("track_id", ["unknown", "retired"])
def test_a_track_that_cannot_be_taken_is_not_found(world: FakeWiring, track_id: str) -> None:
    offer(world, a_track(id="retired", active=False), a_pool(track_id="retired"))

    with pytest.raises(NotFoundError):
        start(world, track_id=track_id)

    assert world.store.state.assessments == {}


def test_a_pool_that_is_too_small_starts_nothing_and_leaves_the_key_free(
    world: FakeWiring,
) -> None:
    offer(world, a_track(), a_pool(theoretical=2))

    with pytest.raises(TrackUnavailableError):
        start(world, idempotency=a_key())

    assert world.store.state.assessments == {}
    offer(world, a_track(), (a_theoretical_question(),))
    assert not start(world, idempotency=a_key()).is_replay


def test_questions_of_other_tracks_are_not_asked(world: FakeWiring) -> None:
    offer(world, a_track(), a_pool())
    offer(world, a_track(id="data-analyst", name="Data"), a_pool(track_id="data-analyst"))

    started = start(world, track_id="data-analyst")

    assert {s.question.track_id for s in started.snapshots} == {"data-analyst"}
    assert AssessmentId(started.assessment.id) in world.store.state.assessments


@pytest.mark.usefixtures("pool")
def test_a_warehouse_is_told_of_the_start_once_and_not_whose_it_is(world: FakeWiring) -> None:
    first = start(world, level=Level.ADVANCED, idempotency=a_key())
    start(world, level=Level.ADVANCED, idempotency=a_key())

    [event] = world.store.state.facts.values()
    assert event == an_analytics_event(
        id=event.id,
        assessment_id=first.assessment.id,
        fact=Started(
            track_id=TRACK, track_version=1, experience_level=Level.ADVANCED, question_count=10
        ),
    )
    assert OWNER.user_id not in repr(event)


def test_accommodations_are_not_told_to_a_warehouse(
    world: FakeWiring, pool: tuple[Question, ...]
) -> None:
    assert pool
    start(world)
    accommodate(world, MORE_TIME)
    assert start(world).assessment.is_accommodated

    plain, accommodated = (event.fact for event in world.store.state.facts.values())

    assert plain == accommodated


@pytest.mark.usefixtures("pool")
class TestAiScoring:
    @pytest.mark.parametrize("decision", [AiScoring.CONSENTED, AiScoring.DECLINED])
    @pytest.mark.parametrize("version", [1, None])
    def test_a_decision_is_recorded_with_time_and_version(
        self, world: FakeWiring, decision: AiScoring, version: int | None
    ) -> None:
        started = start(world, ai_scoring=decision, text_version=version)

        consent = a_consent(decision)
        assert started.assessment.consent == consent
        assert world.store.state.assessments[started.assessment.id].consent == consent
        assert world.store.state.consents == {started.assessment.id: (consent,)}

    def test_who_says_nothing_was_not_asked_which_is_no_consent(self, world: FakeWiring) -> None:
        started = start(world)

        assert started.assessment.consent == NOT_ASKED
        assert world.store.state.consents == {}

    @pytest.mark.parametrize(
        ("decision", "version", "pointer"),
        [
            (AiScoring.CONSENTED, 2, "/aiScoringTextVersion"),
            (None, 1, "/aiScoring"),
        ],
    )
    def test_what_was_not_agreed_to_starts_nothing(
        self, world: FakeWiring, decision: AiScoring | None, version: int, pointer: str
    ) -> None:
        with pytest.raises(InvalidInputError) as refusal:
            start(world, ai_scoring=decision, text_version=version, idempotency=a_key())

        assert refusal.value.pointer == pointer
        assert (world.store.state.assessments, world.store.state.bindings) == ({}, {})

    @pytest.mark.parametrize("first", [AiScoring.CONSENTED, None])
    def test_a_replay_has_the_decision_of_the_start(
        self, world: FakeWiring, first: AiScoring | None
    ) -> None:
        started = start(world, ai_scoring=first, idempotency=a_key())
        world.clock.advance(timedelta(minutes=1))
        with world.store.begin() as repositories:
            repositories.assessments.save_consent(
                started.assessment.id, a_consent(at=world.clock.now())
            )

        replay = start(world, ai_scoring=first, idempotency=a_key())

        assert replay.is_replay
        assert replay.assessment == started.assessment
