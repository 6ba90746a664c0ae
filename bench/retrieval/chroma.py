"""ChromaDB behind a pipe; only the time within its own process counts."""

import json
import os
import subprocess
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from bench.retrieval import chroma_process
from bench.retrieval.catalog import Catalog
from bench.retrieval.queries import Query
from bench.retrieval.search import Built, Found
from local_stack.errors import LocalStackError
from local_stack.settings import ROOT

PYTHON: Final = ROOT / ".local" / "bench-venv" / "bin" / "python"
QUIET: Final = {"ANONYMIZED_TELEMETRY": "False", "OTEL_SDK_DISABLED": "true"}
ONE_THREAD: Final = {"RAYON_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "TOKIO_WORKER_THREADS": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chroma:
    process: "subprocess.Popen[str]"
    tracks: Sequence[str]

    def build(self, size: int) -> "ChromaSearch":
        answer = self.ask({"build": size})
        return ChromaSearch(
            chroma=self, built=Built(seconds=answer["seconds"], bytes=answer["bytes"])
        )

    def ask(self, order: dict[str, Any]) -> dict[str, Any]:
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("the process was started without pipes")
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise LocalStackError("ChromaDB's process has ended.", "Its own words are above.")
        return json.loads(answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChromaSearch:
    chroma: Chroma
    built: Built | None
    name: str = field(default="ChromaDB", init=False)

    def find(self, query: Query) -> Found:
        track = list(self.chroma.tracks).index(query.track)
        levels = [level.rank for level in query.levels]
        answer = self.chroma.ask({"query": query.number, "track": track, "levels": levels})
        return Found(numbers=answer["numbers"], ms=answer["ms"])


@contextmanager
def chroma_of(catalog: Catalog, queries: Sequence[Query], *, folder: Path) -> Generator[Chroma]:
    """Start ChromaDB over these; it stores in the folder, which is the caller's to remove."""
    if not PYTHON.exists():
        raise LocalStackError(
            "ChromaDB is not installed.", "Run `make bench-retrieval`, which installs it."
        )
    folder.mkdir()
    np.save(folder / "vectors.npy", catalog.vectors)
    np.save(folder / "in_track.npy", catalog.in_track)
    np.save(folder / "levels.npy", catalog.levels)
    np.save(folder / "queries.npy", np.array([query.vector for query in queries]))
    with subprocess.Popen(  # noqa: S603 - our own script, no shell
        [PYTHON, chroma_process.__file__, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **QUIET, **ONE_THREAD},
    ) as process:
        try:
            yield Chroma(process=process, tracks=catalog.tracks)
        finally:
            process.kill()
