"""Scores and profiles as rows.

An essay score is two payloads: `criteria` holds numbers, `words` holds what speaks of or quotes
the student's answer. Erasure empties `words`; a score without them reads as empty strings.
"""

from typing import Any

from shared.adapters.postgres.payload import from_payload, to_payload
from shared.domain.assessment import AssessmentId
from shared.domain.essay import (
    CriterionScore,
    EssayScore,
    EssayScoreId,
    Evidence,
    Provenance,
    SecondReading,
)
from shared.domain.question import CriterionName, QuestionId
from shared.domain.scoring import Band, DomainScore, Profile, RuleScore

Row = dict[str, Any]


def from_rule_score(assessment_id: AssessmentId, score: RuleScore) -> Row:
    return {
        "assessment_id": assessment_id,
        "question_id": score.question_id,
        "domain": score.domain,
        "score": score.score,
        "max_score": score.max_score,
    }


def to_rule_score(row: Any) -> RuleScore:
    return RuleScore(
        question_id=QuestionId(row.question_id),
        domain=row.domain,
        score=row.score,
        max_score=row.max_score,
    )


def from_profile(profile: Profile) -> Row:
    return {
        "overall_score": profile.overall_score,
        "band": profile.band,
        "confidence": profile.confidence,
        "domain_breakdown": to_payload(tuple[DomainScore, ...], profile.domain_breakdown),
        "strengths": list(profile.strengths),
        "improvements": list(profile.improvements),
    }


def to_profile(row: Any) -> Profile:
    return Profile(
        overall_score=row.overall_score,
        band=Band(row.band),
        confidence=row.confidence,
        domain_breakdown=from_payload(tuple[DomainScore, ...], row.domain_breakdown),
        strengths=tuple(row.strengths),
        improvements=tuple(row.improvements),
    )


def from_essay_score(score: EssayScore) -> Row:
    return {
        "id": score.id,
        "assessment_id": score.assessment_id,
        "question_id": score.question_id,
        "question_version": score.question_version,
        "attempt": score.attempt,
        "score": score.score,
        "criteria": [_numbers(criterion) for criterion in score.criteria],
        "words": {"feedback": score.feedback, "criteria": [_words(c) for c in score.criteria]},
        "flags": list(score.flags),
        **from_provenance(score.provenance),
        "second_reading": to_payload(SecondReading | None, score.second_reading),
        "rubric_hash": score.rubric_hash,
        "created_at": score.created_at,
    }


def _numbers(criterion: CriterionScore) -> Row:
    return {
        "name": criterion.name,
        "score": criterion.score,
        "unsure": criterion.unsure,
        "certainty": criterion.certainty,
        "evidence": [{"start": e.start, "end": e.end} for e in criterion.evidence],
    }


def _words(criterion: CriterionScore) -> Row:
    return {
        "feedback": criterion.feedback,
        "next_level": criterion.next_level,
        "quotes": [evidence.quote for evidence in criterion.evidence],
    }


def to_essay_score(row: Any) -> EssayScore:
    words = row.words or {"feedback": "", "criteria": []}
    said: list[Row] = words["criteria"] or [{} for _ in row.criteria]
    return EssayScore(
        id=EssayScoreId(row.id),
        assessment_id=row.assessment_id,
        question_id=QuestionId(row.question_id),
        score=row.score,
        criteria=tuple(map(_to_criterion, row.criteria, said)),
        feedback=words["feedback"],
        flags=tuple(row.flags),
        provenance=to_provenance(row),
        rubric_hash=row.rubric_hash,
        question_version=row.question_version,
        attempt=row.attempt,
        created_at=row.created_at,
        second_reading=from_payload(SecondReading | None, row.second_reading),
    )


def _to_criterion(numbers: Row, words: Row) -> CriterionScore:
    spans = numbers["evidence"]
    quotes = words.get("quotes") or [""] * len(spans)
    return CriterionScore(
        name=CriterionName(numbers["name"]),
        score=numbers["score"],
        feedback=words.get("feedback", ""),
        next_level=words.get("next_level", ""),
        evidence=tuple(
            Evidence(quote=quote, start=span["start"], end=span["end"])
            for span, quote in zip(spans, quotes, strict=True)
        ),
        unsure=numbers["unsure"],
        certainty=numbers.get("certainty", 1.0),  # older rows did not say
    )


def from_provenance(provenance: Provenance) -> Row:
    return {
        "engine": provenance.engine,
        "model": provenance.model,
        "prompt_version": provenance.prompt_version,
        "prompt_hash": provenance.prompt_hash,
    }


def to_provenance(row: Any) -> Provenance:
    return Provenance(
        engine=row.engine,
        model=row.model,
        prompt_version=row.prompt_version,
        prompt_hash=row.prompt_hash,
    )
