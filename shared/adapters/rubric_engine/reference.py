"""A reference answer, prepared to be compared with, and the comparison itself.

What graded answers teach holds for any question that has a reference answer: how much of its
wording, its word order and, with an embedder, its meaning an answer has. Each feature is monotone:
more of it never speaks against an answer.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

from shared.adapters.rubric_engine.lexicon import FUNCTION_WORDS, NEGATION
from shared.adapters.rubric_engine.reading import Sentence, content_of, sentences_of
from shared.adapters.rubric_engine.stems import stem

LETTERS: Final = 4
"""Letters of a gram: `normalization`, `normalizes` and a misspelt `normalizaton` share most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    words: int
    content: tuple[str, ...]
    """Its content words, each once, in order."""
    stems: tuple[str, ...]
    """The stems of all its content words, in order."""
    own: frozenset[str]
    """The stems that the prompt does not have."""
    prompt: frozenset[str]
    letters: Counter[str]
    is_negative: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """Cosines from an embedder."""

    points: Sequence[Sequence[float]]
    """[key point][sentence of the answer]."""
    words: Sequence[Sequence[float]]
    """[content word of the reference answer][content word of the answer], as `content_words`."""


def prepare_reference(text: str, prompt: str) -> Reference:
    sentences = sentences_of(text)
    content = content_words(sentences)
    stems = tuple(s for sentence in sentences for s in sentence.stems)
    asked = content_of(prompt)
    return Reference(
        words=sum(len(sentence.words) for sentence in sentences),
        content=content,
        stems=stems,
        own=frozenset(stems) - asked,
        prompt=asked,
        letters=_letters(content),
        is_negative=_is_negative(sentences),
    )


def content_words(sentences: Iterable[Sentence]) -> tuple[str, ...]:
    """Return the content words, each once, in order."""
    words = (w for sentence in sentences for w in sentence.words if w not in FUNCTION_WORDS)
    return tuple(dict.fromkeys(words))


def compare_wording(sentences: Sequence[Sentence], reference: Reference) -> Mapping[str, float]:
    """Return the features that need no embedder, all 0–1 but `length`.

    `length` is the natural logarithm of the answer's words over the reference's.
    """
    content = content_words(sentences)
    stems = tuple(s for sentence in sentences for s in sentence.stems)
    own = frozenset(stems) - reference.prompt
    letters = _letters(content)
    return {
        "found": len(own & reference.own) / max(1, len(reference.own)),
        "precision": len(own & reference.own) / max(1, len(own)),
        "letters": (letters & reference.letters).total() / max(1, reference.letters.total()),
        "sequence": _longest_common(stems, reference.stems) / max(1, len(reference.stems)),
        "length": log((1 + sum(len(s.words) for s in sentences)) / (1 + reference.words)),
        "agreement": float(_is_negative(sentences) == reference.is_negative),
    }


def compare_meaning(
    sentences: Sequence[Sentence],
    reference: Reference,
    meaning: Meaning,
    *,
    weights: Sequence[float],
) -> Mapping[str, float]:
    """Return the features that an embedder gives: cosines, -1–1.

    `points` is the key points' nearest sentence by their `weights`; `word_recall` and
    `word_precision` are means of the nearest word of the other text, over the words that the prompt
    does not have: alignment of words as in Sultan et al. (2016), with static vectors.
    """
    content = content_words(sentences)
    is_own = [stem(w) not in reference.prompt for w in content]
    is_own_reference = [stem(w) not in reference.prompt for w in reference.content]
    nearest = [max(row, default=0.0) for row in meaning.words]
    # Not by `zip`: a reference answer without a content word has no row, and so no column either.
    nearest_reference = [
        max((row[number] for row in meaning.words), default=0.0) for number in range(len(content))
    ]
    points = [max(row, default=0.0) for row in meaning.points]
    return {
        "points": _mean(points, weights),
        "word_recall": _mean(nearest, is_own_reference) or _mean(nearest, [1.0] * len(nearest)),
        "word_precision": _mean(nearest_reference, is_own),
    }


def _mean(values: Sequence[float], weights: Sequence[float]) -> float:
    total = sum(weights)
    weighted = sum(v * w for v, w in zip(values, weights, strict=True))
    return weighted / total if total else 0.0


def _letters(words: Iterable[str]) -> Counter[str]:
    grams: Counter[str] = Counter()
    for word in words:
        padded = f" {word} "
        grams.update(padded[n : n + LETTERS] for n in range(max(1, len(padded) - LETTERS + 1)))
    return grams


def _longest_common(left: Sequence[str], right: Sequence[str]) -> int:
    """Return the length of the longest common subsequence (as ROUGE-L; Lin, 2004)."""
    known = frozenset(right)
    row = [0] * (len(right) + 1)
    for word in left:
        if word not in known:
            continue
        before = 0
        for number, other in enumerate(right, start=1):
            above = row[number]
            row[number] = before + 1 if word == other else max(above, row[number - 1])
            before = above
    return row[-1]


def _is_negative(sentences: Iterable[Sentence]) -> bool:
    return any(NEGATION.search(sentence.folded) for sentence in sentences)
