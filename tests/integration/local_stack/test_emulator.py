import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local_stack import daemon
from local_stack.emulator import HOST, Emulator, session
from local_stack.errors import LocalStackError

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def emulator(tmp_path: Path, port: int) -> Iterator[Emulator]:
    made = Emulator(home=tmp_path, port=port)
    yield made
    made.stop()


def test_it_answers_on_its_port_and_on_no_other(emulator: Emulator) -> None:
    assert emulator.start()

    process = daemon.recorded(emulator.record)
    assert process is not None
    listening = [c.laddr for c in process.net_connections() if c.status == psutil.CONN_LISTEN]
    assert listening == [(HOST, emulator.port)]
    identity = session().client("sts", endpoint_url=f"http://{HOST}:{emulator.port}")
    assert identity.get_caller_identity()["Arn"].endswith(":root")


def test_a_running_one_is_left_alone(emulator: Emulator) -> None:
    emulator.start()
    before = emulator.incarnation()

    assert not emulator.start()
    assert emulator.incarnation() == before


def test_a_taken_port_is_explained_with_who_has_it(emulator: Emulator) -> None:
    taken = rf"Port {emulator.port} is taken"
    with (
        socket.create_server((HOST, emulator.port)),
        pytest.raises(LocalStackError, match=taken) as raised,
    ):
        emulator.start()

    assert "ASSAY_PORT" in raised.value.remedy
    assert not emulator.running()


def test_it_comes_back_empty_after_a_crash(emulator: Emulator) -> None:
    emulator.start()
    before = emulator.incarnation()
    process = daemon.recorded(emulator.record)
    assert process is not None
    process.kill()

    assert emulator.start()
    assert emulator.incarnation() not in {"", before}


def test_one_whose_record_was_deleted_is_still_stopped(emulator: Emulator) -> None:
    emulator.start()
    process = daemon.recorded(emulator.record)
    assert process is not None
    emulator.record.unlink()

    emulator.stop()

    assert daemon.ended(process)


def test_no_function_worker_outlives_it(emulator: Emulator) -> None:
    emulator.start()
    # A worker that no longer has a parent, as after a crash of the emulator.
    script = emulator.scratch / "ministack-lambda-busy-x" / "_worker.py"
    script.parent.mkdir()
    script.write_text("import time; time.sleep(60)")
    worker = psutil.Popen(["python3", str(script)], start_new_session=True)
    while str(script) not in worker.cmdline():
        time.sleep(0.01)

    emulator.stop()

    assert worker.wait(timeout=5) != 0
    assert not emulator.scratch.exists()
