"""How credentials that fit a student are searched, fused, chosen and cited. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.domain.level import Level
from shared.domain.recommendation import (
    Credential,
    CredentialId,
    Hit,
    RankedItem,
    Situation,
    Source,
    TracedCandidate,
)

CANDIDATES: Final = 24
"""Hits taken from each kind of search; about a track's share of a catalog of 200."""
MOST_ITEMS: Final = 5
FEWEST_ITEMS: Final = 2
RRF_K: Final = 60
"""Rank constant of reciprocal rank fusion (Cormack, Clarke, Büttcher, SIGIR 2009)."""
TEXT_WEIGHT: Final = 2.0
"""A ranking by words counts twice one by vectors: of 1, 2, 3 and 4 this ranked best on the judged
situations set apart for fitting, where words alone do better than vectors alone."""
COVERAGE_SHARE: Final = 0.6
"""The part of a candidate's score that is the share of the student's gaps and interests it closes:
search finds what sounds alike, coverage what is needed. Fitted as above, as is `SAME_SKILLS`."""
INTEREST_WEIGHT: Final = 0.5
"""An interest counts as much as a gap with half of its points lost."""
LEVEL_FACTOR: Final = (1.0, 0.8, 0.4)
"""By distance from the level that is the student's next step."""
SAME_PROVIDER: Final = 0.85
SAME_SKILLS: Final = 0.9
"""Factors for each earlier item of the same provider, or closing no other gap: variety."""
TAIL: Final = 0.45
"""Items under this share of the best one's score are left out: filler is worse than brevity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    credential: Credential
    relevance: float
    """0–1."""
    vector_similarity: float | None
    text_score: float | None


ACRONYMS: Final = frozenset(
    {"ab", "ai", "api", "aws", "cd", "ci", "css", "etl", "gcp", "html", "http", "ios", "kpi"}
    | {"nlp", "owasp", "rest", "siem", "sql", "ui", "ux"}
)


def words_of(skill: str) -> str:
    """Return the skill's id as words, for people and embedders alike: `REST API design`."""
    parts = skill.split("-")
    return " ".join(part.upper() if part in ACRONYMS else part for part in parts)


def wanted_skills(situation: Situation) -> tuple[str, ...]:
    """Return gaps, then interests; the track's own focus when there are neither."""
    wanted = [gap.skill for gap in situation.gaps] + list(situation.interests)
    return tuple(dict.fromkeys(wanted)) or situation.focus


def query_text(track_name: str, situation: Situation) -> str:
    """Return the query for the embedder: skills and levels, nothing that a student wrote."""
    parts = [f"{track_name}, {situation.level.value} level."]
    if situation.gaps:
        parts.append(f"Learn {', '.join(words_of(g.skill) for g in situation.gaps)}.")
    if situation.interests:
        parts.append(f"Interested in {', '.join(map(words_of, situation.interests))}.")
    if len(parts) == 1:
        parts.append(f"Deepen {', '.join(map(words_of, situation.focus))}.")
    return " ".join(parts)


def levels_near(level: Level) -> tuple[Level, ...]:
    return tuple(other for other in Level if other.distance(level) <= 1)


def fuse(near: Sequence[Hit], named: Sequence[Hit]) -> dict[CredentialId, float]:
    """Fuse both rankings by reciprocal rank; first of both scores 1, absent everywhere 0."""
    best = (1 + TEXT_WEIGHT) / (RRF_K + 1)
    fused: dict[CredentialId, float] = {}
    for weight, ranking in ((1.0, near), (TEXT_WEIGHT, named)):
        for rank, hit in enumerate(ranking, start=1):
            score = fused.get(hit.credential_id, 0.0) + weight / (RRF_K + rank)
            fused[hit.credential_id] = score
    ordered = sorted(fused.items(), key=lambda pair: (-pair[1], pair[0]))
    return {credential_id: score / best for credential_id, score in ordered}


def traced(
    credentials: Iterable[Credential],
    relevance: Mapping[CredentialId, float],
    near: Sequence[Hit] = (),
    named: Sequence[Hit] = (),
) -> tuple[TracedCandidate, ...]:
    """Return what was weighed, the most relevant first, at most twice `CANDIDATES`."""
    near_by_id = {hit.credential_id: (place, hit.score) for place, hit in enumerate(near, start=1)}
    named_by_id = {h.credential_id: (place, h.score) for place, h in enumerate(named, start=1)}
    ordered = sorted(credentials, key=lambda c: (-relevance[c.id], c.id))[: 2 * CANDIDATES]
    nothing = (None, None)
    return tuple(
        TracedCandidate(
            rank=place,
            credential_id=credential.id,
            title=credential.title,
            relevance=round(relevance[credential.id], 3),
            vector_rank=near_by_id.get(credential.id, nothing)[0],
            vector_similarity=near_by_id.get(credential.id, nothing)[1],
            text_rank=named_by_id.get(credential.id, nothing)[0],
            text_score=named_by_id.get(credential.id, nothing)[1],
        )
        for place, credential in enumerate(ordered, start=1)
    )


