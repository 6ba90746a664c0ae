"""All checks of questions: of one alone, of a track's pools, and across tracks."""

from collections.abc import Iterator, Sequence

from shared.adapters.content_checks import options, spread
from shared.adapters.content_checks.finding import Finding
from shared.adapters.content_checks.key_points import check_key_points
from shared.adapters.content_checks.readability import check_reading_level
from shared.adapters.content_checks.rubrics import check_levels, check_reused_levels
from shared.adapters.content_checks.twins import check_twins
from shared.domain.question import Question, QuestionType
from shared.domain.recommendation import Credential
from shared.domain.track import Track


def check_question(question: Question) -> Iterator[Finding]:
    """Find what is wrong with a question whatever the others are."""
    yield from check_reading_level(question)
    yield from spread.check_skills(question)
    match question.type:
        case QuestionType.THEORETICAL:
            yield from options.check_keys(question)
            yield from options.check_key_length(question)
        case QuestionType.ESSAY:
            yield from check_levels(question)
            yield from check_key_points(question)
        case QuestionType.PROFILE:
            return


def check_pools(
    track: Track, questions: Sequence[Question], catalog: Sequence[Credential]
) -> Iterator[Finding]:
    """Find what is wrong with the track's active questions together."""
    yield from spread.check_sizes(track, questions)
    yield from spread.check_domains(track, questions)
    yield from spread.check_question_levels(track, questions)
    yield from spread.check_interests(track, questions, catalog)
    pool = spread.pool_of(track, QuestionType.THEORETICAL)
    keyed = [q for q in questions if q.type is QuestionType.THEORETICAL and len(q.options) > 1]
    yield from options.check_key_lengths(pool, keyed)
    yield from options.check_positions(pool, keyed)


def check_together(questions: Sequence[Question]) -> Iterator[Finding]:
    """Find questions that repeat others, of whatever track; the later one is named."""
    yield from check_reused_levels(questions)
    yield from check_twins(questions)
