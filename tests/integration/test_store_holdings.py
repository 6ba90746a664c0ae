"""What is held about one person, on every store."""

from shared.domain.assessment import AssessmentId
from shared.domain.essay import Usage
from shared.domain.event import EventId, EventType
from shared.domain.holdings import KeptKey, Prompt
from shared.domain.user import UserId
from shared.ports.store import Store
from tests.builders import (
    NOON,
    a_session,
    a_verdict_on,
    an_accommodations_version,
    an_essay_score,
    an_id,
    an_idempotency_key,
    feedback_on,
    later,
)
from tests.integration.stored import stored_assessment, stored_recommendation, stored_student

NOBODY = UserId("no-uuid")


def test_sessions_are_ones_own_and_oldest_first(store: Store) -> None:
    ada, alan = stored_student(store), stored_student(store)
    sessions = [a_session(user_id=ada), a_session(user_id=ada, revoked_at=later(1))]
    with store.begin() as repositories:
        for session in (*reversed(sessions), a_session(user_id=alan)):
            repositories.sessions.add(session)

    with store.begin() as repositories:
        assert repositories.holdings.sessions(ada) == tuple(sessions)
        assert repositories.holdings.sessions(NOBODY) == ()


def test_keys_are_those_that_one_sent_and_the_one_of_the_registration(store: Store) -> None:
    ada, alan = an_id(), an_id()
    rows = [("ada@example.org", "register", ada), (ada, "start", "a"), (alan, "start", "b")]
    with store.begin() as repositories:
        for seconds, (scope, operation, resource) in enumerate(rows):
            key = an_idempotency_key(scope=scope, operation=operation)
            repositories.idempotency.claim(key, resource_id=resource, now=later(seconds))

    with store.begin() as repositories:
        keys = repositories.holdings.keys(UserId(ada))
        assert repositories.holdings.keys(NOBODY) == ()
    assert keys == tuple(
        KeptKey(
            scope=scope, operation=operation, key="k", resource_id=resource, created_at=later(n)
        )
        for n, (scope, operation, resource) in enumerate(rows[:2])
    )


def test_events_are_ones_own_sent_or_not(store: Store) -> None:
    ada, alan = UserId(an_id()), UserId(an_id())
    with store.begin() as repositories:
        events = [
            repositories.outbox.append(
                EventType.ASSESSMENT_SUBMITTED,
                student,
                {"n": n},
                event_id=EventId(an_id()),
                at=later(n),
            )
            for n, student in enumerate((ada, alan, ada))
        ]
        repositories.outbox.mark_sent([events[0].id], at=NOON)

    with store.begin() as repositories:
        assert repositories.holdings.events(ada) == (events[0], events[2])
        assert repositories.holdings.events(NOBODY) == ()


def test_accommodations_are_all_that_there_ever_were(store: Store) -> None:
    ada, alan = stored_student(store), stored_student(store)
    versions = [
        an_accommodations_version(student_id=ada, version=1, set_by=alan),
        an_accommodations_version(student_id=ada, version=2, granted=None, set_by=alan),
    ]
    with store.begin() as repositories:
        for version in (*versions, an_accommodations_version(student_id=alan, set_by=ada)):
            repositories.accommodations.append(version)

    with store.begin() as repositories:
        assert repositories.holdings.accommodations(ada) == tuple(versions)
        assert repositories.holdings.accommodations(NOBODY) == ()


def test_feedback_is_found_by_its_author_and_by_its_assessment(store: Store) -> None:
    ada, alan = stored_student(store), stored_student(store)
    about, elsewhere = stored_recommendation(store), stored_recommendation(store)
    first, second, third = (
        feedback_on(about, author_id=ada),
        feedback_on(about, author_id=alan),
        feedback_on(elsewhere, author_id=ada),
    )
    with store.begin() as repositories:
        for feedback in (third, second, first):
            repositories.feedback.add(feedback)

    with store.begin() as repositories:
        holdings = repositories.holdings
        assert holdings.feedback_by(ada) == (first, third)
        assert holdings.feedback_by(NOBODY) == ()
        assert holdings.feedback_on(AssessmentId(about.assessment_id)) == (first, second)
        assert holdings.feedback_on(AssessmentId("no-uuid")) == ()


def test_verdicts_are_found_by_their_author_and_by_the_assessment(store: Store) -> None:
    ada, alan = stored_student(store), stored_student(store)
    about, elsewhere = stored_recommendation(store), stored_recommendation(store)
    first, second, third = (
        a_verdict_on(about, author_id=ada),
        a_verdict_on(about, author_id=alan, revision=2),
        a_verdict_on(elsewhere, author_id=ada),
    )
    with store.begin() as repositories:
        for verdict in (third, second, first):
            repositories.verdicts.add(verdict)

    with store.begin() as repositories:
        holdings = repositories.holdings
        assert holdings.verdicts_by(ada) == (first, third)
        assert holdings.verdicts_by(NOBODY) == ()
        assert holdings.verdicts_on(AssessmentId(about.assessment_id)) == (first, second)
        assert holdings.verdicts_on(AssessmentId("no-uuid")) == ()


def test_audit_entries_are_those_about_the_subject(store: Store) -> None:
    ada, alan = an_id(), an_id()
    with store.begin() as repositories:
        for actor, subject in ((alan, ada), (ada, alan), (ada, ada)):
            repositories.audit.append(
                actor=actor, action="role.changed", subject=subject, details={"n": 1.5}, at=NOON
            )

    with store.begin() as repositories:
        entries = repositories.holdings.audit(ada)
        assert repositories.holdings.audit("\0") == ()
    assert [(e.number, e.actor, e.subject) for e in entries] == [(1, alan, ada), (3, ada, ada)]
    assert {(e.action, e.details["n"], e.at) for e in entries} == {("role.changed", 1.5, NOON)}


def test_scores_are_all_that_were_ever_given(store: Store) -> None:
    assessment, snapshots = stored_assessment(store)
    other, others = stored_assessment(store)
    first, second = snapshots[3].question.id, snapshots[4].question.id
    scores = [
        an_essay_score(assessment_id=assessment.id, question_id=question, attempt=attempt)
        for question, attempt in ((first, 1), (first, 2), (second, 1))
    ]
    with store.begin() as repositories:
        for score in reversed(scores):
            repositories.assessments.add_essay_score(score)
        repositories.assessments.add_essay_score(
            an_essay_score(assessment_id=other.id, question_id=others[3].question.id)
        )

    with store.begin() as repositories:
        assert repositories.holdings.essay_scores(assessment.id) == tuple(scores)
        assert repositories.holdings.essay_scores(AssessmentId("no-uuid")) == ()


def test_prompts_are_those_of_the_assessment(store: Store) -> None:
    ours, others = AssessmentId(an_id()), AssessmentId(an_id())
    usage = Usage(prompt_tokens=10, completion_tokens=3)
    with store.begin() as repositories:
        for assessment, purpose in ((ours, "a"), (others, "b"), (ours, "c")):
            repositories.usage.record(assessment, purpose=purpose, model="m", usage=usage, at=NOON)

    with store.begin() as repositories:
        assert repositories.holdings.prompts(ours) == tuple(
            Prompt(purpose=purpose, model="m", usage=usage, at=NOON) for purpose in ("a", "c")
        )
        assert repositories.holdings.prompts(AssessmentId("no-uuid")) == ()
