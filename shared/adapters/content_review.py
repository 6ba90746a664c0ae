"""Content held to the models, rules and checks of the seeds, piece by piece or many at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from shared.adapters.content_checks.catalog import check_credential, check_repetitions
from shared.adapters.content_checks.finding import Finding, Severity
from shared.adapters.content_checks.questions import check_question, check_together
from shared.adapters.seed_files.content import hash_of, to_credential, to_question, to_track
from shared.adapters.seed_files.models import (
    CredentialEntry,
    EssayEntry,
    ProfileEntry,
    TheoreticalEntry,
    TrackFile,
)
from shared.adapters.seed_files.rules import find_question_faults, find_track_faults
from shared.domain.catalog import Remark
from shared.domain.errors import InvalidContentError
from shared.domain.question import Question, QuestionId, QuestionType
from shared.domain.recommendation import Credential, CredentialId
from shared.domain.track import Track
from shared.ports.content_review import (
    CredentialDraft,
    QuestionDraft,
    ReviewedCredential,
    ReviewedQuestion,
    ReviewedTrack,
    nobody_waits,
)

Fault = tuple[str, str]
Reviewed = TypeVar("Reviewed", ReviewedCredential, ReviewedQuestion)
Model = TypeVar("Model", bound=BaseModel)

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

    def track(self, written: Mapping[str, Any], *, questions: Sequence[Question]) -> ReviewedTrack:
        entry = _validated(TrackFile, written, id_name="id")
        found = find_track_faults("", entry, skills=self._skills)
        faults = [_rule_fault(fault, written) for fault in found]
        domains = {domain.id for domain in entry.domains}
        faults += [
            ("/domains", f"{q.slug} is about {q.domain}, which is missing; change that one first")
            for q in questions
            if q.track_id == entry.id
            and q.type is not QuestionType.PROFILE
            and q.domain not in domains
        ]
        if faults:
            raise InvalidContentError(tuple(faults))
        return ReviewedTrack(track=to_track(entry), content_hash=hash_of(entry))

    def credential(
        self,
        written: Mapping[str, Any],
        *,
        credential_id: CredentialId,
        others: Sequence[Credential],
        tracks: Sequence[Track],
    ) -> ReviewedCredential:
        draft = CredentialDraft(written=written, credential_id=credential_id)
        return _or_raise(self.credentials([draft], others=others, tracks=tracks))

    def credentials(
        self,
        drafts: Sequence[CredentialDraft],
        *,
        others: Sequence[Credential],
        tracks: Sequence[Track],
        on_each: Callable[[], None] = nobody_waits,
    ) -> tuple[ReviewedCredential | InvalidContentError, ...]:
        known = {track.id for track in tracks}
        read = [_attempt(lambda d=d: self._read_credential(d, known), on_each) for d in drafts]
        good = [r for r in read if isinstance(r, _Read)]
        new = [r.reviewed.credential for r in good if r.is_new]
        kept = [r.reviewed.credential for r in good if not r.is_new]
        # The last one is the one of two that repetitions are reported at.
        together = list(check_repetitions([*others, *kept, *new])) if new else []
        return tuple(_verdict(r, together) for r in read)

    def _read_credential(
        self, draft: CredentialDraft, known: AbstractSet[str]
    ) -> "_Read[ReviewedCredential]":
        entry = _validated(CredentialEntry, draft.written)
        faults = [
            *_unknown("skills", entry.skills, self._skills, "skill"),
            *_unknown("tracks", entry.tracks, known, "track"),
        ]
        if faults:
            raise InvalidContentError(tuple(faults))
        credential = to_credential(entry, _Given(draft.credential_id))
        content_hash = hash_of(entry)
        is_new = content_hash != draft.kept_hash
        return _Read(
            reviewed=ReviewedCredential(
                credential=credential, content_hash=content_hash, remarks=()
            ),
            place=f"credentials/{credential.slug}",
            written=draft.written,
            is_new=is_new,
            findings=tuple(check_credential(credential, self._skills)) if is_new else (),
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
        draft = QuestionDraft(written=written, kind=kind, question_id=question_id, track=track)
        return _or_raise(self.questions([draft], others=others))

    def questions(
        self,
        drafts: Sequence[QuestionDraft],
        *,
        others: Sequence[Question],
        on_each: Callable[[], None] = nobody_waits,
    ) -> tuple[ReviewedQuestion | InvalidContentError, ...]:
        read = [_attempt(lambda d=d: self._read_question(d), on_each) for d in drafts]
        good = [r for r in read if isinstance(r, _Read) and r.reviewed.active]
        new = [r.reviewed.question for r in good if r.is_new]
        kept = [r.reviewed.question for r in good if not r.is_new]
        together = list(check_together([*others, *kept, *new])) if new else []
        return tuple(_verdict(r, together) for r in read)

    def _read_question(self, draft: QuestionDraft) -> "_Read[ReviewedQuestion]":
        entry = _validated(ENTRIES[draft.kind], draft.written)
        domains = {domain.id for domain in draft.track.domains}
        found = find_question_faults("", entry, skills=self._skills, domains=domains)
        if faults := [_rule_fault(fault, draft.written) for fault in found]:
            raise InvalidContentError(tuple(faults))
        question = to_question(entry, draft.track.id, _Given(draft.question_id))
        content_hash = hash_of(entry)
        is_new = entry.active and content_hash != draft.kept_hash
        return _Read(
            reviewed=ReviewedQuestion(
                question=question, content_hash=content_hash, remarks=(), active=entry.active
            ),
            place=f"questions/{question.slug}",
            written=draft.written,
            is_new=is_new,
            findings=tuple(check_question(question)) if is_new else (),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read(Generic[Reviewed]):
    """What the models and rules let pass."""

    reviewed: Reviewed
    place: str
    """By which findings name it."""
    written: Mapping[str, Any]
    is_new: bool
    """Whether it is to be judged."""
    findings: tuple[Finding, ...]
    """About it alone."""


def _attempt(
    read: Callable[[], _Read[Reviewed]], on_each: Callable[[], None]
) -> _Read[Reviewed] | InvalidContentError:
    try:
        return read()
    except InvalidContentError as error:
        return error
    finally:
        on_each()


def _verdict(
    read: _Read[Reviewed] | InvalidContentError, together: Sequence[Finding]
) -> Reviewed | InvalidContentError:
    """Return what was read with the warnings about it, or an error for errors about it."""
    if isinstance(read, InvalidContentError):
        return read
    if not read.is_new:
        return read.reviewed
    own = _about([*read.findings, *together], read.place)
    placed = [
        replace(f, where=read.place + _by_number(f.where.removeprefix(read.place), read.written))
        for f in own
    ]
    try:
        return replace(read.reviewed, remarks=_remarks(placed, read.place))
    except InvalidContentError as error:
        return error


def _or_raise(verdicts: Sequence[Reviewed | InvalidContentError]) -> Reviewed:
    (verdict,) = verdicts
    if isinstance(verdict, InvalidContentError):
        raise verdict
    return verdict


def _validated(model: type[Model], written: Mapping[str, Any], *, id_name: str = SLUG) -> Model:
    """Validate; faults call the entry's id by the API's name of it."""
    try:
        return model.model_validate(written)
    except ValidationError as error:
        raise InvalidContentError(tuple(_model_faults(error, id_name))) from None


class _Given:
    """Gives the id that the content has already."""

    def __init__(self, given: str) -> None:
        self._given = given

    def new(self) -> str:
        return self._given


def _model_faults(error: ValidationError, id_name: str) -> Iterator[Fault]:
    for fault in error.errors():
        path = [id_name if part == "id" and n == 0 else part for n, part in enumerate(fault["loc"])]
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


def _rule_fault(fault: str, written: Mapping[str, Any]) -> Fault:
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
