"""What retrieval may know of a student, worked out from an assessment."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from shared.domain.assessment import Assessment, Response, Snapshot
from shared.domain.essay import EssayScore
from shared.domain.level import Level
from shared.domain.question import QuestionId, QuestionType
from shared.domain.recommendation import Situation
from shared.domain.scoring import RuleScore, gaps_of, overall_score
from shared.domain.track import Track

STEP_DOWN_BELOW: Final = 40
"""Under `developing` the basics are missing: look one level below the student's own."""
STEP_UP_FROM: Final = 75
"""Well into `proficient` one's own level has little left to teach."""


def situation_of(
    *,
    track: Track,
    assessment: Assessment,
    snapshots: Sequence[Snapshot],
    responses: Mapping[QuestionId, Response],
    rules: Sequence[RuleScore],
    essays: Sequence[EssayScore],
) -> Situation:
    return Situation(
        track_id=track.id,
        level=next_level(
            assessment.experience_level, overall_score(track, snapshots, rules, essays)
        ),
        focus=track.skill_focus,
        interests=interests_of(track, snapshots, responses),
        gaps=gaps_of(snapshots, rules, essays),
    )


def next_level(own: Level, overall: int) -> Level:
    """Return the level of credentials that are the student's next step."""
    levels = list(Level)
    step = -1 if overall < STEP_DOWN_BELOW else 1 if overall >= STEP_UP_FROM else 0
    return levels[min(len(levels) - 1, max(0, own.rank + step))]


def interests_of(
    track: Track, snapshots: Sequence[Snapshot], responses: Mapping[QuestionId, Response]
) -> tuple[str, ...]:
    """Return the skills that profile answers point to.

    Of free text only names of skills go on, so that no student's words reach a query.
    """
    found: list[str] = []
    profile = [s.question for s in snapshots if s.question.type is QuestionType.PROFILE]
    known = {skill for q in profile for o in q.options for skill in o.interests}
    known |= {*track.skill_focus, *(skill for d in track.domains for skill in d.skills)}
    for question in profile:
        response = responses.get(question.id)
        if response is None:
            continue
        for option in question.options:
            if option.id in response.answer.selected:
                found += option.interests
        found += _named(response.answer.text or "", sorted(known))
    return tuple(dict.fromkeys(found))


def _named(text: str, skills: Iterable[str]) -> list[str]:
    said = f" {' '.join(re.findall(r'[a-z0-9+#]+', text.casefold()))} "
    return [skill for skill in skills if f" {skill.replace('-', ' ')} " in said]
