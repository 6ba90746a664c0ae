"""What the environment may say about the local stack, and where its files are."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from local_stack.errors import LocalStackError

ROOT: Final = Path(__file__).resolve().parents[1]
DEFAULT_PORT: Final = 4566
REGION: Final = "us-east-1"
ENGINES: Final = ("offline", "openai")
PORT_FILE: Final = "port"
MAX_PORT: Final = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    root: Path
    """The checkout."""
    home: Path
    """Where this stack keeps its state, logs and outputs."""
    port: int
    """The emulator's only port."""
    endpoint_url: str | None
    """Another emulator to deploy to, in place of the bundled one."""
    database_url: str | None
    """A PostgreSQL server to use, in place of the embedded one."""
    engine: str
    openai_base_url: str | None
    openai_api_key: str | None
    openai_model: str | None
    openai_embedding_model: str | None
    model_timeout_seconds: str | None
    model_prices: str | None

    @classmethod
    def read(cls, environ: Mapping[str, str], *, root: Path = ROOT) -> Self:
        home = (root / (environ.get("ASSAY_HOME") or ".local")).resolve()
        return cls(
            root=root,
            home=home,
            port=_port(environ.get("ASSAY_PORT") or _port_in_use(home) or str(DEFAULT_PORT)),
            endpoint_url=environ.get("ASSAY_ENDPOINT_URL") or None,
            database_url=environ.get("DATABASE_URL") or None,
            engine=_engine(environ.get("ASSAY_ENGINE") or "offline"),
            openai_base_url=environ.get("OPENAI_BASE_URL") or None,
            openai_api_key=environ.get("OPENAI_API_KEY") or None,
            openai_model=environ.get("OPENAI_MODEL") or None,
            openai_embedding_model=environ.get("OPENAI_EMBEDDING_MODEL") or None,
            model_timeout_seconds=environ.get("ASSAY_MODEL_TIMEOUT_SECONDS") or None,
            model_prices=environ.get("ASSAY_MODEL_PRICES") or None,
        )

    @property
    def outputs(self) -> Path:
        return self.home / "outputs.json"

    @property
    def port_file(self) -> Path:
        """Written while the stack is up, so that later commands need not be told the port."""
        return self.home / PORT_FILE

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def emulator_url(self) -> str:
        return (self.endpoint_url or f"http://localhost:{self.port}").rstrip("/")


def _port_in_use(home: Path) -> str | None:
    path = home / PORT_FILE
    return path.read_text() if path.exists() else None


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) <= MAX_PORT:
        return int(text)
    raise LocalStackError(
        f"ASSAY_PORT is {text!r}, which is not a port.",
        f"Give a number from 1 to {MAX_PORT}, for example ASSAY_PORT=4567.",
    )


def _engine(text: str) -> str:
    if text in ENGINES:
        return text
    raise LocalStackError(
        f"ASSAY_ENGINE is {text!r}, which is no engine.", f"Use one of: {', '.join(ENGINES)}."
    )
