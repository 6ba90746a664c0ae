"""One piece of content held to the models, rules and checks of the seeds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, Final

from pydantic import ValidationError

from shared.adapters.content_checks.catalog import check_credential, check_repetitions
from shared.adapters.content_checks.finding import Finding, Severity
from shared.adapters.content_checks.questions import check_question, check_together
from shared.adapters.seed_files.content import hash_of, to_credential, to_question
from shared.adapters.seed_files.models import (
    CredentialEntry,
    EssayEntry,
    ProfileEntry,
    TheoreticalEntry,
)
from shared.adapters.seed_files.rules import find_question_faults
from shared.domain.catalog import Remark
from shared.domain.errors import InvalidContentError
from shared.domain.question import Question, QuestionId, QuestionType
from shared.domain.recommendation import Credential, CredentialId
from shared.domain.track import Track
from shared.ports.content_review import ReviewedCredential, ReviewedQuestion

Fault = tuple[str, str]

ENTRIES: Final = {
    QuestionType.THEORETICAL: TheoreticalEntry,
    QuestionType.ESSAY: EssayEntry,
    QuestionType.PROFILE: ProfileEntry,
}
SLUG: Final = "slug"
"""The API's name for what is `id` in a seed file."""


class SeedContentReview:
    def __init__(self, skills: AbstractSet[str]) -> None:
        """`skills` are all there are."""
        self._skills = skills

    def credential(
        self,
        written: Mapping[str, Any],
        *,
        credential_id: CredentialId,
        others: Sequence[Credential],
        tracks: Sequence[Track],
    ) -> ReviewedCredential:
        try:
            entry = CredentialEntry.model_validate(written)
        except ValidationError as error:
            raise InvalidContentError(tuple(_model_faults(error))) from None
        known = {track.id for track in tracks}
        faults = [
            *_unknown("skills", entry.skills, self._skills, "skill"),
            *_unknown("tracks", entry.tracks, known, "track"),
        ]
        if faults:
            raise InvalidContentError(tuple(faults))
        credential = to_credential(entry, _Given(credential_id))
        findings = [
            *check_credential(credential, self._skills),
            # The last one is the one of two that repetitions are reported at.
            *check_repetitions([*others, credential]),
        ]
        return ReviewedCredential(
            credential=credential,
            content_hash=hash_of(entry),
            remarks=_remarks(findings, f"credentials/{credential.slug}"),
        )

    def question(
        self,
        written: Mapping[str, Any],
        *,
        kind: QuestionType,
        question_id: QuestionId,
        track: Track,
        others: Sequence[Question],
    ) -> ReviewedQuestion:
        try:
            entry = ENTRIES[kind].model_validate(written)
        except ValidationError as error:
            raise InvalidContentError(tuple(_model_faults(error))) from None
        domains = {domain.id for domain in track.domains}
        found = find_question_faults("", entry, skills=self._skills, domains=domains)
        if faults := [_question_fault(fault, written) for fault in found]:
            raise InvalidContentError(tuple(faults))
        question = to_question(entry, track.id, _Given(question_id))
        findings = [*check_question(question), *check_together([*others, question])]
        place = f"questions/{question.slug}"
        placed = [
            replace(f, where=place + _by_number(f.where.removeprefix(place), written))
            for f in _about(findings, place)
        ]
        return ReviewedQuestion(
            question=question, content_hash=hash_of(entry), remarks=_remarks(placed, place)
        )


class _Given:
    """Gives the id that the content has already."""

    def __init__(self, given: str) -> None:
        self._given = given

    def new(self) -> str:
        return self._given


def _model_faults(error: ValidationError) -> Iterator[Fault]:
    for fault in error.errors():
        path = [SLUG if part == "id" and n == 0 else part for n, part in enumerate(fault["loc"])]
        yield _pointer(path), fault["msg"].removeprefix("Value error, ")


def _unknown(
    field: str, named: Sequence[str], known: AbstractSet[str], kind: str
) -> Iterator[Fault]:
    for number, name in enumerate(named):
        if name not in known:
            yield _pointer((field, number)), f"there is no {kind} {name!r}"


def _remarks(findings: Iterable[Finding], place: str) -> tuple[Remark, ...]:
    """Return the warnings about what is at this place; raise on errors about it."""
    own = _about(findings, place)
    faults = tuple(
        (f.where.removeprefix(place), f.message) for f in own if f.severity is Severity.ERROR
    )
    if faults:
        raise InvalidContentError(faults)
    return tuple(
        Remark(check=f.check, pointer=f.where.removeprefix(place), message=f.message) for f in own
    )


def _about(findings: Iterable[Finding], place: str) -> list[Finding]:
    return [f for f in findings if f.where == place or f.where.startswith(f"{place}/")]


def _question_fault(fault: str, written: Mapping[str, Any]) -> Fault:
    """Split a fault of the rules, `path: what is wrong`; a repeated id has a file before it."""
    path, _, said = fault.removeprefix(": ").partition(": ")
    return _by_number(f"/{path.removeprefix('/')}", written), said


def _by_number(path: str, written: Mapping[str, Any]) -> str:
    """Return the path as a JSON pointer: checks name members of lists by id or name."""
    parts: list[int | str] = []
    here: Any = written
    for part in path.split("/")[1:]:
        step: int | str = part
        if isinstance(here, list):
            step = next(
                (n for n, m in enumerate(here) if _name(m) == part),
                int(part) if part.isdecimal() else part,
            )
        parts.append(step)
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            here = None
    return _pointer(parts)


def _name(member: Any) -> object:
    return member.get("id", member.get("name")) if isinstance(member, Mapping) else None


def _pointer(path: Iterable[int | str]) -> str:
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
