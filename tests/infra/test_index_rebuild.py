"""The state machine that rebuilds the index: its order, its loops, and where failures lead."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.infra.synthesized import Synthesized

NAME: Final = "index-rebuild"
STEPS: Final = {
    "Clear leftovers": "clear",
    "Embed a batch": "embed",
    "Switch to the new set": "switch",
    "Clear old set": "clear",
    "Finish": "finish",
}
IS_DONE: Final = "{% $states.input.progress.done %}"


def _states(stage: Synthesized) -> Mapping[str, Any]:
    states: Mapping[str, Any] = stage.definition(NAME)["States"]
    return states


def _when_done(states: Mapping[str, Any], step: str) -> str:
    choice = states[states[step]["Next"]]
    first = choice["Choices"][0]
    assert first["Condition"] == IS_DONE
    following: str = first["Next"]
    return following


def test_the_steps_follow_each_other(production: Synthesized) -> None:
    states = _states(production)

    order = [production.definition(NAME)["StartAt"]]
    while order[-1] != "Finish":
        order.append(_when_done(states, order[-1]))

    assert order == list(STEPS)
    assert states[states["Finish"]["Next"]]["Type"] == "Succeed"


@pytest.mark.parametrize(
    ("step", "again"),
    [
        ("Clear leftovers", "Clear leftovers"),
        ("Embed a batch", "Embed a batch"),
        # Something was published since the last batch.
        ("Switch to the new set", "Embed a batch"),
        ("Clear old set", "Clear old set"),
    ],
)
def test_a_step_that_is_not_done_is_repeated(
    production: Synthesized, step: str, again: str
) -> None:
    states = _states(production)

    assert states[states[step]["Next"]]["Default"] == again


@pytest.mark.parametrize("what", ["leftovers", "old set"])
def test_nothing_is_cleared_before_its_searches_have_ended(
    each_stage: Synthesized, what: str
) -> None:
    states = _states(each_stage)
    clear = states[f"Clear {what}"]
    wait = states[f"Wait for searches of {what}"]

    within = clear["Arguments"]["Payload"]["searchesEndWithinSeconds"]
    longest = each_stage.functions["retrieve_credentials"]["Timeout"]
    assert within == 3 if each_stage.stage.is_local else within >= longest
    (_, has_to_wait) = states[clear["Next"]]["Choices"]
    assert has_to_wait["Condition"] == "{% $states.input.progress.waitSeconds > 0 %}"
    assert states[has_to_wait["Next"]] == wait
    assert wait["Seconds"] == "{% $states.input.progress.waitSeconds %}"
    assert wait["Next"] == f"Clear {what}"


@pytest.mark.parametrize(("name", "step"), STEPS.items())
def test_a_step_gets_ids_and_is_tried_again_unless_that_is_useless(
    production: Synthesized, name: str, step: str
) -> None:
    state = _states(production)[name]

    payload = state["Arguments"]["Payload"]
    assert payload["step"] == step
    assert payload.keys() - {"searchesEndWithinSeconds"} == {"rebuildId", "run", "step"}
    permanent, transient = state["Retry"]
    assert permanent["ErrorEquals"] == ["EngineRefusedError", "RebuildSupersededError"]
    assert permanent["MaxAttempts"] == 0
    assert transient["ErrorEquals"] == ["States.ALL"]
    assert transient["MaxAttempts"] == 6


def test_what_still_fails_is_recorded_and_fails_the_execution(production: Synthesized) -> None:
    states = _states(production)

    for name in STEPS:
        (catch,) = states[name]["Catch"]
        assert (catch["ErrorEquals"], catch["Next"]) == (["States.ALL"], "Record failure")
    recorded = states["Record failure"]
    assert recorded["Arguments"]["Payload"].keys() == {
        "rebuildId", "run", "step", "error", "cause",
    }  # fmt: skip
    assert recorded["Arguments"]["Payload"]["step"] == "fail"
    assert states[recorded["Next"]]["Type"] == "Fail"


def test_the_history_is_logged_without_data_and_traced(each_stage: Synthesized) -> None:
    machine = each_stage.machine(NAME)

    assert machine.get("StateMachineType", "STANDARD") == "STANDARD"
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
    assert machine["TracingConfiguration"] == {"Enabled": True}


def test_a_failed_rebuild_alarms(production: Synthesized) -> None:
    said = [
        alarm["AlarmDescription"]
        for alarm in production.application.of_type("CloudWatch::Alarm").values()
    ]

    assert any("The index was not rebuilt" in text for text in said)


def test_a_batch_has_time_for_a_call_to_a_model_and_its_vectors(
    each_stage: Synthesized,
) -> None:
    function = each_stage.functions["advance_rebuild"]
    call = int(function["Environment"]["Variables"]["MODEL_TIMEOUT_SECONDS"])

    assert function["Timeout"] >= 2 * call
