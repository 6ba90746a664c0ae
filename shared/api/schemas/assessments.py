"""Bodies of assessments, from start to status. Keys, rubrics and weights never leave."""

from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StrictInt

from shared.api.schemas.base import RequestBody, ResponseBody, Text, Time
from shared.domain.assessment import (
    MAX_TEXT_LENGTH,
    Answer,
    Assessment,
    AssessmentStatus,
    Response,
    Snapshot,
)
from shared.domain.consent import AiScoring, Consent
from shared.domain.degraded import Degradation, DegradedReason
from shared.domain.level import Level
from shared.domain.progress import Progress, Reading, StageName, StageState
from shared.domain.question import QuestionType
from shared.domain.scoring import RuleScore

Slug = Annotated[Text, Field(min_length=1, max_length=100)]
Id = Annotated[Text, Field(min_length=1, max_length=64)]


Decision = Literal[AiScoring.CONSENTED, AiScoring.DECLINED]
TextVersion = Annotated[
    StrictInt,
    Field(
        ge=1,
        description="Version of the text on AI scoring that the student was shown; the current one "
        "where it is left out.",
    ),
]


class Start(RequestBody):
    track_id: Slug
    experience_level: Level = Level.INTERMEDIATE
    ai_scoring: Annotated[
        Decision | None,
        Field(
            description="What the student says to the text in `GET /tracks/{trackId}`. `declined`: "
            "people mark the essays, and no engine reads them. Left out, nobody has asked: it is "
            "scored as ever and recorded as `not_asked`, which is no consent."
        ),
    ] = None
    ai_scoring_text_version: TextVersion | None = None


class Decide(RequestBody):
    decision: Decision
    text_version: TextVersion | None = None


class ConsentOut(ResponseBody):
    """What the student decided on AI scoring; without version and time where nobody asked."""

    decision: AiScoring
    text_version: int | None
    decided_at: Time | None

    @classmethod
    def of(cls, consent: Consent) -> Self:
        return cls(
            decision=consent.decision,
            text_version=consent.text_version,
            decided_at=consent.decided_at,
        )


class AnswerIn(RequestBody):
    """`{"selected": ["a"]}` for choices, `{"text": "…"}` for essays and free text."""

    selected: Annotated[list[Slug] | None, Field(max_length=20)] = None
    text: Annotated[Text | None, Field(max_length=MAX_TEXT_LENGTH)] = None

    def to_domain(self) -> Answer:
        return Answer(selected=tuple(self.selected or ()), text=self.text)


class AnswerOut(ResponseBody):
    selected: list[str] | None = None
    text: str | None = None

    @classmethod
    def of(cls, answer: Answer) -> Self:
        if answer.text is not None:
            return cls(text=answer.text)
        return cls(selected=list(answer.selected))


class GivenResponse(RequestBody):
    question_id: Id
    answer: AnswerIn


class Responses(RequestBody):
    responses: Annotated[list[GivenResponse], Field(min_length=1, max_length=100)]


class SavedOut(ResponseBody):
    saved: int
    answered: int
    total: int


class Submit(RequestBody):
    allow_incomplete: StrictBool = False


class OptionOut(ResponseBody):
    id: str
    text: str


class QuestionOut(ResponseBody):
    id: str
    position: int
    type: QuestionType
    prompt: str
    domain: str
    options: list[OptionOut] | None = None
    multiple: bool | None = None
    time_limit_seconds: int | None = None
    max_length: int | None = None

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        question = snapshot.question
        has_options = not question.takes_text
        return cls(
            id=question.id,
            position=snapshot.position,
            type=question.type,
            prompt=question.prompt,
            domain=question.domain,
            options=(
                [OptionOut(id=o.id, text=o.text) for o in question.options] if has_options else None
            ),
            multiple=question.multiple if has_options else None,
            time_limit_seconds=question.time_limit_seconds,
            max_length=(question.max_length or MAX_TEXT_LENGTH) if question.takes_text else None,
        )


