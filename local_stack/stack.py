"""Bring the whole stack up and down: database, emulator, deployment, schema, seeds."""

import contextlib
import fcntl
import hashlib
import http.client
import os
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from local_stack import asset, emulator
from local_stack.cdk import Cdk
from local_stack.cors import mend_cors
from local_stack.deployment import Deployment
from local_stack.describe import describe
from local_stack.emulator import Emulator
from local_stack.engine import check_engine, store_key
from local_stack.errors import LocalStackError
from local_stack.invocation import invoke_or_fail
from local_stack.outputs import Outputs
from local_stack.postgres import EmbeddedPostgres
from local_stack.settings import Settings

STAGE: Final = "local"
ASSET_BUCKET: Final = "assay-assets"
DEPLOYED_FROM: Final = (*asset.SHIPPED, "infra_cdk", "cdk.json")
HEALTH_PATH: Final = "/api/v1/health"

Steps: TypeAlias = Callable[[str], AbstractContextManager[None]]
"""Shows what is being done, for as long as it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    settings: Settings

    @property
    def postgres(self) -> EmbeddedPostgres:
        home = self.settings.home
        return EmbeddedPostgres(data=home / "postgres", log=home / "logs" / "postgres.log")

    @property
    def emulator(self) -> Emulator:
        return Emulator(home=self.settings.home, port=self.settings.port)

    @property
    def deployment(self) -> Deployment:
        return Deployment(
            stage=STAGE, session=emulator.session(), endpoint_url=self.settings.emulator_url
        )

    @property
    def database_url(self) -> str:
        return self.settings.database_url or self.postgres.url

    def up(self, step: Steps) -> Outputs:
        """Start what is not running and deploy what has changed; safe to repeat."""
        check_engine(self.settings)
        with self._alone():
            with step("AWS emulator"):
                fresh = self._start_emulator()
            with step("PostgreSQL"):
                if not self.settings.database_url:
                    self.postgres.start()
            self.settings.port_file.write_text(str(self.settings.port))
            if (outputs := self.running()) and self._stamp.read_text() == self._fingerprint():
                return outputs
            self._forget()
            with step("Lambda asset"):
                built = self._build_asset()
            with step("CDK app"):
                self._deploy(built, fresh=fresh)
            outputs = self._describe()
            if not self.settings.endpoint_url:
                mend_cors(self.deployment, self.settings.home / "cdk.out")
            store_key(self.deployment, self.settings, outputs.stacks)
            with step("Schema"):
                invoke_or_fail(self.deployment, "migrate_database", {})
            with step("Seeds"):
                invoke_or_fail(self.deployment, "load_seeds", {})
            with step("Health"):
                self._check_health(outputs)
            outputs.write(self.settings.outputs)
            self._stamp.write_text(self._fingerprint())
            return outputs

    def down(self) -> None:
        """Stop every program of this stack; what the database holds stays."""
        with self._alone():
            self.emulator.stop()
            self.postgres.stop()
            self.settings.port_file.unlink(missing_ok=True)
            self._forget()

    def running(self) -> Outputs | None:
        """The outputs of a stack that was brought up whole and answers now."""
        if not self._stamp.exists() or not self.settings.outputs.exists():
            return None
        try:
            outputs = Outputs.read(self.settings.outputs)
        except LocalStackError:  # another version wrote them
            return None
        return outputs if _status_of(outputs.api_url + HEALTH_PATH) == HTTPStatus.OK else None

    @property
    def _stamp(self) -> Path:
        return self.settings.home / "deployed"

    def _forget(self) -> None:
        self._stamp.unlink(missing_ok=True)
        self.settings.outputs.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _alone(self) -> Generator[None]:
        """Keep two commands from starting or stopping the same stack at once."""
        self.settings.home.mkdir(parents=True, exist_ok=True)
        with (self.settings.home / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LocalStackError(
                    "Another command is starting or stopping this stack.",
                    "Wait for it to finish and try again.",
                ) from None
            yield

    def _start_emulator(self) -> bool:
        """True if it holds nothing of an earlier deployment."""
        if not self.settings.endpoint_url:
            return self.emulator.start()
        if _status_of(f"{self.settings.emulator_url}/_localstack/health") == HTTPStatus.OK:
            return False
        raise LocalStackError(
            f"No emulator answers at {self.settings.emulator_url} (ASSAY_ENDPOINT_URL).",
            "Start it, or leave the variable out to use the bundled one.",
        )

    def _build_asset(self) -> Path:
        if not self.settings.endpoint_url:
            return asset.build_local_asset(self.settings.root, self.settings.home / "asset")
        # Another emulator runs functions in its own Python, which has none of our packages.
        target = self.settings.home / "asset-lambda"
        return asset.build_lambda_asset(
            self.settings.root, target, for_platform=asset.HOST_PLATFORM
        )

    def _deploy(self, built: Path, *, fresh: bool) -> None:
        try:
            self._run_cdk(built)
        except LocalStackError:
            if fresh or self.settings.endpoint_url:
                raise
            # What an interrupted deployment left behind can stand in the way of the next one.
            self.emulator.stop()
            self.emulator.start()
            self._run_cdk(built)

    def _run_cdk(self, built: Path) -> None:
        with contextlib.suppress(ClientError):
            self.deployment.client("s3").create_bucket(Bucket=ASSET_BUCKET)
        home = self.settings.home
        Cdk(root=self.settings.root, log=home / "logs" / "deploy.log").deploy(
            output=home / "cdk.out",
            outputs_file=home / "cdk-outputs.json",
            context=self._context(built),
            env=emulator.client_environment(self.settings.emulator_url, os.environ),
        )

    def _context(self, built: Path) -> dict[str, str]:
        context = {
            "stage": STAGE,
            "engine": self.settings.engine,
            "openaiBaseUrl": self.settings.openai_base_url,
            "openaiModel": self.settings.openai_model,
            "openaiEmbeddingModel": self.settings.openai_embedding_model,
            "modelTimeoutSeconds": self.settings.model_timeout_seconds,
            "modelPrices": self.settings.model_prices,
            "databaseUrl": self.database_url,
            "assetPath": str(built),
            "assetBucket": ASSET_BUCKET,
        }
        return {key: value for key, value in context.items() if value}

    def _describe(self) -> Outputs:
        return describe(
            self.deployment,
            settings=self.settings,
            database_url=self.database_url,
            cdk_outputs=self.settings.home / "cdk-outputs.json",
        )

    def _check_health(self, outputs: Outputs) -> None:
        url = outputs.api_url + HEALTH_PATH
        if (status := _status_of(url)) != HTTPStatus.OK:
            raise LocalStackError(
                f"The API was deployed, but {url} answers {status or 'nothing'}.",
                "What the functions logged: assay logs.",
            )

    def _fingerprint(self) -> str:
        """Changes when there is something to deploy, or when what was deployed is gone."""
        settings = self.settings
        digest = hashlib.sha256(asset.fingerprint(settings.root, DEPLOYED_FROM).encode())
        digest.update(repr(settings).encode())
        digest.update(f"{self.emulator.incarnation()}{self.postgres.incarnation()}".encode())
        return digest.hexdigest()


def _status_of(url: str) -> int | None:
    """The status that a GET answers, or None if nothing does."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
