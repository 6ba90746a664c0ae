import pytest

from shared.domain.errors import NotFoundError
from shared.domain.track import TrackId
from shared.usecases.get_track import get_track
from tests.builders import TRACK, a_track
from tests.fakes.wiring import FakeWiring


def test_a_track_is_read_in_its_current_version(world: FakeWiring) -> None:
    with world.store.begin() as repositories:
        repositories.tracks.put(a_track(name="Old"), content_hash="1")
        repositories.tracks.put(a_track(name="New"), content_hash="2")

    track = get_track(TRACK, store=world.store)

    assert (track.name, track.version) == ("New", 2)


@pytest.mark.parametrize("track_id", ["unknown", "retired"])
def test_a_track_that_cannot_be_taken_is_not_found(world: FakeWiring, track_id: str) -> None:
    with world.store.begin() as repositories:
        repositories.tracks.put(a_track(id="retired", active=False), content_hash="1")

    with pytest.raises(NotFoundError):
        get_track(TrackId(track_id), store=world.store)
