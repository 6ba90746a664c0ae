"""Give active questions and credentials away as files."""

from shared.domain.catalog import CredentialSelection
from shared.domain.errors import InvalidInputError
from shared.domain.question import QuestionType
from shared.domain.track import TrackId
from shared.ports.content_files import (
    CatalogFormat,
    ContentFiles,
    Download,
    QuestionFormat,
)
from shared.ports.store import Store


def export_questions(
    format: QuestionFormat,
    *,
    track_id: TrackId | None,
    kind: QuestionType | None,
    files: ContentFiles,
    store: Store,
) -> Download:
    """Return a zip, but one file of YAML for one type of one track, which need not be active.

    Raises `InvalidInputError` for a track that does not exist.
    """
    with store.begin() as repositories:
        known = repositories.track_catalog.all()
        tracks = [t for t in known if (t.active if track_id is None else t.id == track_id)]
        pool = repositories.bank.active()
    if not tracks and track_id is not None:
        raise InvalidInputError(f"there is no track {track_id}", pointer="query/trackId")
    wanted = {track.id for track in tracks}
    questions = [q for q in pool if q.track_id in wanted and kind in {None, q.type}]
    if format is QuestionFormat.YAML and track_id is not None and kind is not None:
        return files.write_pool(questions)
    return files.write_questions(questions, tracks, format)


def export_credentials(
    format: CatalogFormat, selection: CredentialSelection, *, files: ContentFiles, store: Store
) -> Download:
    """Return the active credentials, or those of the selection's track and level alone."""
    with store.begin() as repositories:
        catalog = repositories.catalog.active()
    credentials = [
        credential
        for credential in catalog
        if selection.track_id in {None, *credential.tracks}
        and selection.level in {None, credential.level}
    ]
    return files.write_credentials(credentials, format)
