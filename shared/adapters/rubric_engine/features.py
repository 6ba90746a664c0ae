"""Features: what can be measured of an answer, each 0–1, more is better."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from shared.adapters.rubric_engine.answer import STUFFED_WORDS, Answer
from shared.adapters.rubric_engine.coefficients import Curve, fall, ramp
from shared.adapters.rubric_engine.coverage import PointCoverage
from shared.adapters.rubric_engine.lexicon import CAUSAL, CONNECTIVE, EXAMPLE, REFERRING, VAGUE
from shared.adapters.rubric_engine.reading import Sentence
from shared.adapters.rubric_engine.reference import Meaning, compare_meaning, compare_wording
from shared.adapters.rubric_engine.rubric import PreparedRubric

ENOUGH_LENGTH: Final = 0.6
"""Part of the reference answer's length from which an answer is long enough."""
USUAL_LENGTH: Final = 60
"""Words that are enough where there is no reference answer."""
PROSE_WORDS: Final = 50
"""A reference answer of so many words explains; a few terms are then no answer. To a question with
a shorter one they often are: graders give them full marks."""
SEVERAL_TERMS: Final = 4
"""Words of the question's vocabulary that make a sentence concrete."""

_LIST_WORTH: Final = Curve(knots=((0.0, 0.3), (1.0, 1.0)))
"""What a list of terms keeps of its coverage: it shows that the words are known, not the ideas."""
_GRAMMAR: Final = ramp(0.02, 0.08)
"""Share of function words: the tersest notes have 0.1."""
_RECALL: Final = ramp(0.05, 0.5)
"""Words shared with the reference answer: students' good answers have 0.2–0.4 of them."""
_SENTENCE_LENGTH: Final = fall(20.0, 45.0)
"""Mean words of a sentence; plain English guides advise 15–20."""
_PRECISION: Final = fall(0.01, 0.1)
"""Share of vague words."""
_CONCRETENESS: Final = ramp(0.0, 0.4)
_CONNECTION: Final = ramp(0.0, 0.5)
"""Shares of sentences; half of an explaining text's sentences have a connective."""
_REASONS: Final = ramp(0.0, 2.0)
"""Sentences that give a reason: two are enough in an answer of a few lines."""
_COHESION: Final = ramp(0.0, 0.6)
_FOCUS: Final = ramp(0.2, 0.5)
"""Share of content words that belong to the question, as in `Coverage.support`."""


def accuracy_features(
    answer: Answer, rubric: PreparedRubric, coverage: Sequence[PointCoverage]
) -> Mapping[str, float]:
    total = sum(c.point.key.weight for c in coverage)
    covered = sum(c.point.key.weight * c.share for c in coverage) / total if total else 0.0
    content = {stem for s in answer.own for stem in s.content}
    reference = rubric.reference.own
    recall = len(content & reference) / len(reference) if reference else 0.0
    worth = _LIST_WORTH.at(answer.prose)
    covered, recalled = covered * worth, _RECALL.at(recall) * worth
    return {"coverage": covered, "recall": recalled, "both": covered * recalled}


def reference_features(
    answer: Answer,
    rubric: PreparedRubric,
    coverage: Sequence[PointCoverage],
    meaning: Meaning | None,
) -> Mapping[str, float]:
    """Return what an answer has of the reference answer, for `ByReference`.

    They include the accuracy features. `overlap` is that of the key points, `reference` the words
    of the reference answer, `listing` what a mere list of words keeps. Notes are no such list:
    graders gave them 8.6 of 10 in the mean.
    """
    weights = [c.point.key.weight for c in coverage]
    is_long = answer.words >= STUFFED_WORDS or rubric.reference.words >= PROSE_WORDS
    overlaps = [c.overlap * c.point.key.weight for c in coverage]
    features = {
        **accuracy_features(answer, rubric, coverage),
        "overlap": sum(overlaps) / sum(weights) if weights else 0.0,
        "reference": float(rubric.reference.words),
        "listing": _LIST_WORTH.at(_GRAMMAR.at(answer.english)) if is_long else 1.0,
        **compare_wording(answer.own, rubric.reference),
    }
    if meaning is None:
        return features
    nearness = compare_meaning(answer.own, rubric.reference, meaning, weights=weights)
    return {**features, **nearness}


def clarity_features(answer: Answer, rubric: PreparedRubric) -> Mapping[str, float]:
    own = answer.own
    words = [w for s in own for w in s.words]
    vague = sum(w in VAGUE for w in words) / len(words) if words else 1.0
    concrete = _share(_is_concrete(s, rubric) for s in own)
    return {
        "length": _length(answer, rubric),
        "sentences": answer.prose * _SENTENCE_LENGTH.at(_mean_length(own)),
        "precision": answer.prose * _PRECISION.at(vague),
        "concreteness": answer.prose * _CONCRETENESS.at(concrete),
    }


def coherence_features(answer: Answer, rubric: PreparedRubric) -> Mapping[str, float]:
    own = answer.own
    own_part = sum(len(s.words) for s in own) / answer.words if answer.words else 0.0
    factor = answer.prose * own_part
    reasons = sum(CAUSAL.search(s.folded) is not None for s in own)
    tied = _share(CONNECTIVE.search(s.folded) is not None for s in own)
    return {
        "length": _length(answer, rubric) * own_part,
        "connection": factor * _CONNECTION.at(tied),
        "reasons": factor * _REASONS.at(reasons),
        "cohesion": factor * _COHESION.at(_cohesion(own)),
        "focus": factor * _FOCUS.at(_topicality(own, rubric)),
    }


def _share(signs: Iterable[bool]) -> float:
    found = list(signs)
    return sum(found) / len(found) if found else 0.0


def _length(answer: Answer, rubric: PreparedRubric) -> float:
    enough = ENOUGH_LENGTH * rubric.reference.words or USUAL_LENGTH
    return min(1.0, sum(len(s.words) for s in answer.own) / enough)


def _mean_length(sentences: Sequence[Sentence]) -> float:
    """Return the mean words of a sentence; pieces of one long sentence count as one."""
    ends = sum(s.is_end for s in sentences) or 1
    return sum(len(s.words) for s in sentences) / ends


def _is_concrete(sentence: Sentence, rubric: PreparedRubric) -> bool:
    """An example, a number, a quotation, or several of the question's own terms."""
    has_sign = EXAMPLE.search(sentence.folded) is not None
    return has_sign or len(sentence.content & rubric.vocabulary) >= SEVERAL_TERMS


def _topicality(sentences: Sequence[Sentence], rubric: PreparedRubric) -> float:
    return _share(stem in rubric.vocabulary for s in sentences for stem in s.content)


def _cohesion(sentences: Sequence[Sentence]) -> float:
    """Return the share (0–1) of sentences that take up one of the two before them.

    They do by a common word or by leaning on it with a first word such as "this": lexical
    cohesion and reference (Halliday and Hasan, 1976). A single sentence is neither good nor bad.
    """
    if len(sentences) < 2:  # noqa: PLR2004
        return 0.5
    return _share(
        (sentence.words[0] in REFERRING if sentence.words else False)
        or not sentence.content.isdisjoint(
            sentences[number].content | sentences[max(0, number - 1)].content
        )
        for number, sentence in enumerate(sentences[1:])
    )
