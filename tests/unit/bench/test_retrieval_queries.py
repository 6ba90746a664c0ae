import numpy as np

from bench.retrieval.queries import queries_of
from shared.domain.level import Level
from tests.builders import a_track
from tests.fakes.embedder import FakeEmbedder

TRACKS = (a_track(), a_track(id="data-analyst", name="Data Analyst"))


def test_queries_visit_every_track_and_level():
    embedder = FakeEmbedder()

    queries = queries_of(TRACKS, embedder, count=6)

    assert [query.track for query in queries] == [TRACKS[0].id] * 3 + [TRACKS[1].id] * 3
    assert [text.partition(" level.")[0] for text in embedder.texts[:3]] == [
        f"Backend Engineer, {level}" for level in Level
    ]


def test_queries_are_filtered_by_the_levels_that_the_product_allows():
    beginner, intermediate, _ = queries_of(TRACKS[:1], FakeEmbedder(), count=3)

    assert beginner.levels == (Level.BEGINNER, Level.INTERMEDIATE)
    assert intermediate.levels == tuple(Level)


def test_queries_are_numbered_and_the_same_each_time():
    once, again = (queries_of(TRACKS, FakeEmbedder(), count=12) for _ in range(2))

    assert [query.number for query in once] == list(range(12))
    assert all(np.array_equal(a.vector, b.vector) for a, b in zip(once, again, strict=True))


def test_each_query_is_about_the_tracks_own_skills():
    embedder = FakeEmbedder()

    queries_of(TRACKS[:1], embedder, count=24)

    words = set(" ".join(embedder.texts).replace(".", " ").replace(",", " ").split())
    assert {"SQL", "transactions"} <= words
    assert len(set(embedder.texts)) > 6
