"""What leaves the API, and in what shape."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from shared.api.schemas.assessments import (
    AnswerIn,
    AnswerOut,
    AssessmentOut,
    QuestionOut,
    SavedResponseOut,
    Start,
    StatusOut,
)
from shared.api.schemas.auth import LogIn, NewUser, Registration, UserOut
from shared.api.schemas.results import EssayScoreOut, ProfileOut, RecommendationOut, ResultOut
from shared.api.schemas.tracks import TrackOut
from shared.domain.assessment import Answer, AssessmentStatus, Snapshot
from shared.domain.degraded import DegradedReason
from shared.domain.essay import Evidence, Provenance
from shared.domain.level import Level
from shared.domain.progress import progress_of
from shared.domain.question import CriterionName, Question
from shared.domain.user import Role
from tests.builders import (
    NOON,
    a_credential,
    a_criterion_score,
    a_degradation,
    a_profile,
    a_profile_question,
    a_recommendation,
    a_recommendation_item,
    a_response,
    a_rule_score,
    a_theoretical_question,
    a_traced_candidate,
    a_track,
    a_user,
    a_verdict_on,
    an_assessment,
    an_essay_question,
    an_essay_score,
    later,
)

COMPLETED = an_assessment(
    id="asm_1",
    status=AssessmentStatus.COMPLETED,
    submitted_at=NOON,
    completed_at=later(2.14),
)


def sent(body: BaseModel) -> dict[str, Any]:
    return body.model_dump(mode="json", by_alias=True)


def asked(question: Question) -> dict[str, Any]:
    return sent(QuestionOut.of(Snapshot(position=3, question=question)))


class TestQuestions:
    def test_a_choice_is_asked_without_its_key(self) -> None:
        assert asked(a_theoretical_question(id="q_1", prompt="Which one?")) == {
            "id": "q_1",
            "position": 3,
            "type": "theoretical",
            "prompt": "Which one?",
            "domain": "backend.databases",
            "options": [{"id": "a", "text": "Option a"}, {"id": "b", "text": "Option b"}],
            "multiple": False,
            "timeLimitSeconds": 90,
            "maxLength": None,
        }

    def test_an_essay_is_asked_without_its_rubric(self) -> None:
        question = asked(an_essay_question(id="q_1", prompt="Explain.", max_length=4000))

        assert question == {
            "id": "q_1",
            "position": 3,
            "type": "essay",
            "prompt": "Explain.",
            "domain": "backend.databases",
            "options": None,
            "multiple": None,
            "timeLimitSeconds": 300,
            "maxLength": 4000,
        }

    def test_a_profile_question_is_asked_without_where_it_points(self) -> None:
        assert asked(a_profile_question())["options"] == [
            {"id": "a", "text": "Option a"},
            {"id": "b", "text": "Option b"},
        ]

    def test_free_text_has_no_options(self) -> None:
        question = asked(a_profile_question(free_text=True))

        assert (question["options"], question["multiple"], question["maxLength"]) == (
            None,
            None,
            500,
        )

    def test_where_a_question_sets_no_limit_the_apis_own_is_told(self) -> None:
        assert asked(an_essay_question(max_length=None))["maxLength"] == 10_000


class TestAnswers:
    @pytest.mark.parametrize(
        ("body", "answer"),
        [
            ({"selected": ["b", "a"]}, Answer(selected=("b", "a"))),
            ({"selected": []}, Answer()),
            ({"text": "It is atomic."}, Answer(text="It is atomic.")),
            ({"text": ""}, Answer(text="")),
            ({}, Answer()),
        ],
    )
    def test_they_are_taken_as_they_are(self, body: dict[str, Any], answer: Answer) -> None:
        assert AnswerIn.model_validate(body).to_domain() == answer

    @pytest.mark.parametrize(
        ("answer", "body"),
        [
            (Answer(selected=("b", "a")), {"selected": ["b", "a"], "text": None}),
            (Answer(), {"selected": [], "text": None}),
            (Answer(text=""), {"selected": None, "text": ""}),
        ],
    )
    def test_they_are_given_back_as_their_kind(self, answer: Answer, body: dict[str, Any]) -> None:
        assert sent(AnswerOut.of(answer)) == body

    def test_a_saved_one_says_when(self) -> None:
        response = a_response("q_1", answer=Answer(text="x"), saved_at=later(0.5))

        assert sent(SavedResponseOut.of(response)) == {
            "questionId": "q_1",
            "answer": {"selected": None, "text": "x"},
            "savedAt": "2026-01-01T12:00:00.500Z",
        }


class TestTimes:
    @pytest.mark.parametrize(
        ("time", "text"),
        [
            (NOON, "2026-01-01T12:00:00.000Z"),
            (
                datetime(2026, 1, 1, 12, 0, 0, 123_999, tzinfo=UTC),
                "2026-01-01T12:00:00.123Z",
            ),
        ],
    )
    def test_they_are_rfc_3339_in_utc_to_the_millisecond(self, time: datetime, text: str) -> None:
        assert sent(UserOut.of(a_user(created_at=time)))["createdAt"] == text

    def test_what_has_not_happened_is_null(self) -> None:
        body = sent(AssessmentOut.of(an_assessment(), AssessmentStatus.EXPIRED))

        assert (body["status"], body["submittedAt"], body["completedAt"]) == ("expired", None, None)


class TestAccounts:
    def test_a_user_is_told_without_the_hash(self) -> None:
        assert sent(UserOut.of(a_user(id="usr_1", email="ada@example.org", name="Ada"))) == {
            "id": "usr_1",
            "email": "ada@example.org",
            "name": "Ada",
            "role": "student",
            "createdAt": "2026-01-01T12:00:00.000Z",
        }

    @pytest.mark.parametrize(
        ("email", "kept"),
        [
            ("ada@example.org", "ada@example.org"),
            ("Ada.L@EXAMPLE.org", "Ada.L@example.org"),
            ("ada@school.test", "ada@school.test"),
            ("josé@müller.example.org", "josé@müller.example.org"),
        ],
    )
    def test_addresses_are_normalized(self, email: str, kept: str) -> None:
        assert a_registration(email=email).email == kept

    @pytest.mark.parametrize(
        "email", ["", "ada", "ada@", "@example.org", "a b@example.org", "ada@example.org\0", "a@b"]
    )
    def test_what_is_no_address_is_refused(self, email: str) -> None:
        with pytest.raises(ValidationError, match="email"):
            a_registration(email=email)

    def test_an_address_is_at_most_254_characters_long(self) -> None:
        with pytest.raises(ValidationError, match="email"):
            a_registration(email=f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 63}.org")

    @pytest.mark.parametrize("name", ["", " \t", "x" * 201, "a\0b"])
    def test_a_name_says_something(self, name: str) -> None:
        with pytest.raises(ValidationError, match="name"):
            a_registration(name=name)

    def test_logging_in_takes_any_text_for_an_address(self) -> None:
        log_in = LogIn.model_validate({"email": "no address", "password": "x"})

        assert log_in.email == "no address"

    def test_nobody_registers_with_a_role(self) -> None:
        with pytest.raises(ValidationError, match="role"):
            a_registration(role="admin")

    def test_an_operator_must_name_one(self) -> None:
        body = {"email": "ada@example.org", "password": "x", "name": "Ada"}

        assert NewUser.model_validate(body | {"role": "advisor"}).role is Role.ADVISOR
        with pytest.raises(ValidationError, match="role"):
            NewUser.model_validate(body)


def a_registration(**changes: str) -> Registration:
    body = {"email": "ada@example.org", "password": "x" * 10, "name": "Ada"}
    return Registration.model_validate(body | changes)


def test_a_student_who_says_nothing_is_intermediate() -> None:
    assert Start.model_validate({"trackId": "x"}).experience_level is Level.INTERMEDIATE


def test_requests_speak_camel_case_only() -> None:
    with pytest.raises(ValidationError, match="trackId"):
        Start.model_validate({"track_id": "x"})


def test_a_track_is_told_without_its_weights() -> None:
    body = sent(TrackOut.of(a_track(id="backend-engineer")))

    assert body == {
        "id": "backend-engineer",
        "name": "Backend Engineer",
        "description": "Builds the services behind an application.",
        "skillFocus": ["sql", "rest-api-design"],
        "questionMix": {"theoretical": 3, "essay": 3, "profile": 4},
        "estimatedMinutes": 15,
        "domains": [{"id": "backend.databases", "name": "Databases"}],
    }


def test_a_status_tells_stages_and_what_was_degraded() -> None:
    assessment = an_assessment(
        id="asm_1",
        status=AssessmentStatus.SCORING,
        submitted_at=NOON,
        degradations=(a_degradation(question_id="q_1"),),
    )

    body = sent(StatusOut.of(assessment, assessment.status, progress_of(assessment, [], {})))

    assert {k: v for k, v in body.items() if k != "stages"} == {
        "assessmentId": "asm_1",
        "status": "scoring",
        "percent": 99,
        "degraded": True,
        "degradedReasons": [
            {
                "reason": "essay_scoring_fallback",
                "cause": "timeout",
                "at": "2026-01-01T12:00:00.000Z",
                "questionId": "q_1",
            }
        ],
        "estimatedSecondsRemaining": 1,
        "readByPeople": None,
    }
    assert body["stages"][0] == {
        "name": "rule_scoring",
        "state": "completed",
        "startedAt": "2026-01-01T12:00:00.000Z",
        "finishedAt": "2026-01-01T12:00:00.000Z",
    }


class TestResults:
    def test_a_profile_is_explained(self) -> None:
        assert sent(ProfileOut.of(COMPLETED, a_profile(overall_score=72))) == {
            "assessmentId": "asm_1",
            "trackId": "backend-engineer",
            "overallScore": 72,
            "band": "proficient",
            "confidence": 0.86,
            "domainBreakdown": [{"domain": "backend.databases", "score": 80, "questions": 2}],
            "strengths": ["Databases: You reason soundly about how data is stored."],
            "improvements": ["APIs: Practise designing resources."],
            "degraded": False,
            "degradedReasons": [],
            "completedAt": "2026-01-01T12:00:02.140Z",
        }

    def test_an_essay_score_shows_its_evidence_and_what_produced_it(self) -> None:
        criterion = a_criterion_score(
            CriterionName.ACCURACY,
            score=8,
            evidence=(Evidence(quote="is atomic", start=14, end=23),),
        )
        score = an_essay_score(
            question_id="q_1", score=7.3, criteria=(criterion,), flags=("addresses_grader",)
        )

        assert sent(EssayScoreOut.of(score)) == {
            "questionId": "q_1",
            "score": 7.3,
            "maxScore": 10,
            "criteria": [
                {
                    "name": "accuracy",
                    "score": 8,
                    "maxScore": 10,
                    "feedback": "You name atomicity.",
                    "nextLevel": "Say what happens on failure.",
                    "evidence": [{"quote": "is atomic", "start": 14, "end": 23}],
                    "unsure": False,
                }
            ],
            "feedback": "A sound answer.",
            "needsReview": True,
            "flags": ["addresses_grader"],
            "scoredBy": {
                "engine": "openai",
                "model": "gpt-5.4-mini",
                "promptVersion": "score_essay.v1",
                "promptHash": "beef",
                "rubricHash": "c0ffee",
                "questionVersion": 1,
                "attempt": 1,
            },
            "previous": [],
        }

    def test_marks_of_a_person_show_those_that_they_replace(self) -> None:
        before = an_essay_score(
            score=7.3,
            criteria=(a_criterion_score(CriterionName.ACCURACY, score=8, unsure=True),),
            flags=("addresses_grader",),
        )
        after = an_essay_score(score=4, provenance=Provenance(engine="person"), attempt=2)

        body = sent(EssayScoreOut.of(after, (before,)))

        assert (body["score"], body["scoredBy"]["engine"], body["needsReview"]) == (
            4,
            "person",
            False,
        )
        (earlier,) = body["previous"]
        assert {name: earlier[name] for name in ("score", "feedback", "flags")} == {
            "score": 7.3,
            "feedback": "A sound answer.",
            "flags": ["addresses_grader"],
        }
        assert (earlier["scoredBy"]["engine"], earlier["scoredBy"]["attempt"]) == ("openai", 1)
        (criterion,) = earlier["criteria"]
        assert (criterion["name"], criterion["score"], criterion["unsure"]) == (
            "accuracy",
            8,
            True,
        )
        assert criterion["evidence"] == [{"quote": "is atomic", "start": 14, "end": 23}]

    def test_a_recommendation_cites_its_sources_and_its_trace(self) -> None:
        body = sent(RecommendationOut.build(a_recommendation(id="rec_1"), {}, is_whole=False))

        (item,) = body["items"]
        assert item["rank"] == 1
        assert item["level"] == "intermediate"
        assert item["format"] == "course"
        assert item["why"] == "It closes your gap in SQL."
        assert item["sources"] == [
            {"field": "outcomes", "snippet": "Design a schema.", "similarity": 0.71}
        ]
        assert body["trace"] == {
            "query": "sql, transactions",
            "embeddingModel": "wordllama",
            "candidates": 24,
            "filters": {"track": "backend-engineer", "level": "intermediate"},
            "ranking": None,
        }
        assert item["verdict"] is None
        assert body["writtenBy"]["promptVersion"] == "summarize.v1"

    def test_staff_see_all_that_was_weighed_and_what_became_of_it(self) -> None:
        item, other = a_recommendation_item(), a_credential()
        ranking = (
            a_traced_candidate(other, rank=1),
            a_traced_candidate(item.credential, rank=2),
        )
        recommendation = a_recommendation(items=(item,), ranking=ranking)

        body = sent(RecommendationOut.build(recommendation, {}, is_whole=True))

        assert body["trace"]["ranking"] == [
            {
                "rank": rank,
                "credentialId": credential.id,
                "title": credential.title,
                "relevance": 0.731,
                "vectorRank": 5,
                "vectorSimilarity": 0.64,
                "textRank": None,
                "textScore": None,
                "itemRank": item_rank,
            }
            for rank, credential, item_rank in ((1, other, None), (2, item.credential, 1))
        ]

    def test_an_item_has_the_verdict_on_it_and_no_name(self) -> None:
        items = (a_recommendation_item(rank=1), a_recommendation_item(rank=2))
        recommendation = a_recommendation(items=items)
        verdict = a_verdict_on(recommendation, item=items[1], revision=2, author_id="usr_9")

        body = sent(
            RecommendationOut.build(
                recommendation, {verdict.credential_id: verdict}, is_whole=False
            )
        )

        assert [item["verdict"] for item in body["items"]] == [
            None,
            {
                "verdict": "rejected",
                "reason": "You hold this certificate already.",
                "role": "advisor",
                "revision": 2,
                "createdAt": "2026-01-01T12:00:00.000Z",
            },
        ]
        assert "usr_9" not in json.dumps(body)

    def test_nothing_that_fits_is_an_answer(self) -> None:
        nothing = a_recommendation(items=())
        assert sent(RecommendationOut.build(nothing, {}, is_whole=False))["items"] == []

    def test_a_result_is_all_of_it(self) -> None:
        degraded = COMPLETED.degrade(a_degradation(DegradedReason.SUMMARY_FALLBACK))

        body = sent(
            ResultOut.build(
                degraded,
                a_profile(),
                rule_scores=[a_rule_score("q_1", score=1.0)],
                essay_scores=[an_essay_score(question_id="q_2")],
                previous={},
                recommendation=a_recommendation(id="rec_1"),
                verdicts={},
                is_whole=False,
            )
        )

        assert set(body) == {
            "assessmentId",
            "trackId",
            "status",
            "aiScoring",
            "overallScore",
            "band",
            "confidence",
            "domainBreakdown",
            "strengths",
            "improvements",
            "ruleScores",
            "essayScores",
            "recommendation",
            "degraded",
            "degradedReasons",
            "completedAt",
            "processingMs",
        }
        assert body["status"] == "completed"
        assert body["processingMs"] == 2140
        assert body["ruleScores"] == [
            {"questionId": "q_1", "domain": "backend.databases", "score": 1, "maxScore": 1}
        ]
        assert [score["questionId"] for score in body["essayScores"]] == ["q_2"]
        assert body["recommendation"]["id"] == "rec_1"
        assert (body["degraded"], body["degradedReasons"][0]["reason"]) == (
            True,
            "summary_fallback",
        )
