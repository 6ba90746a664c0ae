"""Assessments of many students, as their advisors look at them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.domain.assessment import Assessment
from shared.domain.errors import InvalidInputError
from shared.domain.scoring import Band, Profile
from shared.domain.track import TrackId
from shared.domain.user import UserId

FEWEST_CHARACTERS: Final = 2
"""Of what is searched for; one letter finds everybody."""
MOST_CHARACTERS: Final = 100


def words_of_search(text: str | None) -> tuple[str, ...]:
    """Return the words to search for; none where nothing is searched for.

    Raises `InvalidInputError` for a search that is too short to tell anybody from the others.
    """
    if text is None:
        return ()
    words = tuple(text.split())
    if len("".join(words)) < FEWEST_CHARACTERS:
        raise InvalidInputError(
            f"search for at least {FEWEST_CHARACTERS} characters of a name or e-mail address",
            pointer="query/q",
        )
    return words


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortSelection:
    """Which assessments to look at; None leaves open."""

    student_id: UserId | None = None
    words: tuple[str, ...] = ()
    """Each is the beginning of a word of the student's name, or of their e-mail address."""
    track_id: TrackId | None = None
    band: Band | None = None
    degraded: bool | None = None
    needs_review: bool | None = None
    since: datetime | None = None
    """Started then or later."""
    until: datetime | None = None
    """Started before then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortEntry:
    assessment: Assessment
    student_name: str
    profile: Profile | None
    """None until the assessment is completed."""
    needs_review: bool
    """Whether an essay of it is in the review queue."""
