"""Seed entries as domain objects, each with the hash of what its author wrote."""

import hashlib
from dataclasses import replace
from typing import Final

from pydantic import BaseModel

from shared.adapters.seed_files.models import (
    CredentialEntry,
    EssayEntry,
    ProfileEntry,
    RubricEntry,
    TheoreticalEntry,
    TrackFile,
)
from shared.domain.question import (
    KeyPoint,
    Option,
    Question,
    QuestionId,
    QuestionType,
    Rubric,
    RubricCriterion,
    RubricLevel,
)
from shared.domain.recommendation import Credential, CredentialId
from shared.domain.track import QuestionMix, Track, TrackDomain, TrackId
from shared.ports.ids import Ids

UNVERSIONED: Final = 0
"""The store gives the version."""


def hash_of(entry: BaseModel) -> str:
    """Return the SHA-256 of the entry's canonical JSON."""
    return hashlib.sha256(entry.model_dump_json(by_alias=True).encode()).hexdigest()


def to_track(entry: TrackFile) -> Track:
    mix = entry.question_mix
    return Track(
        id=TrackId(entry.id),
        version=UNVERSIONED,
        name=entry.name,
        description=entry.description,
        skill_focus=tuple(entry.skill_focus),
        question_mix=QuestionMix(theoretical=mix.theoretical, essay=mix.essay, profile=mix.profile),
        estimated_minutes=entry.estimated_minutes,
        domains=tuple(
            TrackDomain(
                id=domain.id,
                name=domain.name,
                weight=domain.weight,
                skills=tuple(domain.skills),
                strength=domain.strength,
                improvement=domain.improvement,
            )
            for domain in entry.domains
        ),
    )


def to_question(
    entry: TheoreticalEntry | EssayEntry | ProfileEntry, track_id: str, ids: Ids
) -> Question:
    common = Question(
        id=QuestionId(ids.new()),
        version=UNVERSIONED,
        slug=entry.id,
        track_id=track_id,
        type=_type_of(entry),
        domain=entry.domain,
        level=entry.level,
        prompt=entry.prompt,
        skills=tuple(entry.skills),
        weight=entry.weight,
        time_limit_seconds=entry.time_limit_seconds,
    )
    match entry:
        case TheoreticalEntry():
            return replace(
                common,
                multiple=entry.multiple,
                options=tuple(
                    Option(id=o.id, text=o.text, correct=o.correct, explanation=o.explanation)
                    for o in entry.options
                ),
            )
        case EssayEntry():
            return replace(common, max_length=entry.max_length, rubric=to_rubric(entry.rubric))
        case ProfileEntry():
            return replace(
                common,
                multiple=entry.multiple,
                free_text=entry.free_text,
                max_length=entry.max_length,
                options=tuple(
                    Option(id=o.id, text=o.text, interests=tuple(o.interests))
                    for o in entry.options
                ),
            )


def _type_of(entry: TheoreticalEntry | EssayEntry | ProfileEntry) -> QuestionType:
    match entry:
        case TheoreticalEntry():
            return QuestionType.THEORETICAL
        case EssayEntry():
            return QuestionType.ESSAY
        case ProfileEntry():
            return QuestionType.PROFILE


def to_rubric(entry: RubricEntry) -> Rubric:
    return Rubric(
        criteria=tuple(
            RubricCriterion(
                name=criterion.name,
                weight=criterion.weight,
                levels=tuple(
                    RubricLevel(score=level.score, description=level.description)
                    for level in criterion.levels
                ),
            )
            for criterion in entry.criteria
        ),
        key_points=tuple(
            KeyPoint(
                id=point.id,
                text=point.text,
                weight=point.weight,
                terms=tuple(tuple(group) for group in point.terms),
            )
            for point in entry.key_points
        ),
        reference_answer=entry.reference_answer,
        hash=hash_of(entry),
    )


def to_credential(entry: CredentialEntry, ids: Ids) -> Credential:
    return Credential(
        id=CredentialId(ids.new()),
        slug=entry.id,
        title=entry.title,
        provider=entry.provider,
        url=str(entry.url),
        level=entry.level,
        hours=entry.hours,
        effort=entry.effort,
        format=entry.format,
        skills=tuple(entry.skills),
        tracks=tuple(entry.tracks),
        description=entry.description,
        outcomes=tuple(entry.outcomes),
        source=entry.source,
    )
