import pytest

from local_stack.errors import LocalStackError
from local_stack.invocation import invoke, invoke_or_fail
from tests.unit.local_stack.fake_aws import FakeFunctions, a_deployment


def test_functions_are_known_by_the_module_behind_them() -> None:
    deployment = a_deployment(FakeFunctions({"load_seeds": {}, "create_user": {}}))

    assert deployment.functions() == {
        "create_user": "assay-test-create_user",
        "load_seeds": "assay-test-load_seeds",
    }


def test_the_result_and_the_log_come_back() -> None:
    functions = FakeFunctions({"load_seeds": {"tracks": 3}})

    invocation = invoke(a_deployment(functions), "load_seeds", {"dry": True})

    assert invocation.result == {"tracks": 3}
    assert invocation.log == "logged"
    assert not invocation.failed
    assert functions.events == [{"dry": True}]


def test_an_unknown_function_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(LocalStackError, match="There are: load_seeds"):
        invoke(a_deployment(FakeFunctions({"load_seeds": {}})), "seed", {})


def test_a_function_that_raises_ends_the_command() -> None:
    functions = FakeFunctions({"load_seeds": {"errorMessage": "boom"}}, failing=True)

    with pytest.raises(LocalStackError, match="boom") as raised:
        invoke_or_fail(a_deployment(functions), "load_seeds", {})

    assert "assay logs load_seeds" in raised.value.remedy


def test_what_a_function_refuses_is_shown_fault_by_fault() -> None:
    refusal = {
        "error": "invalid_seeds",
        "detail": "2 faults",
        "faults": ["essay.yaml: weights", "track.yaml: id"],
    }

    with pytest.raises(LocalStackError, match=r"(?s)2 faults.*essay.yaml: weights.*track.yaml"):
        invoke_or_fail(a_deployment(FakeFunctions({"load_seeds": refusal})), "load_seeds", {})
