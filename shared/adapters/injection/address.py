"""Whether a passage speaks to whoever marks it, or tries to steer the mark: a fitted linear model.

The features of a passage are the pieces of its words (5 characters with the space around them, 2 in
scripts without spaces), its short words whole, and its pairs of words that are neighbours or have
one between them; and how much of it stands in quotation marks, for what is quoted is mostly told of
and not meant. Each has a weight in `weights.json`; `python -m evals calibrate-injection` fits them
on passages of both kinds.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from math import fsum, sqrt
from pathlib import Path
from typing import Final

WEIGHTS: Final = Path(__file__).with_name("weights.json")
PIECE: Final = 5
UNSPACED_PIECE: Final = 2
"""Characters of a piece."""
USUAL_TOKEN: Final = 24
"""Characters; longer ones are no words that come again, and are not kept."""
TOGETHER: Final = 240
"""Characters of neighbouring sentences that are read as one passage, at most."""

_TOKEN: Final = re.compile(r"[^\W_]+|[^\w\s]")
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Thai, Lao, Chinese, Japanese; Korean writes spaces, but its syllables are letters together."""
_SENTENCE_END: Final = re.compile(
    rf"(?<=[.!?;])\s+|(?<=\u3002)|(?<=[!?])(?={_UNSPACED.pattern})|\n+"
)
_QUOTATION: Final = re.compile(r'"[^"\n]{1,400}"')


@dataclass(frozen=True, slots=True)
class Passage:
    features: frozenset[str]
    size: int
    """Characters."""
    quoted: int
    """Characters in quotation marks."""

    @property
    def quoted_share(self) -> float:
        return self.quoted / self.size if self.size else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    bias: float
    quoted: float
    """Weight of the share in quotation marks."""
    weights: Mapping[str, float]

    def score(self, passage: Passage) -> float:
        """Return how much speaks for an address: one from 0 on.

        Weights are divided by the root of the number of features, so that a long passage does not
        outweigh a short one.
        """
        weights = self.weights
        # A set has another order in each process; `fsum` gives the same sum in any.
        found = fsum(weights[feature] for feature in passage.features if feature in weights)
        return (
            self.bias
            + found / sqrt(len(passage.features) or 1)
            + self.quoted * passage.quoted_share
        )


def addresses_grader(folded: str) -> bool:
    """Say whether any passage of a folded text does."""
    model = fitted()
    return any(model.score(passage) >= 0 for passage in passages_of(folded))


@cache
def fitted() -> Model:
    kept = json.loads(WEIGHTS.read_text("utf-8"))
    return Model(bias=kept["bias"], quoted=kept["quoted"], weights=kept["weights"])


def passages_of(folded: str) -> Iterator[Passage]:
    """Yield each sentence by itself, and joined with those after it that are read in one go."""
    sentences = sentences_of(folded)
    for first, sentence in enumerate(sentences):
        yield sentence
        last, size = first + 1, sentence.size
        while last < len(sentences) and size + sentences[last].size <= TOGETHER:
            size += sentences[last].size
            last += 1
        if last > first + 1:
            yield join(sentences[first:last])


def sentences_of(folded: str) -> list[Passage]:
    """Split at ends of sentences and of lines, also within quotations."""
    quoted_until = _quoted_until(folded)
    ends = [match.span() for match in _SENTENCE_END.finditer(folded)]
    bounds = [(0, 0), *ends, (len(folded), len(folded))]
    spans = [(start, end) for (_, start), (end, _) in pairwise(bounds)]
    return [
        Passage(
            features=features_of(folded[start:end]),
            size=end - start,
            quoted=quoted_until[end] - quoted_until[start],
        )
        for start, end in spans
        if folded[start:end].strip()
    ]


def _quoted_until(folded: str) -> Sequence[int]:
    """Return, for each place in the text, how many characters before it are quoted."""
    marks = bytearray(len(folded))
    for match in _QUOTATION.finditer(folded):
        start, end = match.span()
        marks[start:end] = b"\1" * (end - start)
    return [0, *accumulate(marks)]


def join(sentences: Sequence[Passage]) -> Passage:
    return Passage(
        features=frozenset[str]().union(*(sentence.features for sentence in sentences)),
        size=sum(sentence.size for sentence in sentences),
        quoted=sum(sentence.quoted for sentence in sentences),
    )


def features_of(folded: str) -> frozenset[str]:
    """Return the features of a folded text; each counts once."""
    tokens = _TOKEN.findall(folded)
    found = {f"{left} {right}" for left, right in pairwise(tokens)}
    found |= {f"{left} _ {right}" for left, right in zip(tokens, tokens[2:], strict=False)}
    return frozenset(found.union(*map(_pieces_of, tokens)))


def _pieces_of(token: str) -> Sequence[str]:
    return _usual_pieces(token) if len(token) <= USUAL_TOKEN else _pieces(token)


@lru_cache(maxsize=8192)
def _usual_pieces(token: str) -> Sequence[str]:
    return _pieces(token)


def _pieces(token: str) -> Sequence[str]:
    word = f" {token} "
    size = UNSPACED_PIECE if _UNSPACED.search(token) else PIECE
    last = max(1, len(word) - size + 1)
    return tuple(word[start : start + size] for start in range(last))
