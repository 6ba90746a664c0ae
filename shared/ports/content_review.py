"""Whether content may be stored: what the loading of seeds asks, asked of some of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shared.domain.catalog import Remark
from shared.domain.errors import InvalidContentError
from shared.domain.question import Question, QuestionId, QuestionType
from shared.domain.recommendation import Credential, CredentialId
from shared.domain.track import Track


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialDraft:
    """`written` has the names of the seed files."""

    written: Mapping[str, Any]
    credential_id: CredentialId
    kept_hash: str | None = None
    """Of what is stored and active: the same content again is not judged again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionDraft:
    """`written` has the names of the seed files."""

    written: Mapping[str, Any]
    kind: QuestionType
    question_id: QuestionId
    track: Track
    kept_hash: str | None = None
    """Of what is stored and active: the same content again is not judged again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedCredential:
    credential: Credential
    content_hash: str
    """What the seeds' loader would give the same content."""
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedQuestion:
    question: Question
    """Its version is the store's to give."""
    content_hash: str
    remarks: tuple[Remark, ...]
    active: bool = True
    """False where it is written with `active: false`; it is not judged then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedTrack:
    track: Track
    """Its version is the store's to give, and whether it is active the editor's."""
    content_hash: str


def nobody_waits() -> None:
    """Stand where nobody wants to know how the work goes."""


class ContentReview(Protocol):
    def track(self, written: Mapping[str, Any], *, questions: Sequence[Question]) -> ReviewedTrack:
        """Return what is written as a track; `questions` are all active ones.

        Raises `InvalidContentError` that names every fault, a domain that questions of the track
        are about and that it lacks as well.
        """
        ...

    def credential(
        self,
        written: Mapping[str, Any],
        *,
        credential_id: CredentialId,
        others: Sequence[Credential],
        tracks: Sequence[Track],
    ) -> ReviewedCredential:
        """Return what is written as a credential, with the warnings that checks have about it.

        `written` has the names of the seed files; `others` is the rest of the active catalog.
        Raises `InvalidContentError` that names every fault.
        """
        ...

    def credentials(
        self,
        drafts: Sequence[CredentialDraft],
        *,
        others: Sequence[Credential],
        tracks: Sequence[Track],
        on_each: Callable[[], None] = nobody_waits,
    ) -> tuple[ReviewedCredential | InvalidContentError, ...]:
        """Judge many at once, beside each other too; in place of raising, return the error."""
        ...

    def question(
        self,
        written: Mapping[str, Any],
        *,
        kind: QuestionType,
        question_id: QuestionId,
        track: Track,
        others: Sequence[Question],
    ) -> ReviewedQuestion:
        """Return what is written as a question of the track; `others` are all active ones.

        Raises `InvalidContentError` that names every fault. What only a whole pool can break, such
        as keys that stand in one position too often, is left to `assay seeds lint`.
        """
        ...

    def questions(
        self,
        drafts: Sequence[QuestionDraft],
        *,
        others: Sequence[Question],
        on_each: Callable[[], None] = nobody_waits,
    ) -> tuple[ReviewedQuestion | InvalidContentError, ...]:
        """Judge many at once, beside each other too; in place of raising, return the error."""
        ...
