"""Which questions an assessment asks: stratified by domain, steered by level, seeded by its id."""

import random
from collections.abc import Sequence
from typing import Final

from shared.domain.errors import TrackUnavailableError
from shared.domain.level import Level
from shared.domain.question import Question, QuestionType
from shared.domain.track import Track

ODDS: Final = (6, 3, 1)
"""How much likelier a question is for its distance (0, 1, 2 levels) from the student's level:
mostly one's own level, with enough of the others that two assessments rarely feel the same."""


def choose_bundle(
    track: Track, pool: Sequence[Question], level: Level, *, seed: str
) -> tuple[Question, ...]:
    """Choose the track's mix from its pool: theoretical first, then essay, then profile.

    The same pool, level and seed give the same bundle on every machine. Domains take turns, those
    that an earlier type has asked least come first; within a domain chance decides, by `ODDS`.

    Raises:
        TrackUnavailableError: the pool has too few questions of a type.
    """
    rng = random.Random(seed)  # noqa: S311 - variety, not secrecy
    mix = track.question_mix
    asked: dict[str, int] = {}
    chosen: list[Question] = []
    for kind, count in (
        (QuestionType.THEORETICAL, mix.theoretical),
        (QuestionType.ESSAY, mix.essay),
        (QuestionType.PROFILE, mix.profile),
    ):
        candidates = sorted((q for q in pool if q.type is kind), key=lambda q: q.slug)
        if len(candidates) < count:
            raise TrackUnavailableError(
                f"track {track.id} has {len(candidates)} active {kind} questions and needs {count}"
            )
        chosen += _stratify(candidates, count, level, rng, asked)
    return tuple(chosen)


def _stratify(
    candidates: Sequence[Question],
    count: int,
    level: Level,
    rng: random.Random,
    asked: dict[str, int],
) -> list[Question]:
    by_domain: dict[str, list[Question]] = {}
    for question in candidates:
        by_domain.setdefault(question.domain, []).append(question)
    for domain, questions in by_domain.items():
        # Weighted sampling without replacement (Efraimidis and Spirakis, 2006).
        keyed = [(rng.random() ** (1 / ODDS[q.level.distance(level)]), q) for q in questions]
        by_domain[domain] = [q for _, q in sorted(keyed, key=lambda pair: -pair[0])]
    order = sorted(by_domain)
    rng.shuffle(order)
    chosen: list[Question] = []
    while len(chosen) < count:
        domain = min((d for d in order if by_domain[d]), key=lambda d: asked.get(d, 0))
        chosen.append(by_domain[domain].pop(0))
        asked[domain] = asked.get(domain, 0) + 1
    return chosen
