from shared.usecases.list_tracks import list_tracks
from tests.builders import a_track
from tests.fakes.wiring import FakeWiring


def test_tracks_that_can_be_taken_are_listed_by_name(world: FakeWiring) -> None:
    with world.store.begin() as repositories:
        for number, track in enumerate(
            (
                a_track(id="data-analyst", name="Data Analyst"),
                a_track(id="retired", name="Clerk", active=False),
                a_track(id="backend-engineer", name="Backend Engineer"),
            )
        ):
            repositories.tracks.put(track, content_hash=str(number))

    assert [track.name for track in list_tracks(store=world.store)] == [
        "Backend Engineer",
        "Data Analyst",
    ]


def test_before_the_seeds_are_loaded_there_are_none(world: FakeWiring) -> None:
    assert list_tracks(store=world.store) == ()
