"""Recommendations for the judged situations that were held out stay as good as they were."""

import pytest

from evals.retrieval.eval_retrieval import figures_of, read_cases
from shared.adapters.offline_embedder import OfflineEmbedder
from shared.adapters.postgres.store import PostgresStore
from shared.adapters.seed_files.source import SeedFolder
from shared.adapters.system import SystemClock, Uuid7Ids
from shared.usecases.load_seeds import load_seeds
from tests.integration.test_recommend import SEEDS

pytestmark = pytest.mark.integration


def test_figures_do_not_fall_below_their_bounds(postgres_store: PostgresStore) -> None:
    embedder = OfflineEmbedder()
    load_seeds(
        SeedFolder(SEEDS, Uuid7Ids()),
        store=postgres_store,
        embedder=embedder,
        ids=Uuid7Ids(),
        clock=SystemClock(),
    )
    figures = figures_of(
        "deployed", "test", read_cases(postgres_store), store=postgres_store, embedder=embedder
    )

    # 0.850, 0.836, 1.0 and 0.0 when they were set.
    assert figures.precision.value >= 0.83
    assert figures.ndcg.value >= 0.81
    assert figures.abstained >= 0.95
    assert figures.silent <= 0.02
