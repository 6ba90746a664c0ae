"""Payloads as they lie in the database: what is stored today must be readable tomorrow.

When one of these fails, the shape of stored JSON has changed: either keep reading the old shape
(a default for a new field does), or migrate the rows, and then change the literal here.
"""

from typing import Any

import pytest

from shared.adapters.postgres.payload import from_payload, to_payload
from shared.domain.degraded import Degradation
from shared.domain.question import Question
from shared.domain.recommendation import Credential, Source
from shared.domain.scoring import DomainScore
from shared.domain.track import Track
from tests.builders import (
    a_credential,
    a_degradation,
    a_profile,
    a_profile_question,
    a_recommendation_item,
    a_theoretical_question,
    a_track,
    an_essay_question,
)

ID = "019b7a00-0000-7000-8000-000000000abc"
QUESTION: dict[str, Any] = {
    "id": ID,
    "version": 1,
    "slug": "q-1",
    "track_id": "backend-engineer",
    "level": "intermediate",
    "domain": "backend.databases",
    "skills": ["transactions"],
    "weight": 1.0,
    "options": [],
    "multiple": False,
    "free_text": False,
    "time_limit_seconds": None,
    "max_length": None,
    "rubric": None,
}
LEVELS = [
    {"score": 2.0, "description": "An answer worth 2."},
    {"score": 5.0, "description": "An answer worth 5."},
    {"score": 8.0, "description": "An answer worth 8."},
    {"score": 10.0, "description": "An answer worth 10."},
]


def _option(id: str, *, correct: bool | None, interests: list[str]) -> dict[str, Any]:
    return {
        "id": id,
        "text": f"Option {id}",
        "correct": correct,
        "explanation": "",
        "interests": interests,
    }


CASES: dict[str, tuple[Any, Any, Any]] = {
    "theoretical question": (
        Question,
        a_theoretical_question(id=ID, slug="q-1"),
        QUESTION
        | {
            "type": "theoretical",
            "prompt": "What does a transaction promise?",
            "options": [
                _option("a", correct=True, interests=[]),
                _option("b", correct=False, interests=[]),
            ],
            "time_limit_seconds": 90,
        },
    ),
    "essay question": (
        Question,
        an_essay_question(id=ID, slug="q-1"),
        QUESTION
        | {
            "type": "essay",
            "prompt": "Explain what transactions are for.",
            "time_limit_seconds": 300,
            "max_length": 4000,
            "rubric": {
                "criteria": [
                    {"name": "accuracy", "weight": 0.5, "levels": LEVELS},
                    {"name": "clarity", "weight": 0.25, "levels": LEVELS},
                    {"name": "coherence", "weight": 0.25, "levels": LEVELS},
                ],
                "key_points": [
                    {
                        "id": "k1",
                        "text": "A transaction makes several writes succeed or fail together.",
                        "weight": 3.0,
                        "terms": [["atomic", "all or nothing"], ["transaction"]],
                    }
                ],
                "reference_answer": (
                    "A transaction is atomic: its writes succeed or fail together."
                ),
                "hash": "c0ffee",
            },
        },
    ),
    "profile question": (
        Question,
        a_profile_question(id=ID, slug="q-1"),
        QUESTION
        | {
            "type": "profile",
            "level": "beginner",
            "domain": "interests",
            "skills": [],
            "prompt": "What would you like to build?",
            "options": [
                _option("a", correct=None, interests=["postgresql", "sql"]),
                _option("b", correct=None, interests=["rest-api-design"]),
            ],
            "multiple": True,
        },
    ),
    "track": (
        Track,
        a_track(),
        {
            "id": "backend-engineer",
            "version": 1,
            "name": "Backend Engineer",
            "description": "Builds the services behind an application.",
            "skill_focus": ["sql", "rest-api-design"],
            "question_mix": {"theoretical": 3, "essay": 3, "profile": 4},
            "estimated_minutes": 15,
            "domains": [
                {
                    "id": "backend.databases",
                    "name": "Databases",
                    "weight": 1.0,
                    "skills": ["sql", "transactions"],
                    "strength": "You reason soundly about how data is stored.",
                    "improvement": "Practise schema design on a real database.",
                }
            ],
            "active": True,
        },
    ),
    "credential": (
        Credential,
        a_credential(id=ID, slug="c-1"),
        {
            "id": ID,
            "slug": "c-1",
            "title": "Databases for Developers",
            "provider": "Example University",
            "url": "https://example.org/c-1",
            "level": "intermediate",
            "hours": 20.0,
            "effort": None,
            "format": "course",
            "skills": ["sql", "transactions"],
            "tracks": ["backend-engineer"],
            "description": "A course about relational databases. It ends with a project.",
            "outcomes": ["Design a schema.", "Write queries that use indexes."],
            "source": "",
        },
    ),
    "degradations": (
        tuple[Degradation, ...],
        (a_degradation(question_id=ID),),
        [
            {
                "reason": "essay_scoring_fallback",
                "at": "2026-01-01T12:00:00Z",
                "cause": "timeout",
                "question_id": ID,
            }
        ],
    ),
    "domain breakdown": (
        tuple[DomainScore, ...],
        a_profile().domain_breakdown,
        [{"domain": "backend.databases", "score": 80, "questions": 2}],
    ),
    "sources": (
        tuple[Source, ...],
        a_recommendation_item().sources,
        [{"field": "outcomes", "snippet": "Design a schema.", "similarity": 0.71}],
    ),
}


@pytest.mark.parametrize(("shape", "value", "payload"), CASES.values(), ids=CASES.keys())
def test_a_payload_is_written_and_read_as_before(shape: Any, value: Any, payload: Any) -> None:
    assert to_payload(shape, value) == payload
    assert from_payload(shape, payload) == value


def test_a_field_that_an_earlier_release_did_not_write_reads_as_its_default() -> None:
    payload = to_payload(Credential, a_credential())
    del payload["source"]

    assert from_payload(Credential, payload).source == ""


def test_a_field_that_a_later_release_drops_does_not_hinder_reading() -> None:
    payload = to_payload(Track, a_track()) | {"retired": True}

    assert from_payload(Track, payload) == a_track()
