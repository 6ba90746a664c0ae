"""Bodies of the questions' administration: with keys and rubrics, for admins alone."""

from typing import Annotated, Any, Final, Self

from pydantic import Field

from shared.api.schemas.base import RequestBody, ResponseBody, Text, Time
from shared.api.schemas.catalog import FieldChangeOut, RemarkOut
from shared.domain.question import Question, QuestionType
from shared.domain.question_bank import (
    BankChange,
    BankEntry,
    QuestionVersion,
    written_question,
)

PLACE: Final = {"slug", "track_id", "type"}
"""What in the seeds is said by `id`, folder and file."""


class OptionIn(RequestBody):
    id: Text
    text: Text
    correct: bool | None = None
    explanation: Text | None = None
    interests: list[Text] | None = None


class LevelIn(RequestBody):
    score: float
    description: Text


class CriterionIn(RequestBody):
    name: Text
    weight: float
    levels: list[LevelIn]


class KeyPointIn(RequestBody):
    id: Text
    text: Text
    weight: float
    terms: list[list[Text]] | None = None


class RubricIn(RequestBody):
    criteria: list[CriterionIn]
    key_points: list[KeyPointIn]
    reference_answer: Text


class QuestionIn(RequestBody):
    """As in the seed files of its type, whose rules decide; null says as much as nothing."""

    slug: Text
    track_id: Annotated[Text, Field(min_length=1, max_length=100)]
    type: QuestionType
    domain: Text
    level: Annotated[Text, Field(description="beginner, intermediate or advanced")]
    skills: list[Text] | None = None
    prompt: Text
    weight: float | None = None
    time_limit_seconds: int | None = None
    multiple: bool | None = None
    options: list[OptionIn] | None = None
    free_text: bool | None = None
    max_length: int | None = None
    rubric: RubricIn | None = None

    def as_written(self) -> dict[str, Any]:
        """Return it by the names of the seed files."""
        written = self.model_dump(by_alias=True, exclude_none=True, exclude=PLACE)
        return {"id": self.slug, **written}


class KeyedOptionOut(ResponseBody):
    id: str
    text: str
    correct: bool | None = None
    explanation: str | None = None
    interests: list[str] | None = None


class LevelOut(ResponseBody):
    score: float
    description: str


class CriterionOut(ResponseBody):
    name: str
    weight: float
    levels: list[LevelOut]


class KeyPointOut(ResponseBody):
    id: str
    text: str
    weight: float
    terms: list[list[str]]


class RubricOut(ResponseBody):
    criteria: list[CriterionOut]
    key_points: list[KeyPointOut]
    reference_answer: str


class QuestionContentOut(ResponseBody):
    """Null where its type has no such thing."""

    slug: str
    track_id: str
    type: str
    domain: str
    level: str
    skills: list[str]
    prompt: str
    weight: float
    time_limit_seconds: int | None = None
    multiple: bool | None = None
    options: list[KeyedOptionOut] | None = None
    free_text: bool | None = None
    max_length: int | None = None
    rubric: RubricOut | None = None

    @classmethod
    def of(cls, question: Question) -> Self:
        written = written_question(question)
        place = {
            "slug": written.pop("id"),
            "trackId": question.track_id,
            "type": question.type.value,
        }
        return cls.model_validate(place | written)


class BankEntryOut(ResponseBody):
    id: str | None
    """Null for what a dry run would create."""
    version: int
    active: bool
    origin: str
    """`seeds` or `admin`: whose work the content is. Loading seeds leaves an admin's alone."""
    content_hash: str
    content: QuestionContentOut

    @classmethod
    def of(cls, entry: BankEntry, *, has_id: bool = True) -> Self:
        return cls(
            id=entry.question.id if has_id else None,
            version=entry.question.version,
            active=entry.active,
            origin=entry.origin,
            content_hash=entry.content_hash,
            content=QuestionContentOut.of(entry.question),
        )


class BankPageOut(ResponseBody):
    items: list[BankEntryOut]
    next_cursor: str | None


class BankChangeOut(ResponseBody):
    dry_run: bool
    changed: bool
    """False where all was so already: no version, no audit row."""
    question: BankEntryOut
    """As it is now, or in a dry run as it would be."""
    changes: list[FieldChangeOut]
    """Of the content, `active` and `origin`; all of them for a new question."""
    warnings: list[RemarkOut]

    @classmethod
    def of(cls, change: BankChange, *, dry_run: bool) -> Self:
        before = _fields(change.before) if change.before else {}
        return cls(
            dry_run=dry_run,
            changed=change.is_change,
            question=BankEntryOut.of(change.after, has_id=not dry_run or change.before is not None),
            changes=[
                FieldChangeOut(field=field, before=before.get(field), after=value)
                for field, value in _fields(change.after).items()
                if before.get(field) != value
            ],
            warnings=[RemarkOut.of(remark) for remark in change.remarks],
        )


class QuestionVersionOut(ResponseBody):
    version: int
    origin: str
    content_hash: str
    content: QuestionContentOut
    warnings: list[RemarkOut]
    changed_by: str | None
    """An admin's id; null for the loading of seeds."""
    changed_at: Time | None
    """Null for what was stored before times were."""

    @classmethod
    def of(cls, version: QuestionVersion) -> Self:
        return cls(
            version=version.question.version,
            origin=version.origin,
            content_hash=version.content_hash,
            content=QuestionContentOut.of(version.question),
            warnings=[RemarkOut.of(remark) for remark in version.remarks],
            changed_by=version.changed_by,
            changed_at=version.changed_at,
        )


class QuestionVersionPage(ResponseBody):
    items: list[QuestionVersionOut]
    next_cursor: str | None


def _fields(entry: BankEntry) -> dict[str, Any]:
    content = QuestionContentOut.of(entry.question).model_dump(by_alias=True)
    return {"active": entry.active, "origin": entry.origin.value, **content}
