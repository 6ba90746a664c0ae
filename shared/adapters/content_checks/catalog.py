"""All checks of credentials: of one alone, and of the catalog as a whole."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from shared.adapters.content_checks import coverage, duplicates
from shared.adapters.content_checks.descriptions import check_description, check_outcomes
from shared.adapters.content_checks.facts import check_facts
from shared.adapters.content_checks.finding import Finding
from shared.domain.question import Question
from shared.domain.recommendation import Credential
from shared.domain.track import Track


def check_credential(credential: Credential, skills: AbstractSet[str]) -> Iterator[Finding]:
    """Find what is wrong with a credential whatever the others are; `skills` are all there are."""
    yield from check_facts(credential, skills)
    yield from check_description(credential)
    yield from check_outcomes(credential)


def check_catalog(
    credentials: Sequence[Credential],
    *,
    tracks: Sequence[Track],
    questions: Sequence[Question],
    skills: Sequence[str],
) -> Iterator[Finding]:
    """Find what is wrong with each credential and with all of them together."""
    known = frozenset(skills)
    for credential in credentials:
        yield from check_credential(credential, known)
    yield from check_repetitions(credentials)
    yield from coverage.check_size(credentials)
    yield from coverage.check_levels(credentials, tracks)
    yield from coverage.check_taught(credentials, tracks)
    yield from coverage.check_unused(
        skills, credentials=credentials, tracks=tracks, questions=questions
    )


def check_repetitions(credentials: Sequence[Credential]) -> Iterator[Finding]:
    """Find credentials that repeat others; the later one is named."""
    yield from duplicates.check_duplicates(credentials)
    yield from duplicates.check_near_duplicates(credentials)
    yield from duplicates.check_identical_texts(credentials)
