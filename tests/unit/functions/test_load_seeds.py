from tests.fakes.sample_world import Stage, world_at
from tests.unit.functions.serving import Serve


def test_every_fault_of_the_seeds_is_named_and_nothing_loaded(serve: Serve) -> None:
    world = world_at(Stage.NOBODY)
    world.seeds.faults = ("tracks.yaml: name: is missing", "q.yaml: options: two are equal")
    before = world.store.state.copy()

    reply = serve("load_seeds", world)

    assert reply == {
        "error": "invalid_seeds",
        "detail": "2 fault(s) in the seeds; nothing was loaded",
        "faults": ["tracks.yaml: name: is missing", "q.yaml: options: two are equal"],
    }
    assert world.store.state == before
