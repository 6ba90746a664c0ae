"""The state machine: what each state is told, and where each failure leads."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from functions.run_rescores import ROUND_SECONDS
from shared.usecases.run_rescores import LEASE
from tests.infra.synthesized import Synthesized

NAME: Final = "assessment-pipeline"
JOBS: Final = {
    "Score essay": ("ScoringQueue", "jobId"),
    "Retrieve credentials": ("RetrievalQueue", "retrievalJob"),
    "Fuse results": ("FusionQueue", "fusionJob"),
}
ESSAYS: Final = 3
"""Of each track."""
State = Mapping[str, Any]


def _definition(stage: Synthesized) -> State:
    return stage.definition(NAME)


def _states(stage: Synthesized) -> dict[str, State]:
    """All states by name, those inside the map as well."""
    outer: dict[str, State] = _definition(stage)["States"]
    return outer | outer["Score essays"]["ItemProcessor"]["States"]


def _caught_by(state: State) -> str:
    (catch,) = state["Catch"]
    assert catch["ErrorEquals"] == ["States.ALL"]
    target: str = catch["Next"]
    return target


def test_the_stages_follow_each_other(production: Synthesized) -> None:
    definition = _definition(production)
    states = definition["States"]

    order = [definition["StartAt"]]
    while "Next" in states[order[-1]]:
        order.append(states[order[-1]]["Next"])

    assert order == ["Score essays", "Retrieve credentials", "Fuse results", "Finish assessment"]
    assert states["Score essays"]["MaxConcurrency"] == 3


@pytest.mark.parametrize("name", JOBS)
def test_a_job_is_sent_with_ids_and_a_token_and_nothing_else(
    production: Synthesized, name: str
) -> None:
    state = _states(production)[name]
    queue, job = JOBS[name]

    assert state["Resource"].endswith("sqs:sendMessage.waitForTaskToken")
    assert state["Arguments"]["QueueUrl"].startswith(queue)
    assert state["Arguments"]["MessageBody"] == {
        "assessmentId": "{% $states.input.assessmentId %}",
        "jobId": f"{{% $states.input.{job} %}}",
        "taskToken": "{% $states.context.Task.Token %}",
    }


@pytest.mark.parametrize("name", JOBS)
def test_a_job_that_fails_falls_back_and_the_next_stage_follows(
    production: Synthesized, name: str
) -> None:
    states = _states(production)
    fallback = states[_caught_by(states[name])]

    assert fallback["Arguments"]["FunctionName"].startswith("ApplyFallback")
    payload = fallback["Arguments"]["Payload"]
    assert payload.keys() == {"assessmentId", "jobId", "error", "cause"}
    assert payload["jobId"] == f"{{% $states.input.{JOBS[name][1]} %}}"
    assert (fallback.get("Next"), fallback.get("End")) == (
        states[name].get("Next"),
        states[name].get("End"),
    )
    (retry,) = fallback["Retry"]
    assert retry["ErrorEquals"] == ["States.ALL"]


def test_what_still_fails_is_recorded_and_fails_the_execution(production: Synthesized) -> None:
    states = _definition(production)["States"]

    for name in (
        "Score essays",
        "Retrieve credentials: fall back",
        "Fuse results: fall back",
        "Finish assessment",
    ):
        assert _caught_by(states[name]) == "Record failure"
    recorded = states["Record failure"]
    assert recorded["Arguments"]["FunctionName"].startswith("FailAssessment")
    assert recorded["Arguments"]["Payload"].keys() == {"assessmentId", "error", "cause"}
    assert states[recorded["Next"]]["Type"] == "Fail"


def test_what_functions_answer_is_dropped(production: Synthesized) -> None:
    for name, state in _states(production).items():
        if state["Type"] != "Fail":
            assert state["Output"] == "{% $states.input %}", name


def test_a_job_is_waited_for_longer_than_three_deliveries_take(
    each_stage: Synthesized,
) -> None:
    states = _states(each_stage)
    for name, (queue, _) in JOBS.items():
        (visibility,) = [
            q["VisibilityTimeout"]
            for key, q in each_stage.application.of_type("SQS::Queue").items()
            if key.startswith(queue)
        ]
        assert states[name]["TimeoutSeconds"] > 3 * visibility
    waits = 3 * states["Fuse results"]["TimeoutSeconds"]
    assert _definition(each_stage)["TimeoutSeconds"] > waits


def test_the_history_is_logged_without_data_and_traced(each_stage: Synthesized) -> None:
    machine = each_stage.machine(NAME)

    assert machine.get("StateMachineType", "STANDARD") == "STANDARD"
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
    assert machine["LoggingConfiguration"]["Level"] == "ALL"
    assert machine["TracingConfiguration"] == {"Enabled": True}


def test_what_runs_by_the_clock_is_not_retried(each_stage: Synthesized) -> None:
    schedules = {
        rule["ScheduleExpression"]: {
            each_stage.modules[target["Arn"]["Fn::GetAtt"][0]] for target in rule["Targets"]
        }
        for rule in each_stage.application.of_type("Events::Rule").values()
        if "ScheduleExpression" in rule
    }

    assert schedules == {
        "rate(1 minute)": {"reconcile", "run_rescores"},
        "rate(1 hour)": {"snapshot_metrics"},
        "rate(1 day)": {"apply_retention"},
    }
    configs = each_stage.application.of_type("Lambda::EventInvokeConfig").values()
    assert [config["MaximumRetryAttempts"] for config in configs] == [0, 0, 0, 0]
    assert each_stage.functions["reconcile"]["Timeout"] < 60


def test_a_round_of_rescores_ends_before_what_it_holds_is_free_again(
    each_stage: Synthesized,
) -> None:
    timeout = each_stage.functions["run_rescores"]["Timeout"]
    model = int(each_stage.variables("run_rescores")["MODEL_TIMEOUT_SECONDS"])

    assert ROUND_SECONDS + ESSAYS * model + 30 <= timeout < LEASE.total_seconds()


def test_a_model_that_is_back_lowers_nothing_unless_the_stage_says_so(
    each_stage: Synthesized,
) -> None:
    assert each_stage.variables("run_rescores")["DEGRADED_MAY_LOWER"] == "false"
