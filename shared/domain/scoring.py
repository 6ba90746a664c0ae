"""How answers become a profile. Pure, so that a contested result can be computed again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.domain.assessment import Response, Snapshot
from shared.domain.degraded import Degradation, DegradedReason
from shared.domain.essay import EssayScore
from shared.domain.question import Question, QuestionId, QuestionType
from shared.domain.recommendation import Gap
from shared.domain.rounding import half_up
from shared.domain.track import Track

STRENGTH_FROM: Final = 70
"""A domain at 70 % or more is worth praising: the middle of the band `proficient`."""
IMPROVEMENT_BELOW: Final = 60
"""Below `proficient` a domain is worth working on."""
DEGRADED_CONFIDENCE: Final[Mapping[DegradedReason, float]] = {
    # The rubric engine reads wording, not meaning: the heaviest loss.
    DegradedReason.ESSAY_SCORING_FALLBACK: 0.80,
    # The scores stand; only the choice of credentials is less informed.
    DegradedReason.RETRIEVAL_FALLBACK: 0.95,
    # Templates say the same facts in plainer words.
    DegradedReason.SUMMARY_FALLBACK: 1.0,
    # Missing answers already lower completeness.
    DegradedReason.INCOMPLETE_DATA: 1.0,
}


class Band(StrEnum):
    FOUNDATION = "foundation"
    DEVELOPING = "developing"
    PROFICIENT = "proficient"
    ADVANCED = "advanced"


BAND_FLOORS: Final = ((80, Band.ADVANCED), (60, Band.PROFICIENT), (40, Band.DEVELOPING))


def band_of(overall: int) -> Band:
    return next((band for floor, band in BAND_FLOORS if overall >= floor), Band.FOUNDATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleScore:
    """A theoretical question's mark: the whole of `max_score` or nothing."""

    question_id: QuestionId
    domain: str
    score: float
    max_score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainScore:
    domain: str
    """The knowledge domain."""
    score: int
    """0–100."""
    questions: int
    """How many questions it rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    overall_score: int
    band: Band
    confidence: float
    domain_breakdown: tuple[DomainScore, ...]
    strengths: tuple[str, ...]
    improvements: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Share:
    """What one scored question contributes: `share` 0–1 of its `weight`."""

    question: Question
    share: float


def rule_score(question: Question, response: Response | None) -> RuleScore:
    """Mark a theoretical question: exactly the correct options, or nothing."""
    selected = frozenset(response.answer.selected) if response else frozenset[str]()
    is_right = bool(selected) and selected == question.correct_options
    return RuleScore(
        question_id=question.id,
        domain=question.domain,
        score=question.weight if is_right else 0.0,
        max_score=question.weight,
    )


def rule_scores(
    snapshots: Iterable[Snapshot], responses: Mapping[QuestionId, Response]
) -> tuple[RuleScore, ...]:
    return tuple(
        rule_score(s.question, responses.get(s.question.id))
        for s in snapshots
        if s.question.type is QuestionType.THEORETICAL
    )


def _shares(
    snapshots: Iterable[Snapshot], rules: Iterable[RuleScore], essays: Iterable[EssayScore]
) -> list[_Share]:
    by_id = {r.question_id: r.score / r.max_score for r in rules} | {
        e.question_id: e.score / 10 for e in essays
    }
    return [
        _Share(question=s.question, share=by_id[s.question.id])
        for s in snapshots
        if s.question.id in by_id
    ]


def _mean(shares: Sequence[_Share]) -> float:
    return sum(s.share * s.question.weight for s in shares) / sum(s.question.weight for s in shares)


def percent(share: float) -> int:
    """Round a share 0–1 to 0–100, half up: here alone is a profile's score rounded."""
    return int(half_up(share * 100))


