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


def test_an_index_of_another_model_is_rebuilt_by_the_deployments(serve: Serve) -> None:
    world = world_at(Stage.LOGGED_IN)
    world.embedder.model = world.embedding_model = "newer"

    reply = serve("load_seeds", world)

    ((rebuild, run),) = world.rebuild_runner.started
    assert (reply["rebuild"], reply["embedding_model"], reply["embedded"]) == (
        rebuild,
        "fake-words",
        0,
    )
    assert run == 1
    assert world.store.state.rebuilds[rebuild].model == "newer"
    assert world.store.state.rebuilds[rebuild].started_by == "operator"
    again = serve("load_seeds", world)
    assert again["rebuild"] == rebuild, "it is running"
    assert len(world.rebuild_runner.started) == 1


def test_an_index_of_the_deployments_model_is_not_rebuilt(serve: Serve) -> None:
    world = world_at(Stage.LOGGED_IN)

    assert serve("load_seeds", world)["rebuild"] is None
    assert world.rebuild_runner.started == []
