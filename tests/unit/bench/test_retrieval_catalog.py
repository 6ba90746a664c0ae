import numpy as np
import pytest

from bench.retrieval.catalog import Catalog, grown
from shared.domain.level import Level

SEEDED = 60


@pytest.fixture(scope="module")
def seeds() -> Catalog:
    random = np.random.default_rng(7)
    common = random.normal(size=32)
    vectors = common + random.normal(size=(SEEDED, 32))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Catalog(
        vectors=vectors.astype(np.float32),
        parents=np.arange(SEEDED),
        in_track=np.arange(SEEDED)[:, None] % 3 == np.arange(3),
        levels=np.arange(SEEDED) % 3,
        tracks=("backend", "data", "security"),
    )


@pytest.fixture(scope="module")
def catalog(seeds: Catalog) -> Catalog:
    return grown(seeds, 2_000)


def test_the_seeded_credentials_come_first_and_unchanged(seeds: Catalog, catalog: Catalog):
    assert len(catalog) == 2_000
    assert np.array_equal(catalog.first(SEEDED).vectors, seeds.vectors)


def test_a_smaller_catalog_is_the_beginning_of_a_larger_one(seeds: Catalog, catalog: Catalog):
    smaller = grown(seeds, 500)

    assert np.array_equal(smaller.vectors, catalog.vectors[:500])
    assert np.array_equal(smaller.levels, catalog.levels[:500])


def test_a_catalog_smaller_than_the_seeds_has_some_of_them(seeds: Catalog):
    assert np.array_equal(grown(seeds, 10).vectors, seeds.vectors[:10])


def test_vectors_have_unit_length_and_are_all_different(catalog: Catalog):
    assert np.linalg.norm(catalog.vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert len(np.unique(catalog.vectors, axis=0)) == len(catalog)


def test_neighbours_have_the_tracks_of_their_parents(seeds: Catalog, catalog: Catalog):
    assert np.array_equal(catalog.in_track, seeds.in_track[catalog.parents])


def test_neighbours_are_nearer_to_their_parents_than_to_others(catalog: Catalog):
    to_seeds = catalog.vectors @ catalog.vectors[:SEEDED].T
    to_parents = to_seeds[np.arange(len(catalog)), catalog.parents]

    assert to_parents[SEEDED:].mean() > np.quantile(to_seeds[SEEDED:], 0.9)


def test_similarities_are_spread_as_among_the_seeds(seeds: Catalog, catalog: Catalog):
    among_seeds = np.quantile(_similarities(seeds), (0.05, 0.5, 0.95))
    among_all = np.quantile(_similarities(catalog), (0.05, 0.5, 0.95))

    assert among_all == pytest.approx(among_seeds, abs=0.08)


def test_the_filter_lets_through_what_is_of_the_track_and_of_the_levels(seeds: Catalog):
    fits = seeds.fits("data", (Level.BEGINNER, Level.INTERMEDIATE))

    assert set(np.flatnonzero(fits)) == {number for number in range(SEEDED) if number % 3 == 1}
    assert not seeds.fits("data", (Level.ADVANCED,)).any()


def _similarities(catalog: Catalog) -> np.ndarray:
    similarity = catalog.vectors @ catalog.vectors.T
    return similarity[np.triu_indices(len(catalog), 1)]
