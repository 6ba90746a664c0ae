"""How well retrieval serves judged situations: each kind of search alone, fused, and as deployed.

The judged situations are in `cases.jsonl`, on how they were judged see README.md. PostgreSQL is the
embedded one, seeded for this run.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import log2
from pathlib import Path
from statistics import mean
from typing import Final, Literal

import numpy as np

from evals.json_lines import read_lines
from evals.statistics import DRAWS, Figure
from local_stack.postgres import EmbeddedPostgres
from local_stack.settings import ROOT
from shared.adapters.offline_embedder import OfflineEmbedder
from shared.adapters.postgres.engine import create_engine
from shared.adapters.postgres.migrations import upgrade
from shared.adapters.postgres.store import PostgresStore
from shared.adapters.seed_files.source import SeedFolder
from shared.adapters.system import SystemClock, Uuid7Ids
from shared.domain.level import Level
from shared.domain.recommendation import Credential, CredentialId, Gap, Hit, Situation
from shared.domain.retrieval import (
    CANDIDATES,
    coverage,
    fuse,
    levels_near,
    query_text,
    wanted_skills,
)
from shared.domain.track import TrackId
from shared.ports.credential_search import search_credentials
from shared.ports.embedder import Embedder
from shared.ports.store import Store
from shared.settings import DatabaseAuth, DatabaseSettings
from shared.usecases.load_seeds import load_seeds

CASES: Final = Path(__file__).with_name("cases.jsonl")
GOOD: Final = 2
"""Grade from which a credential counts as relevant for precision: an advisor would name it."""

Method = Literal["vector", "text", "hybrid", "deployed"]
METHODS: Final[tuple[Method, ...]] = ("vector", "text", "hybrid", "deployed")


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSituation:
    id: str
    split: str
    situation: Situation
    relevant: Mapping[str, int]
    """Grade 1–3 by credential; empty where nothing fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalFigures:
    method: Method
    split: str
    situations: int
    precision: Figure
    """At 3, of situations that something fits; fewer than three items count as they are."""
    any_use: Figure
    """The same with grade 1 and above."""
    ndcg: Figure
    """At 5, graded."""
    coverage: Figure
    """Share of what is wanted that the first three teach together (0–1)."""
    providers: float
    """Different providers among the first five, over their number."""
    abstained: float
    """Share of situations that nothing fits for which nothing was recommended."""
    silent: float
    """Share of the others for which nothing was recommended."""


@contextmanager
def seeded_store() -> Iterator[tuple[Store, Embedder]]:
    folder = Path(tempfile.mkdtemp(prefix="assay-evals-"))
    postgres = EmbeddedPostgres(data=folder / "data", log=folder / "log")
    try:
        postgres.start()
        engine = create_engine(
            DatabaseSettings(database_url=postgres.url, database_auth=DatabaseAuth.NONE)
        )
        upgrade(engine)
        store, embedder = PostgresStore(engine), OfflineEmbedder()
        ids = Uuid7Ids()
        load_seeds(
            SeedFolder(ROOT / "seeds", ids),
            store=store,
            embedder=embedder,
            ids=ids,
            clock=SystemClock(),
        )
        yield store, embedder
        engine.dispose()
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def read_cases(store: Store, path: Path = CASES) -> tuple[JudgedSituation, ...]:
    lines = [*read_lines(path)]
    with store.begin() as repositories:
        tracks = {t: repositories.tracks.get(TrackId(t)) for t in {x["trackId"] for x in lines}}
    return tuple(
        JudgedSituation(
            id=line["id"],
            split=line["split"],
            relevant=line["relevant"],
            situation=Situation(
                track_id=TrackId(line["trackId"]),
                level=Level(line["level"]),
                focus=tracks[line["trackId"]].skill_focus,
                interests=tuple(line["interests"]),
                gaps=tuple(
                    Gap(skill=g["skill"], severity=g["severity"])
                    for g in sorted(line["gaps"], key=lambda g: (-g["severity"], g["skill"]))
                ),
            ),
        )
        for line in lines
    )


