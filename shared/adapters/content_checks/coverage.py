"""What the catalog has to offer, whoever asks: enough for each track and level, every skill."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from shared.adapters.content_checks.finding import Finding, error, warning
from shared.domain.level import Level
from shared.domain.question import Question
from shared.domain.recommendation import Credential
from shared.domain.track import Track

FEWEST: Final = 3
"""Credentials of a track and level; with fewer there is nothing to choose from."""
FEW: Final = 6
"""With fewer, everybody at this level is recommended nearly the same."""
FEWEST_PROVIDERS: Final = 15
FEWEST_CREDENTIALS: Final = 200

CATALOG: Final = "catalog"


def check_size(credentials: Sequence[Credential]) -> Iterator[Finding]:
    providers = len({c.provider for c in credentials})
    if len(credentials) < FEWEST_CREDENTIALS:
        yield error(
            "catalog-size",
            CATALOG,
            f"There are {len(credentials)} credentials; add {FEWEST_CREDENTIALS - len(credentials)}"
            f" more, so that there are {FEWEST_CREDENTIALS}.",
        )
    if providers < FEWEST_PROVIDERS:
        yield error(
            "providers",
            CATALOG,
            f"There are {providers} providers; add others, so that there are {FEWEST_PROVIDERS}.",
        )


def check_levels(credentials: Sequence[Credential], tracks: Sequence[Track]) -> Iterator[Finding]:
    """Find levels of a track for which there is little or nothing."""
    offered = Counter((track, c.level) for c in credentials for track in c.tracks)
    for track in tracks:
        for level in Level:
            if (count := offered[track.id, level]) < FEW:
                found = error if count < FEWEST else warning
                yield found(
                    "few-credentials",
                    f"tracks/{track.id}",
                    f"The catalog has {count} {level} credentials for this track; add "
                    f"{FEW - count}, so that there are {FEW}.",
                )


def check_taught(credentials: Sequence[Credential], tracks: Sequence[Track]) -> Iterator[Finding]:
    """Find skills that a track asks for and none of its credentials teaches.

    A track without credentials is said by `check_levels` already.
    """
    for track in tracks:
        taught = {skill for c in credentials if track.id in c.tracks for skill in c.skills}
        for skill, path in _asked(track).items():
            if taught and skill not in taught:
                yield warning(
                    "skill-not-taught",
                    f"tracks/{track.id}/{path}",
                    f"No credential of the track teaches {skill}, so nothing is recommended for a "
                    "gap in it; add one, or name the skill where it is taught.",
                )


def _asked(track: Track) -> dict[str, str]:
    """Return the skills that the track names, with the path to the first place of each."""
    paths = dict.fromkeys(track.skill_focus, "skillFocus")
    for domain in track.domains:
        for skill in domain.skills:
            paths.setdefault(skill, f"domains/{domain.id}/skills")
    return paths


def check_unused(
    skills: Iterable[str],
    *,
    credentials: Sequence[Credential],
    tracks: Sequence[Track],
    questions: Sequence[Question],
) -> Iterator[Finding]:
    """Find skills of the list that nothing names."""
    used = {skill for entry in (*credentials, *questions) for skill in entry.skills}
    used.update(skill for q in questions for o in q.options for skill in o.interests)
    used.update(skill for track in tracks for skill in track.skill_focus)
    used.update(skill for track in tracks for domain in track.domains for skill in domain.skills)
    for skill in skills:
        if skill not in used:
            yield warning(
                "unused-skill",
                f"skills/{skill}",
                "Nothing names this skill; use it, or remove it from the list.",
            )
