"""What students' searches ask: situations of every track and level, as the product words them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice, product
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.domain.level import Level
from shared.domain.recommendation import Gap, Situation
from shared.domain.retrieval import levels_near, query_text
from shared.domain.track import Track
from shared.ports.embedder import Embedder

SEED: Final = 24
MOST_GAPS: Final = 6
MOST_INTERESTS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    number: int
    vector: NDArray[np.float32]
    track: str
    levels: Sequence[Level]


def queries_of(tracks: Sequence[Track], embedder: Embedder, *, count: int) -> list[Query]:
    """Return queries that visit tracks and levels in turns."""
    asked = list(_situations(tracks, count))
    texts = [query_text(track.name, situation) for track, situation in asked]
    return [
        Query(
            number=number,
            vector=np.array(vector, dtype=np.float32),
            track=track.id,
            levels=levels_near(situation.level),
        )
        for number, ((track, situation), vector) in enumerate(
            zip(asked, embedder.embed(texts), strict=True)
        )
    ]


def _situations(tracks: Sequence[Track], count: int) -> Iterator[tuple[Track, Situation]]:
    random = Random(SEED)  # noqa: S311 - for samples, not for secrets
    for track, level in islice(cycle(product(tracks, Level)), count):
        yield track, _situation(track, level, random)


def _situation(track: Track, level: Level, random: Random) -> Situation:
    """Some gaps and interests, sometimes neither, as scoring and profile answers leave them."""
    asked = sorted({skill for domain in track.domains for skill in domain.skills})
    gaps = random.sample(asked, min(len(asked), random.randint(0, MOST_GAPS)))
    interests = random.sample(
        track.skill_focus, min(len(track.skill_focus), random.randint(0, MOST_INTERESTS))
    )
    return Situation(
        track_id=track.id,
        level=level,
        focus=track.skill_focus,
        interests=tuple(interests),
        gaps=tuple(Gap(skill=skill, severity=1.0) for skill in gaps),
    )
