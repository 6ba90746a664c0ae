"""Catalogs of any size: the seeded credentials, then neighbours made from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.domain.credential_text import embedding_text
from shared.domain.level import Level
from shared.domain.recommendation import Credential
from shared.ports.embedder import Embedder

Vectors = NDArray[np.float32]
"""One of unit length per row."""

SEED: Final = 20261121
MATES: Final = 8
"""A neighbour is mixed of a credential and one of so many nearest that share a track."""
LEAST_OF_PARENT: Final = 0.6
"""The parent's share of the mix is between this and 1."""
AT_ONCE: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Row i of every array is credential i; the first rows are the seeds'."""

    vectors: Vectors
    parents: NDArray[np.int64]
    """The seeded credential whose texts and tracks row i has; its own number for a seeded one."""
    in_track: NDArray[np.bool_]
    """Credentials × tracks."""
    levels: NDArray[np.int64]
    """Ranks of `Level`."""
    tracks: Sequence[str]

    def __len__(self) -> int:
        return len(self.vectors)

    def first(self, size: int) -> "Catalog":
        return Catalog(
            vectors=self.vectors[:size],
            parents=self.parents[:size],
            in_track=self.in_track[:size],
            levels=self.levels[:size],
            tracks=self.tracks,
        )

    def fits(self, track: str, levels: Sequence[Level]) -> NDArray[np.bool_]:
        """Return which credentials the product's filter lets through."""
        column = self.in_track[:, list(self.tracks).index(track)]
        return column & np.isin(self.levels, [level.rank for level in levels])


def seeded(credentials: Sequence[Credential], embedder: Embedder) -> Catalog:
    tracks = sorted({track for credential in credentials for track in credential.tracks})
    texts = [embedding_text(credential) for credential in credentials]
    return Catalog(
        vectors=np.array(embedder.embed(texts), dtype=np.float32),
        parents=np.arange(len(credentials)),
        in_track=np.array([[track in c.tracks for track in tracks] for c in credentials]),
        levels=np.array([credential.level.rank for credential in credentials]),
        tracks=tracks,
    )


def grown(seeds: Catalog, size: int) -> Catalog:
    """Add neighbours until there are `size`; a smaller catalog is the beginning of a larger one.

    What the seeds have in common is kept, and what distinguishes them is varied: seen from their
    mean, a neighbour lies as far from the mix it is made of as some seeded credential lies from
    the one nearest to it, in a direction that the seeds vary in. Tracks are the parent's; the
    level is the parent's or the mate's.
    """
    if size <= len(seeds):
        return seeds.first(size)
    directions = _unit(seeds.vectors - seeds.vectors.mean(axis=0))
    similarity = directions @ directions.T
    np.fill_diagonal(similarity, -1)
    mates = _nearest_within_track(similarity, seeds.in_track)
    nearest = similarity.max(axis=1)
    parts = [_neighbours(seeds, mates, nearest, part) for part in range(-(-size // AT_ONCE))]
    parents = np.concatenate([seeds.parents, *(part.parents for part in parts)])[:size]
    return Catalog(
        vectors=np.concatenate([seeds.vectors, *(part.vectors for part in parts)])[:size],
        parents=parents,
        in_track=seeds.in_track[parents],
        levels=np.concatenate([seeds.levels, *(part.levels for part in parts)])[:size],
        tracks=seeds.tracks,
    )


def _nearest_within_track(similarity: Vectors, in_track: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the numbers of the nearest others of each credential."""
    shares = (in_track.astype(np.int64) @ in_track.T.astype(np.int64)) > 0
    within = np.where(shares, similarity, similarity - 2)  # others only when there are too few
    return np.argsort(-within, axis=1)[:, :MATES]


def _neighbours(seeds: Catalog, mates: NDArray[np.int64], nearest: Vectors, part: int) -> Catalog:
    """Return `AT_ONCE` neighbours; each part has its own seed."""
    random = np.random.default_rng((SEED, part))
    parents = random.integers(len(seeds), size=AT_ONCE)
    chosen = mates[parents, random.integers(mates.shape[1], size=AT_ONCE)]
    share = random.uniform(LEAST_OF_PARENT, 1, size=(AT_ONCE, 1)).astype(np.float32)
    mean = seeds.vectors.mean(axis=0)
    own = seeds.vectors - mean
    mixed = _unit(share * own[parents] + (1 - share) * own[chosen])
    cosine = nearest[random.integers(len(seeds), size=AT_ONCE)][:, None]
    varied = cosine * mixed + np.sqrt(1 - cosine**2) * _across(mixed, own, random)
    length = np.linalg.norm(own[parents], axis=1, keepdims=True)
    vectors = _unit(mean + length * varied)
    levels = np.where(
        random.random(AT_ONCE) < 0.5,  # noqa: PLR2004 - a coin
        seeds.levels[parents],
        seeds.levels[chosen],
    )
    return Catalog(
        vectors=vectors.astype(np.float32),
        parents=parents,
        in_track=seeds.in_track[parents],
        levels=levels,
        tracks=seeds.tracks,
    )


def _across(directions: Vectors, varied: Vectors, random: np.random.Generator) -> Vectors:
    """Return unit vectors at right angles to `directions` that vary as `varied` does."""
    weights = random.standard_normal((len(directions), len(varied)), dtype=np.float32)
    steps = weights @ varied
    return _unit(steps - (steps * directions).sum(axis=1, keepdims=True) * directions)


def _unit(vectors: Vectors) -> Vectors:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
