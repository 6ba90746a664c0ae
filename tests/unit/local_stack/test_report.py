from typing import Any

import pytest

from local_stack.report import show_result
from local_stack.student import Question, Result, Track

TRACK = Track.model_validate(
    {
        "id": "backend-engineer",
        "name": "Backend Engineer",
        "description": "…",
        "estimatedMinutes": 15,
        "domains": [{"id": "backend.databases", "name": "Databases"}],
    }
)
ESSAY = Question(id="q1", position=4, type="essay", prompt="Why a transaction?", domain="d")
RESULT: dict[str, Any] = {
    "overallScore": 72,
    "band": "proficient",
    "confidence": 0.86,
    "domainBreakdown": [{"domain": "backend.databases", "score": 80, "questions": 2}],
    "strengths": ["You reason soundly [about] data."],
    "improvements": [],
    "ruleScores": [{"questionId": "q0", "score": 1, "maxScore": 1}],
    "essayScores": [
        {
            "questionId": "q1",
            "score": 7.3,
            "maxScore": 10,
            "criteria": [
                {
                    "name": "accuracy",
                    "score": 8,
                    "maxScore": 10,
                    "feedback": "Names atomicity.",
                    "nextLevel": "Name isolation.",
                    "evidence": [{"quote": "all or nothing", "start": 0, "end": 14}],
                    "unsure": True,
                }
            ],
            "feedback": "Good.",
            "needsReview": True,
            "flags": ["unsure_criterion"],
            "scoredBy": {"engine": "rubric", "model": None},
        }
    ],
    "recommendation": {
        "summary": "Go deeper into SQL.",
        "items": [
            {
                "rank": 1,
                "title": "PostgreSQL for Everybody",
                "provider": "University of Michigan",
                "url": "https://example.org/pg",
                "level": "intermediate",
                "hours": 20,
                "format": "course",
                "why": "It closes the gap in isolation.",
                "sources": [{"field": "outcomes", "snippet": "Use transactions", "similarity": 1}],
            }
        ],
    },
    "degraded": True,
    "degradedReasons": [{"reason": "summary_fallback"}],
    "processingMs": 2140,
}


def test_the_report_shows_all_that_a_student_would_read(capsys: pytest.CaptureFixture[str]) -> None:
    show_result(Result.model_validate(RESULT), track=TRACK, questions=[ESSAY])

    said = " ".join(capsys.readouterr().out.split())
    for words in (
        "72 of 100, proficient",
        "confidence 86%, 1 of 1 theoretical questions right, scored in 2.1 s",
        "degraded: summary_fallback",
        "Databases",
        "You reason soundly [about] data.",
        "nothing stands out",
        "Essay: 7.3 of 10 scored by rubric",
        "Why a transaction?",
        "accuracy 8/10 (unsure) Names atomicity.",
        "“all or nothing”",
        "A person will look at this one: unsure_criterion.",
        "1. PostgreSQL for Everybody, University of Michigan",
        "It closes the gap in isolation.",
        "“Use transactions” outcomes",
    ):
        assert words in said
