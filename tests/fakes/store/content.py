from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from shared.domain.catalog import Origin
from shared.domain.errors import NotFoundError
from shared.domain.question import Question
from shared.domain.question_bank import QuestionVersion
from shared.domain.track import Track, TrackId
from shared.domain.track_catalog import TrackEntry, TrackVersion
from shared.ports.store import Change
from tests.fakes.store.state import QuestionEntry, State


class FakeTrackRepository:
    def __init__(self, state: State) -> None:
        self._tracks = state.tracks
        self._current = state.current_tracks
        self._history = state.track_history

    def active(self) -> tuple[Track, ...]:
        current = (self._tracks[key, version] for key, (version, _) in self._current.items())
        return tuple(sorted((t for t in current if t.active), key=lambda t: (t.name, t.id)))

    def get(self, track_id: TrackId) -> Track:
        version, _ = self._current.get(track_id, (0, ""))
        track = self.get_version(track_id, version)
        if not track.active:
            raise NotFoundError(f"no track {track_id}")
        return track

    def get_version(self, track_id: TrackId, version: int) -> Track:
        if (track_id, version) not in self._tracks:
            raise NotFoundError(f"no track {track_id}")
        return self._tracks[track_id, version]

    def put(self, track: Track, *, content_hash: str) -> Change:
        version, current_hash = self._current.get(track.id, (0, ""))
        current = self._history.get((track.id, version))
        if current and current_hash == content_hash and current.entry.track.active == track.active:
            return Change.UNCHANGED
        if current and current.entry.origin is Origin.ADMIN:
            return Change.KEPT
        new = replace(track, version=version + 1)
        self._tracks[track.id, new.version] = new
        self._current[track.id] = new.version, content_hash
        self._history[track.id, new.version] = TrackVersion(
            entry=TrackEntry(track=new, origin=Origin.SEEDS, content_hash=content_hash),
            changed_by=None,
            changed_at=datetime.now(UTC),
        )
        return Change.UPDATED if version else Change.ADDED


class FakeQuestionRepository:
    def __init__(self, state: State) -> None:
        self._questions = state.questions
        self._versions = state.question_versions
        self._history = state.question_history

    def pool(self, track_id: TrackId) -> tuple[Question, ...]:
        entries = [e for e in self._questions.values() if e.active and e.track_id == track_id]
        questions = (self._versions[e.id, e.version] for e in entries)
        return tuple(sorted(questions, key=lambda q: q.slug))

    def put(self, question: Question, *, content_hash: str) -> Change:
        stored = self._questions.get(question.slug)
        if stored and stored.content_hash == content_hash and stored.active:
            return Change.UNCHANGED
        if stored and stored.origin is Origin.ADMIN:
            return Change.KEPT
        version = stored.version if stored else 0
        if not stored or stored.content_hash != content_hash:
            version += 1
        entry = QuestionEntry(
            id=stored.id if stored else question.id,
            track_id=question.track_id,
            active=True,
            version=version,
            content_hash=content_hash,
        )
        self._questions[question.slug] = entry
        new = replace(question, id=entry.id, version=version)
        self._versions.setdefault((entry.id, version), new)
        dated = QuestionVersion(
            question=new,
            origin=Origin.SEEDS,
            content_hash=content_hash,
            remarks=(),
            changed_by=None,
            changed_at=datetime.now(UTC),
        )
        self._history.setdefault((entry.id, version), dated)
        return Change.UPDATED if stored else Change.ADDED

    def deactivate_all_but(self, track_id: TrackId, slugs: Iterable[str]) -> int:
        kept = set(slugs)
        others = {
            slug: entry
            for slug, entry in self._questions.items()
            if entry.active
            and entry.origin is Origin.SEEDS
            and entry.track_id == track_id
            and slug not in kept
        }
        self._questions |= {slug: replace(entry, active=False) for slug, entry in others.items()}
        return len(others)
