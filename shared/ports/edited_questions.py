"""What editing and importing questions have in common: what follows an edit, and its writing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.domain.audit import OPERATOR
from shared.domain.catalog import Origin
from shared.domain.question import QuestionType
from shared.domain.question_bank import BankChange, BankEntry, ensure_pools
from shared.domain.track import TrackId
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.content_review import ContentReview, ReviewedQuestion
from shared.ports.store import Repositories, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenQuestion:
    """A question by the names of the seed files, and what there its place says."""

    track_id: TrackId
    kind: QuestionType
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionEditor:
    """What every edit works with."""

    caller: Caller | None
    """None for the operator."""
    is_dry_run: bool
    store: Store
    review: ContentReview
    clock: Clock


def differences(written: WrittenQuestion, before: BankEntry) -> list[tuple[str, str]]:
    """Return pointer and fault of each thing that may not change and would."""
    question = before.question
    return [
        (f"/{name}", f"this never changes; it is {kept}")
        for name, said, kept in (
            ("slug", written.content.get("id"), question.slug),
            ("trackId", written.track_id, question.track_id),
            ("type", written.kind, question.type),
        )
        if said != kept
    ]


def entry_after(before: BankEntry | None, found: ReviewedQuestion, origin: Origin) -> BankEntry:
    version = before.question.version if before else 1
    if before and before.content_hash != found.content_hash:
        version += 1
    return BankEntry(
        question=replace(found.question, version=version),
        active=True,
        origin=origin,
        content_hash=found.content_hash,
    )


def no_track(track_id: TrackId) -> tuple[str, str]:
    return "/trackId", f"there is no track {track_id!r}"


def ensure_pools_suffice(changes: Sequence[BankChange], repositories: Repositories) -> None:
    """Raise `PoolTooSmallError` if an active track would ask more than its pools have."""
    pool = repositories.bank.active()
    changed = {change.after.question.id for change in changes}
    left = [q for q in pool if q.id not in changed]
    left += [change.after.question for change in changes if change.after.active]
    ensure_pools(pool, left, repositories.tracks.active())


def save_change(
    action: str, change: BankChange, editor: QuestionEditor, repositories: Repositories
) -> None:
    before, after, now = change.before, change.after, editor.clock.now()
    changed_by = editor.caller.user_id if editor.caller else None
    repositories.bank.save(after, remarks=change.remarks, changed_by=changed_by, at=now)
    repositories.audit.append(
        actor=changed_by or OPERATOR,
        action=action,
        subject=after.question.id,
        details={
            "slug": after.question.slug,
            "version": after.question.version,
            "before": _audited(before) if before else None,
            "after": _audited(after),
            "warnings": [remark.check for remark in change.remarks],
        },
        at=now,
    )


def _audited(entry: BankEntry) -> dict[str, Any]:
    return {"hash": entry.content_hash, "active": entry.active, "origin": entry.origin.value}
