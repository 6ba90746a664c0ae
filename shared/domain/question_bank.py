"""Questions as administrators keep them: whose work each is, and which pools must not shrink."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.domain.catalog import Origin, Remark
from shared.domain.errors import PoolTooSmallError
from shared.domain.question import Option, Question, QuestionType, Rubric
from shared.domain.track import Track
from shared.domain.user import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class BankEntry:
    """A question's present version with how it stands in its pool."""

    question: Question
    active: bool
    origin: Origin
    content_hash: str
    """SHA-256 (hex) of what the author wrote, by which the seeds are compared as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionVersion:
    """One version; to deactivate a question makes none."""

    question: Question
    origin: Origin
    content_hash: str
    remarks: tuple[Remark, ...]
    changed_by: UserId | None
    """None for the loading of seeds, and for a person at the terminal."""
    changed_at: datetime | None
    """None for what was stored before times were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankChange:
    """What an edit did, or in a dry run would do."""

    before: BankEntry | None
    after: BankEntry
    remarks: tuple[Remark, ...]
    is_replay: bool = False

    @property
    def is_change(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSelection:
    """What to list; None selects all."""

    track_id: str | None = None
    active: bool | None = None
    text: str | None = None
    """A part of the slug, in either case."""


def ensure_pools(
    before: Iterable[Question], after: Iterable[Question], tracks: Iterable[Track]
) -> None:
    """Raise `PoolTooSmallError` if a pool shrinks below what its track asks of it.

    One that is too small already may be edited, but not made smaller.
    """
    had, has = _sizes(before), _sizes(after)
    for track in tracks:
        mix = track.question_mix
        for kind, wanted in (
            (QuestionType.THEORETICAL, mix.theoretical),
            (QuestionType.ESSAY, mix.essay),
            (QuestionType.PROFILE, mix.profile),
        ):
            left = has[track.id, kind]
            if left < wanted and left < had[track.id, kind]:
                raise PoolTooSmallError(
                    f"{track.id} asks {wanted} {kind} questions and would have {left} left; "
                    "add another one first"
                )


def _sizes(questions: Iterable[Question]) -> Counter[tuple[str, QuestionType]]:
    return Counter((question.track_id, question.type) for question in questions)


def written_question(question: Question) -> dict[str, Any]:
    """Return the question by the names in which authors write it, without what its type lacks."""
    written: dict[str, Any] = {
        "id": question.slug,
        "domain": question.domain,
        "level": question.level.value,
        "skills": list(question.skills),
        "prompt": question.prompt,
        "weight": question.weight,
    }
    if question.time_limit_seconds is not None:
        written["timeLimitSeconds"] = question.time_limit_seconds
    if question.type is not QuestionType.ESSAY:
        written["multiple"] = question.multiple
        written["options"] = [_written_option(o, question.type) for o in question.options]
    if question.type is QuestionType.PROFILE:
        written["freeText"] = question.free_text
    if question.max_length is not None:
        written["maxLength"] = question.max_length
    if question.rubric is not None:
        written["rubric"] = _written_rubric(question.rubric)
    return written


def _written_option(option: Option, kind: QuestionType) -> dict[str, Any]:
    written: dict[str, Any] = {"id": option.id, "text": option.text}
    if kind is QuestionType.PROFILE:
        return {**written, "interests": list(option.interests)}
    return {**written, "correct": option.correct, "explanation": option.explanation}


def _written_rubric(rubric: Rubric) -> dict[str, Any]:
    return {
        "criteria": [
            {
                "name": criterion.name.value,
                "weight": criterion.weight,
                "levels": [
                    {"score": level.score, "description": level.description}
                    for level in criterion.levels
                ],
            }
            for criterion in rubric.criteria
        ],
        "keyPoints": [
            {
                "id": point.id,
                "text": point.text,
                "weight": point.weight,
                "terms": [list(group) for group in point.terms],
            }
            for point in rubric.key_points
        ],
        "referenceAnswer": rubric.reference_answer,
    }
