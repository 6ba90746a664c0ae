"""The shape of the seed files; rules that need more than one file are in `rules`."""

from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    model_validator,
)
from pydantic.alias_generators import to_camel

from shared.domain.assessment import MAX_TEXT_LENGTH
from shared.domain.level import Level
from shared.domain.question import CriterionName
from shared.domain.recommendation import CredentialFormat


def _storable(text: str) -> str:
    """Refuse what YAML can spell and PostgreSQL cannot keep."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("text may not contain NUL characters or lone surrogates")
    return text


Words = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=6_000),
    AfterValidator(_storable),
]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[-.][a-z0-9]+)*$", max_length=80)]
Weight = Annotated[float, Field(gt=0, le=10)]


class Entry(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)


class SkillEntry(Entry):
    id: Slug
    name: Words
    group: Slug
    esco: HttpUrl | None = None


class SkillsFile(Entry):
    skills: list[SkillEntry]


class DomainEntry(Entry):
    id: Slug
    name: Words
    weight: Weight
    skills: Annotated[list[Slug], Field(min_length=1)]
    strength: Words
    improvement: Words


class MixEntry(Entry):
    theoretical: Annotated[int, Field(ge=0, le=20)]
    essay: Annotated[int, Field(ge=0, le=10)]
    profile: Annotated[int, Field(ge=0, le=20)]

    @model_validator(mode="after")
    def _scores_something(self) -> Self:
        if self.theoretical + self.essay == 0:
            raise ValueError("a mix needs at least one question that scores")
        return self


class TrackFile(Entry):
    id: Slug
    name: Words
    description: Words
    skill_focus: Annotated[list[Slug], Field(min_length=1)]
    estimated_minutes: Annotated[int, Field(ge=1, le=240)]
    question_mix: MixEntry
    domains: Annotated[list[DomainEntry], Field(min_length=1)]


class QuestionEntry(Entry):
    id: Slug
    domain: Slug
    level: Level
    skills: list[Slug] = []
    prompt: Words
    weight: Weight = 1
    time_limit_seconds: Annotated[int, Field(ge=10, le=3_600)] | None = None
    active: bool = True


class KeyedOption(Entry):
    id: Slug
    text: Words
    correct: bool
    explanation: Words


class TheoreticalEntry(QuestionEntry):
    multiple: bool = False
    options: Annotated[list[KeyedOption], Field(min_length=3, max_length=6)]

    @model_validator(mode="after")
    def _has_a_key(self) -> Self:
        correct = sum(option.correct for option in self.options)
        if not self.multiple and correct != 1:
            raise ValueError(f"{correct} options are correct; a single choice has exactly one")
        if self.multiple and not 1 < correct < len(self.options):
            raise ValueError(
                f"{correct} of {len(self.options)} options are correct; a multiple choice has at "
                "least two, and one that is not"
            )
        return self


class LevelEntry(Entry):
    score: Annotated[float, Field(ge=0, le=10)]
    description: Words


class CriterionEntry(Entry):
    name: CriterionName
    weight: Annotated[float, Field(gt=0, le=1)]
    levels: Annotated[list[LevelEntry], Field(min_length=2)]

    @model_validator(mode="after")
    def _ascends(self) -> Self:
        scores = [level.score for level in self.levels]
        if scores != sorted(set(scores)):
            raise ValueError("the scores of the levels must ascend")
        if len({level.description for level in self.levels}) != len(self.levels):
            raise ValueError("two levels have the same description")
        return self


class KeyPointEntry(Entry):
    id: Slug
    text: Words
    weight: Weight
    terms: list[Annotated[list[Words], Field(min_length=1)]] = []


class RubricEntry(Entry):
    criteria: list[CriterionEntry]
    key_points: Annotated[list[KeyPointEntry], Field(min_length=2)]
    reference_answer: Words

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        names = sorted(criterion.name for criterion in self.criteria)
        if names != sorted(CriterionName):
            raise ValueError(f"the criteria must be {', '.join(sorted(CriterionName))}, each once")
        total = sum(criterion.weight for criterion in self.criteria)
        if abs(total - 1) > 1e-6:  # noqa: PLR2004 - rounding
            raise ValueError(f"the weights of the criteria add up to {total:g}, not to 1")
        return self


class EssayEntry(QuestionEntry):
    max_length: Annotated[int, Field(ge=100, le=MAX_TEXT_LENGTH)]
    rubric: RubricEntry


class InterestOption(Entry):
    id: Slug
    text: Words
    interests: list[Slug] = []


class ProfileEntry(QuestionEntry):
    multiple: bool = False
    free_text: bool = False
    max_length: Annotated[int, Field(ge=10, le=MAX_TEXT_LENGTH)] | None = None
    options: list[InterestOption] = []

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        if self.free_text == bool(self.options):
            raise ValueError("a profile question has either options or freeText: true")
        return self


class TheoreticalFile(Entry):
    questions: list[TheoreticalEntry]


class EssayFile(Entry):
    questions: list[EssayEntry]


class ProfileFile(Entry):
    questions: list[ProfileEntry]


class CredentialEntry(Entry):
    id: Slug
    title: Words
    provider: Words
    url: HttpUrl
    level: Level
    hours: Annotated[float, Field(gt=0, le=2_000)] | None = None
    effort: Words | None = None
    format: CredentialFormat
    skills: Annotated[list[Slug], Field(min_length=1)]
    tracks: Annotated[list[Slug], Field(min_length=1)]
    description: Words
    outcomes: Annotated[list[Words], Field(min_length=1, max_length=6)]
    source: Words

    @model_validator(mode="after")
    def _is_https(self) -> Self:
        if self.url.scheme != "https":
            raise ValueError("the url must be https")
        return self


class CredentialsFile(Entry):
    credentials: list[CredentialEntry]
