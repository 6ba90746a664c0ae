"""The bundled embeddings: unit vectors of words' meaning, found without importing the package."""

import json
import math
import subprocess
import sys
from importlib.machinery import ModuleSpec

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters import offline_embedder
from shared.adapters.offline_embedder import OfflineEmbedder
from shared.domain.embedding import DIMENSIONS
from shared.domain.errors import EngineRefusedError

TEXTS = [
    "Backend Engineer, intermediate level. Learn sql, transactions, caching.",
    "a",
    "Prüfung: naïve café, 日本語 and 🍕",
    "word " * 500,
]
ORIGINAL = """
import json, sys
from pathlib import Path
import wordllama
folder = Path(wordllama.__file__).parent
model = wordllama.WordLlama.load(cache_dir=folder, disable_download=True)
print(json.dumps(model.embed(json.load(sys.stdin), norm=True).tolist()))
"""

EMBEDDER = OfflineEmbedder()


def cosine(one: str, other: str) -> float:
    left, right = EMBEDDER.embed([one, other])
    return sum(a * b for a, b in zip(left, right, strict=True))


def test_vectors_equal_those_of_the_package_itself() -> None:
    # In a process of its own: importing the package sets up logging for everybody.
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-c", ORIGINAL],
        input=json.dumps(TEXTS),
        capture_output=True,
        text=True,
        check=False,
    )
    if "ImportError" in run.stderr or "ModuleNotFoundError" in run.stderr:
        pytest.skip("wordllama cannot be imported on this machine")
    originals = json.loads(run.stdout)

    for vector, original in zip(EMBEDDER.embed(TEXTS), originals, strict=True):
        assert vector == pytest.approx(original, abs=1e-5)


@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=50), max_size=3))
def test_every_text_has_a_unit_vector(texts: list[str]) -> None:
    vectors = EMBEDDER.embed(texts)

    assert len(vectors) == len(texts)
    for vector in vectors:
        assert len(vector) == DIMENSIONS
        assert math.hypot(*vector) == pytest.approx(1, abs=1e-5)


def test_near_meanings_are_near() -> None:
    query = "relational database queries"

    assert cosine(query, "SQL joins and indexes") > EMBEDDER.floor
    assert cosine(query, "baking bread and cakes") < EMBEDDER.floor


def test_vectors_do_not_depend_on_their_neighbours() -> None:
    assert EMBEDDER.embed(TEXTS)[0] == EMBEDDER.embed(TEXTS[:1])[0]


def test_finding_the_files_does_not_import_the_package() -> None:
    EMBEDDER.embed(["sql"])

    assert "wordllama" not in sys.modules


@pytest.mark.parametrize("spec", [None, ModuleSpec("wordllama", None, is_package=True)])
def test_missing_files_are_a_refusal(
    monkeypatch: pytest.MonkeyPatch, spec: ModuleSpec | None
) -> None:
    def find_spec(_: str) -> ModuleSpec | None:
        return spec

    monkeypatch.setattr(offline_embedder, "find_spec", find_spec)

    with pytest.raises(EngineRefusedError) as refused:
        OfflineEmbedder().embed(["sql"])
    assert refused.value.reason == "model_missing"
