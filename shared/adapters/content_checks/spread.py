"""Pools too small or too lopsided to give each student a fair and different choice."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from shared.adapters.content_checks.finding import Finding, error, place, warning
from shared.domain.level import Level
from shared.domain.question import Question, QuestionType
from shared.domain.recommendation import Credential
from shared.domain.track import Track

FEWEST: Final = {
    QuestionType.THEORETICAL: 18,
    QuestionType.ESSAY: 9,
    QuestionType.PROFILE: 8,
}
"""Questions: for the usual mix of 3, 3 and 4, six, three and two bundles without a repetition."""
SCORED: Final = (QuestionType.THEORETICAL, QuestionType.ESSAY)


def check_sizes(track: Track, questions: Sequence[Question]) -> Iterator[Finding]:
    sizes = Counter(q.type for q in questions)
    for kind, fewest in FEWEST.items():
        if sizes[kind] < fewest:
            yield error(
                "pool-size",
                pool_of(track, kind),
                f"The pool has {sizes[kind]} questions; write {fewest - sizes[kind]} more, so that "
                f"there are {fewest}.",
            )


def check_domains(track: Track, questions: Sequence[Question]) -> Iterator[Finding]:
    """Find domains that a type of scored question leaves out."""
    asked = {(q.type, q.domain) for q in questions}
    for domain in track.domains:
        missing = [kind for kind in SCORED if (kind, domain.id) not in asked]
        if missing:
            yield error(
                "domain-without-questions",
                f"tracks/{track.id}/domains/{domain.id}",
                f"The domain has no {' and no '.join(missing)} question; write one.",
            )


def check_question_levels(track: Track, questions: Sequence[Question]) -> Iterator[Finding]:
    asked = {(q.type, q.level) for q in questions}
    for kind in SCORED:
        for level in Level:
            if (kind, level) not in asked:
                yield error(
                    "level-without-questions",
                    pool_of(track, kind),
                    f"There is no {level} question; write one, or correct the level of another.",
                )


def check_skills(question: Question) -> Iterator[Finding]:
    """Find scored questions that name no skill: scoring finds no gap through them."""
    if question.type in SCORED and not question.skills:
        yield warning(
            "no-skills",
            place(question.slug, "skills"),
            "The question names no skill, so no recommendation follows from it; name one or two.",
        )


def check_interests(
    track: Track, questions: Sequence[Question], catalog: Sequence[Credential]
) -> Iterator[Finding]:
    """Find options whose interests lead to nothing that the track's credentials teach."""
    taught = {skill for c in catalog if track.id in c.tracks for skill in c.skills}
    if not taught:
        yield warning(
            "interests-lead-nowhere",
            f"tracks/{track.id}",
            "No credential names this track, so no interest leads anywhere; add credentials.",
        )
        return
    for question in questions:
        for option in question.options:
            if option.interests and not taught.intersection(option.interests):
                yield warning(
                    "interests-lead-nowhere",
                    place(question.slug, "options", option.id, "interests"),
                    f"No credential of the track teaches {' or '.join(option.interests)}; point "
                    "the option to a skill that is taught, or add a credential.",
                )


def pool_of(track: Track, kind: QuestionType) -> str:
    return f"pools/{track.id}/{kind}"
