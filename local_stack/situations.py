"""`assay recommend`: situations that people bring along, a JSON object a line, and what fits."""

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints
from pydantic.alias_generators import to_camel

from shared.domain.level import Level
from shared.domain.recommendation import Credential, Gap, RankedItem, Retrieval, Situation
from shared.domain.retrieval import MOST_ITEMS
from shared.domain.track import TrackId
from shared.ports.credential_search import search_credentials
from shared.ports.embedder import EmbedderOf
from shared.ports.store import Store

EMPTY_CATALOG: Final = "the catalog has nothing for this track near this level"
TOO_FAR: Final = "nothing in the catalog comes near enough to what is wanted"

Skill = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class _Line(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)


class GapLine(_Line):
    skill: Skill
    severity: Annotated[float, Field(ge=0, le=1)]


class SituationLine(_Line):
    """One learner: a track, the level of the next step, and what is wanted."""

    id: str | int | None = None
    track_id: str
    level: Level
    interests: tuple[Skill, ...] = ()
    gaps: tuple[GapLine, ...] = ()
    limit: Annotated[int, Field(ge=1, le=MOST_ITEMS)] = MOST_ITEMS


def recommend(
    line: SituationLine, *, store: Store, embedder_of: EmbedderOf
) -> dict[str, JsonValue]:
    """Rank what fits, as the pipeline does. Raises `NotFoundError` and `EngineError`."""
    with store.begin() as repositories:
        track = repositories.tracks.get(TrackId(line.track_id))
    situation = Situation(
        track_id=track.id,
        level=line.level,
        focus=track.skill_focus,
        interests=line.interests,
        gaps=tuple(
            sorted(
                (Gap(skill=g.skill, severity=g.severity) for g in line.gaps),
                key=lambda gap: (-gap.severity, gap.skill),
            )
        ),
    )
    found = search_credentials(
        situation, track_name=track.name, store=store, embedder_of=embedder_of
    )
    items = found.items[: line.limit]
    with store.begin() as repositories:
        credentials = repositories.credentials.get_many([i.credential_id for i in items])
    return {
        "id": line.id,
        "items": [_item(i, c) for i, c in zip(items, credentials, strict=True)],
        "reason": _reason(found, items),
    }


def _reason(found: Retrieval, items: Sequence[RankedItem]) -> str | None:
    if items:
        return None
    return TOO_FAR if found.trace.candidates else EMPTY_CATALOG


def _item(item: RankedItem, credential: Credential) -> JsonValue:
    return {
        "rank": item.rank,
        "credential": credential.slug,
        "title": credential.title,
        "provider": credential.provider,
        "url": credential.url,
        "level": credential.level.value,
        "score": item.score,
        "vectorSimilarity": item.vector_similarity,
        "textScore": item.text_score,
        "closes": list(item.closes),
        "sources": [
            {"field": s.field, "snippet": s.snippet, "similarity": s.similarity}
            for s in item.sources
        ],
    }
