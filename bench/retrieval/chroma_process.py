"""ChromaDB in an environment of its own; imports nothing of this project.

`chroma_process.py FOLDER` reads `vectors.npy`, `in_track.npy`, `levels.npy` and `queries.npy` from
the folder and stores in it. Each line of standard input is an order in JSON, each line of standard
output its answer:

    {"build": 1000}                            -> {"seconds": 0.4, "bytes": 1500000}
    {"query": 7, "track": 2, "levels": [0, 1]} -> {"ms": 1.2, "numbers": [88, 5, ...]}

`ms` is what the call of ChromaDB took within this process.
"""

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any, Final

import numpy as np

NEAREST: Final = 24
BATCH: Final = 5_000
"""ChromaDB takes no more than 5,461 at once."""
HNSW: Final = {"space": "cosine", "num_threads": 1}
"""The rest is as it comes: M 16, ef_construction 100, ef_search 100."""


class Chroma:
    def __init__(self, folder: Path) -> None:
        chromadb: Any = importlib.import_module("chromadb")
        settings = importlib.import_module("chromadb.config").Settings(anonymized_telemetry=False)
        self._store = folder / "store"
        self._client = chromadb.PersistentClient(str(self._store), settings=settings)
        self._vectors = np.load(folder / "vectors.npy")
        self._in_track = np.load(folder / "in_track.npy")
        self._levels = np.load(folder / "levels.npy")
        self._queries = np.load(folder / "queries.npy")
        self._collection: Any = None

    def build(self, size: int) -> dict[str, Any]:
        """Make a collection of the first `size` credentials, which searches then go to."""
        before, started = self._bytes(), time.perf_counter()
        self._collection = self._client.create_collection(
            f"credentials-{size}", configuration={"hnsw": HNSW}, embedding_function=None
        )
        for first in range(0, size, BATCH):
            numbers = range(first, min(size, first + BATCH))
            self._collection.add(
                ids=[str(number) for number in numbers],
                embeddings=self._vectors[numbers.start : numbers.stop],
                metadatas=[self._metadata(number) for number in numbers],
            )
        seconds = time.perf_counter() - started
        return {"seconds": seconds, "bytes": self._bytes() - before}

    def search(self, query: int, track: int, levels: list[int]) -> dict[str, Any]:
        condition = {"$and": [{"tracks": {"$contains": track}}, {"level": {"$in": levels}}]}
        started = time.perf_counter()
        found = self._collection.query(
            query_embeddings=[self._queries[query]],
            n_results=NEAREST,
            where=condition,
            include=["distances"],
        )
        elapsed = time.perf_counter() - started
        return {"ms": elapsed * 1000, "numbers": [int(number) for number in found["ids"][0]]}

    def _metadata(self, number: int) -> dict[str, Any]:
        tracks = np.flatnonzero(self._in_track[number]).tolist()
        return {"level": int(self._levels[number]), "tracks": tracks}

    def _bytes(self) -> int:
        return sum(path.stat().st_size for path in self._store.rglob("*") if path.is_file())


def main() -> None:
    chroma = Chroma(Path(sys.argv[1]))
    for line in sys.stdin:
        order = json.loads(line)
        if "build" in order:
            answer = chroma.build(order["build"])
        else:
            answer = chroma.search(order["query"], order["track"], order["levels"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
