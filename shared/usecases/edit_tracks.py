"""Create, change, deactivate and restore tracks.

Each is refused or done whole, with its audit row. Assessments that run keep the version they were
started with. A dry run answers the same and writes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from shared.domain.catalog import Origin
from shared.domain.errors import InvalidContentError, SlugTakenError
from shared.domain.idempotency import IdempotencyKey
from shared.domain.track import Track, TrackId, written_track
from shared.domain.track_catalog import TrackChange, TrackEntry, ensure_filled
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.content_review import ContentReview
from shared.ports.ids import Ids
from shared.ports.store import Repositories, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackEditor:
    """What every edit works with."""

    caller: Caller
    is_dry_run: bool
    store: Store
    review: ContentReview
    clock: Clock


def create_track(
    written: Mapping[str, Any],
    editor: TrackEditor,
    *,
    ids: Ids,
    idempotency: IdempotencyKey | None,
) -> TrackChange:
    """Add a track, inactive: its questions come next, and make it fit to be activated.

    Raises `InvalidContentError`, and `SlugTakenError` also for the id of an inactive track.
    """
    track_id = TrackId(str(written.get("id")))
    with editor.store.begin() as repositories:
        if idempotency and not editor.is_dry_run:
            # Of the two tries that a key binds, the second finds the binding of the first.
            binding = ids.new()
            first = repositories.idempotency.claim(
                idempotency, resource_id=binding, now=editor.clock.now()
            )
            if first != binding:
                entry = repositories.track_catalog.version(track_id, 1).entry
                return TrackChange(before=None, after=entry, running=0, is_replay=True)
        repositories.track_catalog.lock()
        if repositories.track_catalog.has(track_id):
            raise SlugTakenError(
                f"there is a track {track_id}; change that one, or choose another id"
            )
        after = _reviewed(written, None, editor, repositories, active=False)
        return _write("track.created", None, after, editor, repositories)


def update_track(
    track_id: TrackId, written: Mapping[str, Any], editor: TrackEditor, *, active: bool | None
) -> TrackChange:
    """Replace the content of a track, which makes it the administrators' own.

    `active` activates and deactivates; None leaves that as it is. Raises `InvalidContentError`,
    also for another id or for a domain that questions are about, and `PoolTooSmallError` when an
    active track would ask more than its pools have.
    """
    with editor.store.begin() as repositories:
        repositories.track_catalog.lock()
        before = repositories.track_catalog.get(track_id)
        if written.get("id") != track_id:
            raise InvalidContentError((("/id", f"an id never changes; this one is {track_id}"),))
        is_active = before.track.active if active is None else active
        after = _reviewed(written, before, editor, repositories, active=is_active)
        return _write("track.updated", before, after, editor, repositories)


def deactivate_track(track_id: TrackId, editor: TrackEditor) -> TrackChange:
    """Let no assessment of the track begin; those that run go on, and results stay."""
    with editor.store.begin() as repositories:
        repositories.track_catalog.lock()
        before = repositories.track_catalog.get(track_id)
        after = before
        if before.track.active:
            after = _next(before, replace(before.track, active=False), before.content_hash)
        return _write("track.deactivated", before, after, editor, repositories)


def restore_track(track_id: TrackId, version: int, editor: TrackEditor) -> TrackChange:
    """Make an earlier version the present one, active or not as it was, as a new version.

    Whose work that version was, the seeds' or an administrator's, it becomes again. Raises
    `InvalidContentError` and `PoolTooSmallError` when it would not be accepted today.
    """
    with editor.store.begin() as repositories:
        repositories.track_catalog.lock()
        before = repositories.track_catalog.get(track_id)
        wanted = repositories.track_catalog.version(track_id, version).entry
        after = _reviewed(
            written_track(wanted.track),
            before,
            editor,
            repositories,
            active=wanted.track.active,
            origin=wanted.origin,
        )
        return _write("track.restored", before, after, editor, repositories)


def _reviewed(
    written: Mapping[str, Any],
    before: TrackEntry | None,
    editor: TrackEditor,
    repositories: Repositories,
    *,
    active: bool,
    origin: Origin = Origin.ADMIN,
) -> TrackEntry:
    # Nobody takes from a pool between the look at it and the track that rests on it.
    repositories.bank.lock()
    questions = repositories.bank.active()
    found = editor.review.track(written, questions=questions)
    track = replace(found.track, active=active)
    if active:
        ensure_filled(track, questions)
    if before is None:
        track = replace(track, version=1)
        return TrackEntry(track=track, origin=origin, content_hash=found.content_hash)
    return _next(before, track, found.content_hash, origin)


def _next(
    before: TrackEntry, track: Track, content_hash: str, origin: Origin = Origin.ADMIN
) -> TrackEntry:
    """Return what follows: the same entry where nothing differs, the next version otherwise."""
    same = TrackEntry(
        track=replace(track, version=before.track.version),
        origin=origin,
        content_hash=content_hash,
    )
    if same == before:
        return before
    return replace(same, track=replace(track, version=before.track.version + 1))


def _write(
    action: str,
    before: TrackEntry | None,
    after: TrackEntry,
    editor: TrackEditor,
    repositories: Repositories,
) -> TrackChange:
    now = editor.clock.now()
    running = repositories.assessments.count_running(after.track.id, now=now)
    change = TrackChange(before=before, after=after, running=running)
    if editor.is_dry_run or not change.is_change:
        return change
    repositories.track_catalog.save(after, changed_by=editor.caller.user_id, at=now)
    repositories.audit.append(
        actor=editor.caller.user_id,
        action=action,
        subject=after.track.id,
        details={
            "version": after.track.version,
            "before": _audited(before) if before else None,
            "after": _audited(after),
            "running": running,
        },
        at=now,
    )
    return change


def _audited(entry: TrackEntry) -> dict[str, Any]:
    return {
        "hash": entry.content_hash,
        "active": entry.track.active,
        "origin": entry.origin.value,
    }
