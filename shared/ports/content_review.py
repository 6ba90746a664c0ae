"""Whether content may be stored: what the loading of seeds asks, asked of one piece."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shared.domain.catalog import Remark
from shared.domain.question import Question, QuestionId, QuestionType
from shared.domain.recommendation import Credential, CredentialId
from shared.domain.track import Track


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


class ContentReview(Protocol):
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
