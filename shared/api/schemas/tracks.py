"""Bodies of tracks."""

from typing import Self

from shared.api.schemas.base import ResponseBody
from shared.domain.consent import CURRENT_TEXT, TEXTS
from shared.domain.track import Track


class QuestionMixOut(ResponseBody):
    theoretical: int
    essay: int
    profile: int


class TrackDomainOut(ResponseBody):
    id: str
    name: str


class TrackOut(ResponseBody):
    id: str
    name: str
    description: str
    skill_focus: list[str]
    question_mix: QuestionMixOut
    estimated_minutes: int
    domains: list[TrackDomainOut]

    @classmethod
    def of(cls, track: Track) -> Self:
        mix = track.question_mix
        return cls(
            id=track.id,
            name=track.name,
            description=track.description,
            skill_focus=list(track.skill_focus),
            question_mix=QuestionMixOut(
                theoretical=mix.theoretical, essay=mix.essay, profile=mix.profile
            ),
            estimated_minutes=track.estimated_minutes,
            domains=[TrackDomainOut(id=d.id, name=d.name) for d in track.domains],
        )


class AiScoringTextOut(ResponseBody):
    """What a student is told before they consent to AI scoring or decline it."""

    text_version: int
    text: str
    """Paragraphs, with an empty line between them."""


class TrackWithTextOut(TrackOut):
    ai_scoring: AiScoringTextOut

    @classmethod
    def build(cls, track: Track) -> Self:
        return cls(
            **dict(TrackOut.of(track)),
            ai_scoring=AiScoringTextOut(text_version=CURRENT_TEXT, text=TEXTS[CURRENT_TEXT]),
        )


class TrackPage(ResponseBody):
    items: list[TrackOut]
    next_cursor: str | None