def skills_closed(credential: Credential, situation: Situation) -> tuple[str, ...]:
    """Return the student's gaps, then interests, that the credential teaches."""
    return tuple(s for s in wanted_skills(situation) if s in credential.skills)


def coverage(credential: Credential, situation: Situation) -> float:
    """Return the share (0–1) of the three heaviest wishes' weight that the credential meets.

    Three, because nobody's course teaches all that a student lacks.
    """
    weights = dict.fromkeys(situation.interests, INTEREST_WEIGHT)
    for gap in situation.gaps:
        weights[gap.skill] = weights.get(gap.skill, 0.0) + gap.severity
    if not weights:
        weights = dict.fromkeys(situation.focus, 1.0)
    most = sum(sorted(weights.values(), reverse=True)[:3])
    met = sum(weight for skill, weight in weights.items() if skill in credential.skills)
    return min(1.0, met / most) if most else 0.0


def choose(candidates: Iterable[Candidate], situation: Situation) -> tuple[Candidate, ...]:
    """Choose two to five candidates, best first, trading some score for variety.

    Returns fewer when there are fewer, and none from none.
    """
    pool = {c.credential.id: (c, _score(c, situation)) for c in candidates}
    chosen: list[tuple[Candidate, float]] = []
    while pool and len(chosen) < MOST_ITEMS:
        best, score = max(
            ((c, s * _variety(c, chosen, situation)) for c, s in pool.values()),
            key=lambda pair: (pair[1], pair[0].credential.slug),
        )
        if len(chosen) >= FEWEST_ITEMS and score < TAIL * chosen[0][1]:
            break
        chosen.append((best, score))
        del pool[best.credential.id]
    return tuple(
        Candidate(
            credential=c.credential,
            relevance=round(score, 3),
            vector_similarity=c.vector_similarity,
            text_score=c.text_score,
        )
        for c, score in sorted(chosen, key=lambda pair: -pair[1])
    )


def _score(candidate: Candidate, situation: Situation) -> float:
    covered = coverage(candidate.credential, situation)
    mixed = (1 - COVERAGE_SHARE) * candidate.relevance + COVERAGE_SHARE * covered
    return mixed * LEVEL_FACTOR[candidate.credential.level.distance(situation.level)]


def _variety(
    candidate: Candidate, chosen: Sequence[tuple[Candidate, float]], situation: Situation
) -> float:
    closes = set(skills_closed(candidate.credential, situation))
    factor = 1.0
    for other, _ in chosen:
        if other.credential.provider == candidate.credential.provider:
            factor *= SAME_PROVIDER
        if closes <= set(skills_closed(other.credential, situation)):
            factor *= SAME_SKILLS
    return factor


def passages(credential: Credential) -> tuple[Source, ...]:
    """Return every passage that can be cited, with no similarity yet."""
    sentences = [s.strip().removesuffix(".") for s in credential.description.split(". ")]
    return tuple(
        Source(field=field, snippet=snippet, similarity=0.0)
        for field, snippet in [
            *(("outcomes", outcome) for outcome in credential.outcomes),
            *(("description", f"{s}.") for s in sentences if s),
        ]
    )


def best_passage_by_words(credential: Credential, skills: Sequence[str]) -> Source:
    """Return the passage that names most of the skills' words: for when no embedder is there."""
    words = {word for skill in skills for word in skill.split("-")}
    return max(
        passages(credential),
        key=lambda source: len(words & set(re.findall(r"[a-z0-9+#]+", source.snippet.casefold()))),
    )


def rank(
    chosen: Sequence[Candidate], situation: Situation, sources: Mapping[CredentialId, Source]
) -> tuple[RankedItem, ...]:
    return tuple(
        RankedItem(
            rank=number,
            credential_id=c.credential.id,
            score=c.relevance,
            vector_similarity=c.vector_similarity,
            text_score=c.text_score,
            closes=skills_closed(c.credential, situation),
            sources=(sources[c.credential.id],),
        )
        for number, c in enumerate(chosen, start=1)
    )