def recommend_by(
    method: Method, case: JudgedSituation, *, store: Store, embedder: Embedder
) -> tuple[Credential, ...]:
    """Return up to five credentials, best first."""
    with store.begin() as repositories:
        track = repositories.tracks.get(case.situation.track_id)
    if method == "deployed":
        found = search_credentials(
            case.situation, track_name=track.name, store=store, embedder_of=lambda _: embedder
        )
        ids = [item.credential_id for item in found.items]
    else:
        ids = list(_ranking(method, case.situation, track.name, store=store, embedder=embedder))[:5]
    with store.begin() as repositories:
        return repositories.credentials.get_many(ids)


def _ranking(
    method: Method, situation: Situation, track_name: str, *, store: Store, embedder: Embedder
) -> list[CredentialId]:
    vector = embedder.embed([query_text(track_name, situation)])[0]
    levels = levels_near(situation.level)
    with store.begin() as repositories:
        searched = repositories.index.active()
        if searched is None:
            raise LookupError("load the seeds first")
        near: Sequence[Hit] = repositories.credentials.search_vector(
            vector,
            within=searched,
            track_id=situation.track_id,
            levels=levels,
            limit=CANDIDATES,
        )
        named = repositories.credentials.search_text(
            wanted_skills(situation), track_id=situation.track_id, levels=levels, limit=CANDIDATES
        )
    if method == "text":
        return [hit.credential_id for hit in named]
    if not near or near[0].score < embedder.floor:
        return []
    return [h.credential_id for h in near] if method == "vector" else list(fuse(near, named))


def figures_of(
    method: Method,
    split: str,
    cases: Sequence[JudgedSituation],
    *,
    store: Store,
    embedder: Embedder,
) -> RetrievalFigures:
    chosen = [c for c in cases if split in {c.split, "all"}]
    found = {c.id: recommend_by(method, c, store=store, embedder=embedder) for c in chosen}
    fitting = [c for c in chosen if c.relevant]
    barren = [c for c in chosen if not c.relevant]
    return RetrievalFigures(
        method=method,
        split=split,
        situations=len(chosen),
        precision=_figure([_precision(c, found[c.id], GOOD) for c in fitting]),
        any_use=_figure([_precision(c, found[c.id], 1) for c in fitting]),
        ndcg=_figure([ndcg(c.relevant, [x.slug for x in found[c.id]]) for c in fitting]),
        coverage=_figure([_covered(c.situation, found[c.id][:3]) for c in fitting]),
        providers=mean(
            len({x.provider for x in found[c.id]}) / len(found[c.id])
            for c in fitting
            if found[c.id]
        ),
        abstained=mean(not found[c.id] for c in barren) if barren else 0.0,
        silent=mean(not found[c.id] for c in fitting),
    )


def _precision(case: JudgedSituation, items: Sequence[Credential], grade: int) -> float:
    first = items[:3]
    if not first:
        return 0.0
    return sum(case.relevant.get(x.slug, 0) >= grade for x in first) / len(first)


def ndcg(relevant: Mapping[str, int], slugs: Sequence[str], *, depth: int = 5) -> float:
    """Return the normalized discounted cumulative gain (Järvelin and Kekäläinen, 2002), 0–1."""
    gained = _gain([relevant.get(slug, 0) for slug in slugs[:depth]])
    best = _gain(sorted(relevant.values(), reverse=True)[:depth])
    return gained / best if best else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / log2(place + 2) for place, grade in enumerate(grades))


def _covered(situation: Situation, items: Sequence[Credential]) -> float:
    if not items:
        return 0.0
    taught = tuple({skill for item in items for skill in item.skills})
    return coverage(replace(items[0], skills=taught), situation)


def _figure(values: Sequence[float]) -> Figure:
    """Return the mean with a bootstrap interval over situations."""
    numbers = np.asarray(values)
    random = np.random.default_rng(0)
    drawn = [numbers[random.integers(len(numbers), size=len(numbers))].mean() for _ in range(DRAWS)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Figure(value=float(numbers.mean()), low=float(low), high=float(high))
