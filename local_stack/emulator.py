"""The AWS emulator: one MiniStack process on one port of the loopback interface, IAM enforced."""

import contextlib
import http.client
import os
import shutil
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import boto3
import botocore.session
import psutil

from local_stack import daemon
from local_stack.errors import LocalStackError
from local_stack.settings import REGION

HOST: Final = "127.0.0.1"
START_SECONDS: Final = 30.0
ROOT_CREDENTIALS: Final = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
"""What MiniStack takes for the account's root user."""
HOME_VARIABLE: Final = "ASSAY_EMULATOR_HOME"
"""Says in the process's own environment which stack it belongs to."""
PASSED_ON: Final = (
    "HOME", "LANG", "PATH",
    # So that a function reaches a model provider the way this machine does.
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
    "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE",
)  # fmt: skip
"""Functions inherit the emulator's environment, so it gets no more than these from ours."""
OPTIONS: Final = {
    "AUTH": "true",
    "BIND_HOST": HOST,
    "MINISTACK_REGION": REGION,
    # Its other listeners have fixed ports, which a second stack could not share.
    "IOT_MTLS_ENABLED": "0",
    "SFTP_ENABLED": "0",
    # There is no Docker here, and if there is one it is not ours to clean up.
    "DOCKER_HOST": "unix:///nonexistent/docker.sock",
    # Reaching the limit throttles and never queues, so it is only there to stop a stampede:
    # each concurrent call is a process of some 80 MB.
    "LAMBDA_ACCOUNT_CONCURRENCY": "40",
    "LAMBDA_WARM_TTL_SECONDS": "120",
    "LOG_LEVEL": "INFO",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulator:
    home: Path
    port: int

    @property
    def record(self) -> Path:
        return self.home / "emulator.json"

    @property
    def log(self) -> Path:
        return self.home / "logs" / "emulator.log"

    @property
    def scratch(self) -> Path:
        """Where it unpacks functions; the paths also tell whose the worker processes are."""
        return self.home / "tmp"

    @property
    def state(self) -> Path:
        return self.home / "emulator"

    def running(self) -> bool:
        return daemon.recorded(self.record) is not None and answers(HOST, self.port)

    def incarnation(self) -> str:
        """Changes with every start, and with it everything deployed is gone."""
        return self.record.read_text() if self.running() else ""

    def start(self) -> bool:
        """Start it unless it runs; True if it was started, and so is empty."""
        if self.running():
            return False
        self.stop()
        self._check_port()
        self.scratch.mkdir(parents=True, exist_ok=True)
        process = daemon.start(
            [sys.executable, "-m", "ministack"],
            env=self.environment(os.environ),
            cwd=self.scratch,
            log=self.log,
            record=self.record,
        )
        self._wait(process)
        return True

    def stop(self) -> None:
        """End the emulator and every function worker it started, also after a crash of either."""
        emulator = daemon.recorded(self.record)
        workers = daemon.with_command(self._is_worker)
        ours = [emulator, *emulator.children(recursive=True)] if emulator else []
        daemon.stop({*ours, *workers, *self._orphans()})
        self.record.unlink(missing_ok=True)
        for folder in (self.scratch, self.state):
            shutil.rmtree(folder, ignore_errors=True)

    def environment(self, ours: Mapping[str, str]) -> dict[str, str]:
        return {
            **{name: ours[name] for name in PASSED_ON if name in ours},
            **OPTIONS,
            HOME_VARIABLE: str(self.home),
            "GATEWAY_PORT": str(self.port),
            "STATE_DIR": str(self.state),
            "S3_DATA_DIR": str(self.state / "s3"),
            "TMPDIR": str(self.scratch),
        }

    def _wait(self, process: psutil.Process) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not answers(HOST, self.port):
            if daemon.ended(process) or time.monotonic() > deadline:
                self.stop()
                last = self.log.read_text(errors="replace").strip().splitlines()[-1:]
                raise LocalStackError(
                    f"The AWS emulator did not start: {' '.join(last)}",
                    f"Its log is {self.log}.",
                )
            time.sleep(0.1)

    def _check_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((HOST, self.port))
                return
        holder = daemon.listening_on(self.port)
        by = f" by {daemon.describe(holder)}" if holder else ""
        raise LocalStackError(
            f"Port {self.port} is taken{by}.",
            "Stop that program, or choose another port: ASSAY_PORT=4567 make up.",
        )

    def _is_worker(self, words: Sequence[str]) -> bool:
        return any(word.startswith(f"{self.scratch}/ministack-lambda-") for word in words)

    def _orphans(self) -> list[psutil.Process]:
        """An emulator of ours whose record was deleted while it ran."""
        holder = daemon.listening_on(self.port)
        with contextlib.suppress(psutil.Error):
            if holder and holder.environ().get(HOME_VARIABLE) == str(self.home):
                return [holder, *holder.children(recursive=True)]
        return []


def answers(host: str, port: int) -> bool:
    """Whether a MiniStack serves there."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def session() -> boto3.Session:
    """boto3 as the emulator's root user, whatever profiles this machine has."""
    untouched = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
    }
    return boto3.Session(
        botocore_session=botocore.session.Session(session_vars=untouched),
        aws_access_key_id=ROOT_CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=ROOT_CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        region_name=REGION,
    )


def client_environment(endpoint_url: str, ours: Mapping[str, str]) -> dict[str, str]:
    """An environment in which AWS tools can reach the emulator and nothing else.

    A profile, a session token or a config file of the person at the terminal would otherwise take
    part, and a deployment meant for this machine could go to a real account.
    """
    kept = {name: value for name, value in ours.items() if not name.startswith("AWS_")}
    # The CDK's Python modules are large: not keeping them compiled costs 6 s at each deployment.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {
        **kept,
        **ROOT_CREDENTIALS,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ENDPOINT_URL_S3": endpoint_url,
        "NO_PROXY": ",".join(filter(None, [ours.get("NO_PROXY"), urlsplit(endpoint_url).hostname])),
    }