def overall_score(
    track: Track,
    snapshots: Iterable[Snapshot],
    rules: Iterable[RuleScore],
    essays: Iterable[EssayScore],
) -> int:
    """Return the mean 0–100 of all scored questions, each by its and its domain's weight."""
    weights = {d.id: d.weight for d in track.domains}
    weighted = [
        (s.question.weight * weights.get(s.question.domain, 1.0), s.share)
        for s in _shares(snapshots, rules, essays)
    ]
    total = sum(weight for weight, _ in weighted)
    return percent(sum(weight * share for weight, share in weighted) / total) if total else 0


def gaps_of(
    snapshots: Iterable[Snapshot], rules: Iterable[RuleScore], essays: Iterable[EssayScore]
) -> tuple[Gap, ...]:
    """Return the skills behind lost points, worst first: severity is the mean share lost."""
    lost: dict[str, list[float]] = {}
    for share in _shares(snapshots, rules, essays):
        for skill in share.question.skills:
            lost.setdefault(skill, []).append(1 - share.share)
    gaps = [Gap(skill=s, severity=sum(x) / len(x)) for s, x in lost.items()]
    return tuple(sorted((g for g in gaps if g.severity > 0), key=lambda g: (-g.severity, g.skill)))


def build_profile(
    *,
    track: Track,
    snapshots: Sequence[Snapshot],
    responses: Mapping[QuestionId, Response],
    rules: Sequence[RuleScore],
    essays: Sequence[EssayScore],
    degradations: Iterable[Degradation],
) -> Profile:
    """Combine all marks of an assessment.

    A domain's score is the weighted mean of its questions.
    """
    shares = _shares(snapshots, rules, essays)
    by_domain: dict[str, list[_Share]] = {}
    for share in shares:
        by_domain.setdefault(share.question.domain, []).append(share)
    breakdown = tuple(
        DomainScore(domain=domain, score=percent(_mean(members)), questions=len(members))
        for domain, members in sorted(by_domain.items())
    )
    overall = overall_score(track, snapshots, rules, essays)
    return Profile(
        overall_score=overall,
        band=band_of(overall),
        confidence=confidence_of(snapshots, responses, essays, degradations),
        domain_breakdown=breakdown,
        strengths=_strengths(track, breakdown),
        improvements=_improvements(track, breakdown),
    )


def _strengths(track: Track, breakdown: Sequence[DomainScore]) -> tuple[str, ...]:
    best_first = sorted(breakdown, key=lambda d: -d.score)
    said = [(track.domain(d.domain), d) for d in best_first if d.score >= STRENGTH_FROM]
    return tuple(f"{domain.name}: {domain.strength}" for domain, _ in said if domain)


def _improvements(track: Track, breakdown: Sequence[DomainScore]) -> tuple[str, ...]:
    worst_first = sorted(breakdown, key=lambda d: d.score)
    said = [(track.domain(d.domain), d) for d in worst_first if d.score < IMPROVEMENT_BELOW]
    return tuple(f"{domain.name}: {domain.improvement}" for domain, _ in said if domain)


def confidence_of(
    snapshots: Sequence[Snapshot],
    responses: Mapping[QuestionId, Response],
    essays: Sequence[EssayScore],
    degradations: Iterable[Degradation],
) -> float:
    """Compute how far the profile can be trusted, 0–1, two decimals.

    The share of answered questions, times the mean trust in the essays' marks (half of it stays,
    since an unsure mark is usually near), times a factor for each kind of degradation, but for
    essays whose fallback's marks a person has overridden or confirmed since. What an
    engine says of its own certainty is one input to that trust, beside evidence that code found
    and the agreement of two engines.
    """
    answered = sum(
        1
        for s in snapshots
        if (r := responses.get(s.question.id)) is not None and not r.answer.is_blank
    )
    completeness = answered / len(snapshots) if snapshots else 0.0
    trust = sum(e.trust for e in essays) / len(essays) if essays else 1.0
    by_person = {e.question_id for e in essays if e.is_by_person}
    factor = 1.0
    for reason in {d.reason for d in degradations if d.question_id not in by_person}:
        factor *= DEGRADED_CONFIDENCE[reason]
    return round(completeness * (0.5 + 0.5 * trust) * factor, 2)
