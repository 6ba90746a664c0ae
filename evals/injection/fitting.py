"""Fit the detector of passages that address the grader, and choose its threshold.

`python -m evals calibrate-injection` fits on `passages.jsonl` and on honest answers to the own
essays, sets the threshold on the split `tuning` of `essays.jsonl`, and writes `weights.json` beside
the detector. The split `test` is never looked at here.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVC

from evals.essays.answers import ANSWERS
from evals.json_lines import read_lines
from local_stack.settings import ROOT
from shared.adapters.injection.address import (
    WEIGHTS,
    Model,
    Passage,
    join,
    passages_of,
    sentences_of,
)
from shared.adapters.injection.disguises import undisguised
from shared.adapters.injection.reading import fold, hidden_text
from shared.wiring import wiring

FOLDER: Final = Path(__file__).parent
PASSAGES: Final = FOLDER / "passages.jsonl"
DISGUISED: Final = frozenset({"encoded", "hidden_characters"})
"""Kinds of hostile passages whose own characters teach nothing."""
LEAST_COUNT: Final = 3
"""Passages that have a feature, at least."""
FEATURES: Final = 40_000
"""Kept, by the size of their weight in a first fit; half as many catch some hundredths less."""
PENALTY: Final = 0.5
"""C of the support vector machine; half and double are as good."""
FALSE_ALARMS: Final = 0.04
"""Share of the honest essays for tuning that may be flagged: all of them are about matters that
sound like an address, and of ordinary answers hardly any is flagged then. At half of it a tenth
less is caught."""


@dataclass(frozen=True, slots=True)
class Sample:
    passage: Passage
    is_hostile: bool


def samples() -> Iterator[Sample]:
    """Yield what the detector learns from: hostile parts, and everything that is honest."""
    for line in read_lines(PASSAGES):
        if line["label"] == "honest" or line["kind"] not in DISGUISED:
            yield from _samples_of(line)
    for text in _honest_texts():
        for passage in passages_of(fold(text)):
            yield Sample(passage, is_hostile=False)


def _honest_texts() -> Iterator[str]:
    """Yield what the own essays ask and what they are answered with."""
    for line in read_lines(ANSWERS):
        yield line["answer"]
    for seed in wiring.seed_source(ROOT / "seeds").read().questions:
        yield seed.content.prompt
        if seed.content.rubric:
            yield seed.content.rubric.reference_answer


def _samples_of(line: Mapping[str, Any]) -> Iterator[Sample]:
    folded = fold(line["text"])
    sentences = sentences_of(folded)
    if line["label"] == "honest":
        for passage in passages_of(folded):
            yield Sample(passage, is_hostile=False)
    elif "part" in line:
        part = fold(line["part"])
        if not part.strip():  # characters that nobody sees
            return
        yield Sample(join(sentences_of(part)), is_hostile=True)
        if line["kind"] == "split_order":  # other fragments of it stand in the rest
            return
        before, _, after = folded.partition(part)
        for rest in (before, after):
            for sentence in sentences_of(rest):
                yield Sample(sentence, is_hostile=False)
    elif sentences:
        yield Sample(join(sentences), is_hostile=True)


def fit(learned: Sequence[Sample]) -> Model:
    """Fit on everything, keep the strongest features, and fit these again; the threshold is 0."""
    labels = np.array([sample.is_hostile for sample in learned])
    counts = Counter(feature for sample in learned for feature in sample.passage.features)
    vocabulary = sorted(feature for feature, count in counts.items() if count >= LEAST_COUNT)
    rarity = {f: np.sqrt(np.log(len(learned) / counts[f])) for f in vocabulary}
    first = _fit(learned, labels, vocabulary, rarity)
    strongest = sorted(vocabulary, key=lambda f: (-abs(first.weights[f]), f))[:FEATURES]
    return _fit(learned, labels, sorted(strongest), rarity)


def _fit(
    learned: Sequence[Sample],
    labels: NDArray[np.bool_],
    vocabulary: Sequence[str],
    rarity: Mapping[str, float],
) -> Model:
    values = _matrix(learned, vocabulary, rarity)
    machine = LinearSVC(C=PENALTY, random_state=0).fit(values, labels)
    *weights, quoted = machine.coef_[0]
    return Model(
        bias=float(machine.intercept_[0]),
        quoted=float(quoted),
        weights={f: float(w * rarity[f]) for f, w in zip(vocabulary, weights, strict=True)},
    )


def _matrix(
    learned: Sequence[Sample], vocabulary: Sequence[str], rarity: Mapping[str, float]
) -> sparse.csr_matrix:
    """Return samples × (features, share in quotation marks)."""
    column = {feature: number for number, feature in enumerate(vocabulary)}
    indices: list[int] = []
    values: list[float] = []
    starts = [0]
    for sample in learned:
        root = np.sqrt(len(sample.passage.features) or 1)
        present = sorted(sample.passage.features & column.keys())
        indices += [*(column[feature] for feature in present), len(vocabulary)]
        values += [*(rarity[feature] / root for feature in present), sample.passage.quoted_share]
        starts.append(len(indices))
    return sparse.csr_matrix((values, indices, starts), shape=(len(learned), len(vocabulary) + 1))


def with_threshold(model: Model, honest: Sequence[str]) -> Model:
    """Return the model with 0 where it flags `FALSE_ALARMS` of the honest texts."""
    scores = [strongest_passage(text, model) for text in honest]
    threshold = float(np.quantile(scores, 1 - FALSE_ALARMS))
    return replace(model, bias=model.bias - threshold)


def strongest_passage(text: str, model: Model) -> float:
    """Return the highest score of what the text says, openly or in disguise."""
    readings = (text, hidden_text(text), *undisguised(text))
    return max(
        (model.score(p) for reading in readings for p in passages_of(fold(reading))),
        default=model.bias,
    )


def write(model: Model, learned: Sequence[Sample]) -> None:
    """Keep the weights with their provenance, rounded: the third digit changes no flag."""
    kept = {
        "bias": round(model.bias, 4),
        "quoted": round(model.quoted, 4),
        "provenance": {
            "command": "python -m evals calibrate-injection",
            "passages": len(learned),
            "hostile": sum(sample.is_hostile for sample in learned),
        },
        "weights": {feature: round(weight, 3) for feature, weight in model.weights.items()},
    }
    WEIGHTS.write_text(json.dumps(kept, ensure_ascii=False, indent=0) + "\n", "utf-8")
