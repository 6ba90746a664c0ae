"""The arithmetic of a result, done again from its parts and from what the authors wrote."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.e2e.answers import domain_weights, seeded_questions
from tests.e2e.driver import Attempt


def shares(result: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return the share (0–1) of its points that each scored question got."""
    rules = {
        r["questionId"]: Decimal(str(r["score"])) / Decimal(str(r["maxScore"]))
        for r in result["ruleScores"]
    }
    essays = {
        e["questionId"]: Decimal(str(e["score"])) / Decimal(str(e["maxScore"]))
        for e in result["essayScores"]
    }
    return rules | essays


def overall(attempt: Attempt, result: Mapping[str, Any]) -> int:
    weights = domain_weights(result["trackId"])
    total = points = Decimal(0)
    for question, share in _scored(attempt, result):
        weight = _weight(attempt, question) * Decimal(str(weights[question["domain"]]))
        total += weight
        points += weight * share
    return _percent(points / total)


def by_domain(attempt: Attempt, result: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """Return score (0–100) and number of questions of each domain."""
    parts: dict[str, list[tuple[Decimal, Decimal]]] = {}
    for question, share in _scored(attempt, result):
        parts.setdefault(question["domain"], []).append((_weight(attempt, question), share))
    return {domain: (_percent(_mean(p)), len(p)) for domain, p in parts.items()}


def essay_score(attempt: Attempt, essay: Mapping[str, Any]) -> Decimal:
    """Return the criteria's marks by the rubric's weights, 0–10."""
    (question,) = (q for q in attempt.questions if q["id"] == essay["questionId"])
    rubric = seeded_questions(attempt.started["trackId"])[question["prompt"]]["rubric"]
    weights = {c["name"]: Decimal(str(c["weight"])) for c in rubric["criteria"]}
    return _mean([(weights[c["name"]], Decimal(str(c["score"]))) for c in essay["criteria"]])


def band(score: int) -> str:
    floors = ((80, "advanced"), (60, "proficient"), (40, "developing"), (0, "foundation"))
    return next(name for floor, name in floors if score >= floor)


def _scored(attempt: Attempt, result: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], Decimal]]:
    got = shares(result)
    return [(q, got[q["id"]]) for q in attempt.questions if q["id"] in got]


def _weight(attempt: Attempt, question: Mapping[str, Any]) -> Decimal:
    seeds = seeded_questions(attempt.started["trackId"])
    return Decimal(str(seeds[question["prompt"]].get("weight", 1)))


def _mean(parts: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    """Return the mean of (weight, value) pairs."""
    total = sum((weight for weight, _ in parts), start=Decimal(0))
    return sum((weight * value for weight, value in parts), start=Decimal(0)) / total


def _percent(share: Decimal) -> int:
    return int((share * 100).quantize(Decimal(1), ROUND_HALF_UP))
