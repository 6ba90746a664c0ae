"""Tracks, as every store keeps them."""

from dataclasses import replace

import pytest

from shared.domain.errors import NotFoundError
from shared.domain.track import QuestionMix, TrackId
from shared.ports.store import Change, Store
from tests.builders import TRACK, a_track


def test_a_track_comes_back_equal_as_version_one(store: Store) -> None:
    track = a_track(version=77, question_mix=QuestionMix(theoretical=1, essay=1, profile=0))

    with store.begin() as repositories:
        assert repositories.tracks.put(track, content_hash="a") is Change.ADDED

    with store.begin() as repositories:
        assert repositories.tracks.get(track.id) == replace(track, version=1)


def test_the_same_content_again_changes_nothing(store: Store) -> None:
    with store.begin() as repositories:
        repositories.tracks.put(a_track(), content_hash="a")
        assert repositories.tracks.put(a_track(), content_hash="a") is Change.UNCHANGED
        assert repositories.tracks.get(TRACK).version == 1


def test_other_content_becomes_the_next_version_and_keeps_the_old(store: Store) -> None:
    with store.begin() as repositories:
        repositories.tracks.put(a_track(name="Old"), content_hash="a")
        assert repositories.tracks.put(a_track(name="New"), content_hash="b") is Change.UPDATED

    with store.begin() as repositories:
        assert repositories.tracks.get(TRACK).name == "New"
        assert repositories.tracks.get_version(TRACK, 1).name == "Old"
        assert repositories.tracks.get_version(TRACK, 2).name == "New"


def test_going_back_to_earlier_content_is_a_new_version(store: Store) -> None:
    with store.begin() as repositories:
        for content_hash in ("a", "b", "a"):
            repositories.tracks.put(a_track(name=content_hash), content_hash=content_hash)

        assert repositories.tracks.get(TRACK).version == 3


def test_active_tracks_come_in_the_order_of_their_names(store: Store) -> None:
    with store.begin() as repositories:
        for name in ("Cybersecurity", "Backend", "Analytics"):
            repositories.tracks.put(a_track(id=name.lower(), name=name), content_hash="a")
        repositories.tracks.put(a_track(id="old", name="Old", active=False), content_hash="a")

        names = [track.name for track in repositories.tracks.active()]

    assert names == ["Analytics", "Backend", "Cybersecurity"]


def test_a_track_that_is_no_longer_active_is_found_by_version_only(store: Store) -> None:
    with store.begin() as repositories:
        repositories.tracks.put(a_track(), content_hash="a")
        repositories.tracks.put(a_track(active=False), content_hash="b")

        assert repositories.tracks.active() == ()
        assert not repositories.tracks.get_version(TRACK, 2).active
        with pytest.raises(NotFoundError):
            repositories.tracks.get(TRACK)


@pytest.mark.parametrize("id", ["unknown", "", "\0", "\udc00"])
def test_an_unknown_track_is_not_found(store: Store, id: str) -> None:
    with store.begin() as repositories:
        with pytest.raises(NotFoundError):
            repositories.tracks.get(TrackId(id))
        with pytest.raises(NotFoundError):
            repositories.tracks.get_version(TrackId(id), 1)
