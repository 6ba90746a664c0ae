"""Tracks as administrators keep them, on every store."""

from dataclasses import replace

import pytest

from shared.domain.assessment import AssessmentStatus
from shared.domain.catalog import Origin
from shared.domain.errors import NotFoundError
from shared.domain.track import Track, TrackId
from shared.domain.track_catalog import TrackEntry, TrackVersion
from shared.domain.user import UserId
from shared.ports.store import Change, Store
from tests.builders import LIFETIME, NOON, TRACK, a_track, a_user, an_assessment, an_id

ADMIN = UserId(an_id())
HERE = TrackId(TRACK)


def an_entry(track: Track | None = None, *, origin: Origin = Origin.ADMIN) -> TrackEntry:
    track = track or a_track()
    return TrackEntry(track=track, origin=origin, content_hash=f"hash {track.version}")


def save(store: Store, *entries: TrackEntry) -> None:
    with store.begin() as repositories:
        repositories.track_catalog.lock()
        for entry in entries:
            repositories.track_catalog.save(entry, changed_by=ADMIN, at=NOON)


def test_an_entry_comes_back_equal_with_its_history(store: Store) -> None:
    first = an_entry()
    second = an_entry(replace(first.track, name="Better", version=2, active=False))
    save(store, first, second)

    with store.begin() as repositories:
        catalog = repositories.track_catalog
        assert catalog.get(HERE) == second
        assert catalog.version(HERE, 1).entry == first
        assert catalog.versions(HERE) == tuple(
            TrackVersion(entry=entry, changed_by=ADMIN, changed_at=NOON)
            for entry in (second, first)
        )
        assert repositories.tracks.active() == ()
        assert repositories.tracks.get_version(HERE, 1) == first.track


def test_a_version_is_written_once(store: Store) -> None:
    save(store, an_entry())

    with pytest.raises(Exception):  # noqa: B017, PT011 - a defect of ours, whatever it is called
        save(store, an_entry(replace(a_track(), name="Other")))
    with store.begin() as repositories:
        assert repositories.track_catalog.get(HERE) == an_entry()


def test_nobody_signs_what_seeds_bring(store: Store) -> None:
    with store.begin() as repositories:
        repositories.tracks.put(a_track(), content_hash="seed")
        (version,) = repositories.track_catalog.versions(HERE)

    assert (version.entry.origin, version.changed_by) == (Origin.SEEDS, None)
    assert version.changed_at is not None


@pytest.mark.parametrize("unknown", [an_id(), "nonsense", "a\0b"])
def test_what_does_not_exist_is_not_found(store: Store, unknown: str) -> None:
    with store.begin() as repositories:
        catalog, track_id = repositories.track_catalog, TrackId(unknown)
        for read in (
            lambda: catalog.get(track_id),
            lambda: catalog.versions(track_id),
            lambda: catalog.version(track_id, 1),
        ):
            with pytest.raises(NotFoundError):
                read()
        assert not catalog.has(unknown)


def test_pages_go_by_id_to_the_end_and_keep_to_what_is_wanted(store: Store) -> None:
    ids = ("b-1", "a.2", "b", "a-10")
    save(store, *(an_entry(a_track(id=name, active=name != "b")) for name in ids))

    seen, after = list[str](), None
    for _ in range(2):
        with store.begin() as repositories:
            page = repositories.track_catalog.page(active=None, limit=2, after=after)
        seen += [entry.track.id for entry in page.items]
        after = page.next_cursor
    with store.begin() as repositories:
        catalog = repositories.track_catalog
        inactive = catalog.page(active=False, limit=9, after=None).items
        active = catalog.page(active=True, limit=9, after=None).items
        everything = [track.id for track in catalog.all()]

    assert seen == everything == sorted(ids)
    assert after is None
    assert [entry.track.id for entry in inactive] == ["b"]
    assert len(active) == 3


@pytest.mark.parametrize("active", [True, False])
def test_seeds_leave_the_work_of_administrators_alone(store: Store, *, active: bool) -> None:
    with store.begin() as repositories:
        repositories.tracks.put(a_track(), content_hash="seed")
    edited = an_entry(replace(a_track(), name="Better", version=2, active=active))
    save(store, edited)

    with store.begin() as repositories:
        assert repositories.tracks.put(a_track(), content_hash="newer") is Change.KEPT
        assert repositories.track_catalog.get(HERE) == edited


def test_what_is_given_back_to_the_seeds_follows_them_again(store: Store) -> None:
    save(store, an_entry(origin=Origin.SEEDS))

    with store.begin() as repositories:
        assert repositories.tracks.put(a_track(), content_hash="newer") is Change.UPDATED


def test_seeds_activate_again_what_they_left_inactive(store: Store) -> None:
    gone = an_entry(a_track(active=False), origin=Origin.SEEDS)
    save(store, gone)

    with store.begin() as repositories:
        same = repositories.tracks.put(a_track(), content_hash=gone.content_hash)
        assert same is Change.UPDATED
        assert repositories.track_catalog.get(HERE).track.active


def test_running_assessments_of_a_track_are_counted(store: Store) -> None:
    student = a_user()
    assessments = [
        an_assessment(student_id=student.id),
        an_assessment(student_id=student.id, status=AssessmentStatus.SCORING),
        an_assessment(student_id=student.id, status=AssessmentStatus.COMPLETED),
        an_assessment(student_id=student.id, status=AssessmentStatus.FAILED),
        an_assessment(student_id=student.id, track_id="other"),
        an_assessment(student_id=student.id, started_at=NOON - LIFETIME),
    ]
    with store.begin() as repositories:
        repositories.users.add(student)
        for track_id in (TRACK, "other"):
            repositories.tracks.put(a_track(id=track_id), content_hash="1")
        for assessment in assessments:
            repositories.assessments.add(assessment, [])

        assert repositories.assessments.count_running(HERE, now=NOON) == 2
        assert repositories.assessments.count_running(TrackId("nobody"), now=NOON) == 0