class AssessmentOut(ResponseBody):
    assessment_id: str
    track_id: str
    status: AssessmentStatus
    experience_level: Level
    started_at: Time
    expires_at: Time
    accommodated: bool
    """Whether time limits or deadline are other than everybody's."""
    ai_scoring: ConsentOut
    submitted_at: Time | None
    completed_at: Time | None

    @classmethod
    def of(cls, assessment: Assessment, status: AssessmentStatus) -> Self:
        return cls(
            assessment_id=assessment.id,
            track_id=assessment.track_id,
            status=status,
            experience_level=assessment.experience_level,
            started_at=assessment.started_at,
            expires_at=assessment.expires_at,
            accommodated=assessment.is_accommodated,
            ai_scoring=ConsentOut.of(assessment.consent),
            submitted_at=assessment.submitted_at,
            completed_at=assessment.completed_at,
        )


class AssessmentPage(ResponseBody):
    items: list[AssessmentOut]
    next_cursor: str | None


class StartedOut(ResponseBody):
    assessment_id: str
    track_id: str
    status: AssessmentStatus
    experience_level: Level
    expires_at: Time
    accommodated: bool
    ai_scoring: ConsentOut
    resume_token: str
    questions: list[QuestionOut]
    next_question: QuestionOut | None


class SavedResponseOut(ResponseBody):
    question_id: str
    answer: AnswerOut
    saved_at: Time

    @classmethod
    def of(cls, response: Response) -> Self:
        return cls(
            question_id=response.question_id,
            answer=AnswerOut.of(response.answer),
            saved_at=response.saved_at,
        )


class OpenedOut(AssessmentOut):
    questions: list[QuestionOut]
    responses: list[SavedResponseOut]
    next_question: QuestionOut | None


class NextOut(ResponseBody):
    """Either `{"done": true}` or `{"done": false, "question": {…}}`."""

    done: bool
    question: QuestionOut | None = None


class RuleScoreOut(ResponseBody):
    question_id: str
    domain: str
    score: float
    max_score: float

    @classmethod
    def of(cls, score: RuleScore) -> Self:
        return cls(
            question_id=score.question_id,
            domain=score.domain,
            score=score.score,
            max_score=score.max_score,
        )


class SubmittedOut(ResponseBody):
    assessment_id: str
    status: Literal[AssessmentStatus.SCORING, AssessmentStatus.IN_REVIEW]
    """`in_review` where the student declined AI scoring: people read the essays."""
    rule_scores: list[RuleScoreOut]
    status_url: str


class DegradedReasonOut(ResponseBody):
    reason: DegradedReason
    cause: str
    at: Time
    question_id: str | None = None

    @classmethod
    def of(cls, degradation: Degradation) -> Self:
        return cls(
            reason=degradation.reason,
            cause=degradation.cause,
            at=degradation.at,
            question_id=degradation.question_id,
        )


class StageOut(ResponseBody):
    name: StageName
    state: StageState
    started_at: Time | None
    finished_at: Time | None


class ReadingOut(ResponseBody):
    """How far people have come with the essays."""

    essays: int
    marked: int

    @classmethod
    def of(cls, reading: Reading) -> Self:
        return cls(essays=reading.essays, marked=reading.marked)


class StatusOut(ResponseBody):
    assessment_id: str
    status: AssessmentStatus
    percent: int
    stages: list[StageOut]
    degraded: bool
    degraded_reasons: list[DegradedReasonOut]
    estimated_seconds_remaining: int | None
    """Null as well while people read: nobody can tell."""
    read_by_people: ReadingOut | None
    """Of a submitted assessment whose student declined AI scoring; null for all others."""

    @classmethod
    def of(
        cls,
        assessment: Assessment,
        status: AssessmentStatus,
        progress: Progress,
        reading: Reading | None = None,
    ) -> Self:
        return cls(
            assessment_id=assessment.id,
            status=status,
            percent=progress.percent,
            stages=[
                StageOut(
                    name=stage.name,
                    state=stage.state,
                    started_at=stage.started_at,
                    finished_at=stage.finished_at,
                )
                for stage in progress.stages
            ],
            degraded=bool(assessment.degradations),
            degraded_reasons=[DegradedReasonOut.of(d) for d in assessment.degradations],
            estimated_seconds_remaining=progress.estimated_seconds_remaining,
            read_by_people=ReadingOut.of(reading) if reading else None,
        )
