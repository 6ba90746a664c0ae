"""What editing and importing credentials have in common: what follows an edit, and its writing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.domain.audit import OPERATOR
from shared.domain.catalog import CatalogChange, CatalogEntry, Origin, ensure_covered
from shared.domain.credential_text import embedding_text
from shared.domain.errors import EngineError
from shared.domain.user import Caller
from shared.ports.clock import Clock
from shared.ports.content_review import ContentReview, ReviewedCredential
from shared.ports.embedder import Embedder
from shared.ports.store import Repositories, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogEditor:
    """What every edit works with."""

    caller: Caller | None
    """None for the operator."""
    is_dry_run: bool
    store: Store
    review: ContentReview
    clock: Clock
    embedder: Embedder | None
    """One without network or price; None leaves embeddings to the next rebuild of the index."""


def entry_after(
    before: CatalogEntry | None, found: ReviewedCredential, origin: Origin
) -> CatalogEntry:
    after = CatalogEntry(
        credential=found.credential,
        version=before.version if before else 1,
        active=True,
        origin=origin,
        content_hash=found.content_hash,
    )
    if before and after != before:
        after = replace(after, version=before.version + 1)
    return after


def save_change(
    action: str, change: CatalogChange, editor: CatalogEditor, repositories: Repositories
) -> None:
    before, after, now = change.before, change.after, editor.clock.now()
    changed_by = editor.caller.user_id if editor.caller else None
    repositories.catalog.save(after, remarks=change.remarks, changed_by=changed_by, at=now)
    repositories.audit.append(
        actor=changed_by or OPERATOR,
        action=action,
        subject=after.credential.id,
        details={
            "slug": after.credential.slug,
            "version": after.version,
            "before": _audited(before) if before else None,
            "after": _audited(after),
            "warnings": [remark.check for remark in change.remarks],
        },
        at=now,
    )


def ensure_still_covered(changes: Sequence[CatalogChange], repositories: Repositories) -> None:
    """Raise `CoverageGapError` if an active track would have none of a level left."""
    before = repositories.catalog.active()
    changed = {change.after.credential.id for change in changes}
    after = [credential for credential in before if credential.id not in changed]
    after += [change.after.credential for change in changes if change.after.active]
    track_ids = {track.id for track in repositories.tracks.active()}
    ensure_covered(before, after, track_ids=track_ids)


def embed_changes(
    changes: Sequence[CatalogChange], editor: CatalogEditor, repositories: Repositories
) -> None:
    """Embed new texts under the lock of the catalog, which a switch of the index takes as well.

    So this sees the sets as they are before the switch or after it, and what the switch finds to
    be complete stays so.
    """
    credentials = [change.after.credential for change in changes if change.after.active]
    if (embedder := editor.embedder) is None or not credentials:
        return
    sets = [s for s in repositories.index.sets() if s.is_kept_up and s.model == embedder.model]
    try:
        vectors = embedder.embed([embedding_text(credential) for credential in credentials])
    except EngineError:
        return  # they stay stale until the index is rebuilt
    for one in sets:
        repositories.index.put(one.id, list(zip(credentials, vectors, strict=True)))


def _audited(entry: CatalogEntry) -> dict[str, Any]:
    return {"hash": entry.content_hash, "active": entry.active, "origin": entry.origin.value}
