"""Coverage of key points: by terms, by wording, by meaning, and never by what is denied."""

import pytest

from shared.adapters.rubric_engine.coefficients import DEFAULT
from shared.adapters.rubric_engine.coverage import PointCoverage, cover
from shared.adapters.rubric_engine.mentions import Haystack, denies
from shared.adapters.rubric_engine.reading import fold, sentences_of
from shared.adapters.rubric_engine.rubric import derive_key_points, prepare
from shared.domain.question import KeyPoint
from tests.builders import a_rubric, an_essay_question

ATOMIC = KeyPoint(
    id="k1",
    text="A transaction makes several writes succeed or fail together.",
    weight=3,
    terms=(("atomic", "all or nothing"), ("transaction",)),
)


def cover_one(
    answer: str, key: KeyPoint = ATOMIC, *, similarity: float | None = None
) -> PointCoverage:
    rubric = prepare(
        an_essay_question(
            prompt="What does the database promise you here?", rubric=a_rubric(key_points=(key,))
        )
    )
    sentences = sentences_of(answer)
    (coverage,) = cover(
        rubric.points,
        Haystack(sentences),
        vocabulary=rubric.vocabulary,
        coefficients=DEFAULT.coverage,
        similarities=None if similarity is None else [[similarity] * len(sentences)],
    )
    return coverage


def test_terms_of_every_group_cover_a_key_point() -> None:
    coverage = cover_one("In a transaction the writes are all or nothing.")

    assert coverage.share == pytest.approx(1)
    assert coverage.sentence == 0


def test_one_group_of_two_is_much_less_than_half() -> None:
    assert cover_one("The write is atomic.").share < 0.5


def test_groups_count_less_when_they_stand_far_apart() -> None:
    between = "Writes succeed or they fail. " * 4
    near = cover_one("The transaction helps. Writes are atomic.")
    far = cover_one(f"The transaction helps. {between}Writes are atomic.")

    assert far.terms is not None
    assert near.terms == 1
    assert far.terms < 1


def test_the_words_of_a_key_point_cover_it_without_its_terms() -> None:
    assert cover_one("Several writes succeed or fail together.").share > 0.4


def test_terms_in_a_text_about_something_else_are_chance() -> None:
    text = "The atomic bomb changed history. Every transaction at the stock exchange costs a fee."
    assert cover_one(text).share < 0.3


@pytest.mark.parametrize(
    "answer",
    [
        "A transaction is not atomic.",
        "The writes of a transaction aren't all or nothing.",
        "There is no transaction and nothing atomic about these writes.",
        "That writes in a transaction are atomic is wrong; atomic is not true.",
    ],
)
def test_what_is_denied_is_not_covered(answer: str) -> None:
    coverage = cover_one(answer)

    assert coverage.is_denied
    assert coverage.share < 0.5


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("Writes in a transaction are not only fast but atomic.", id="not-only"),
        pytest.param("Without a transaction the writes would not be atomic.", id="without-x-not-y"),
        pytest.param("Writes in a transaction are never not atomic.", id="twice"),
        pytest.param("The writes of a transaction are atomic, not slow.", id="another-clause"),
        pytest.param("They are not atomic alone. In a transaction they are atomic.", id="later"),
    ],
)
def test_a_negation_of_something_else_denies_nothing(answer: str) -> None:
    coverage = cover_one(answer)

    assert not coverage.is_denied
    assert coverage.share > 0.8


def test_a_negative_key_point_is_covered_by_a_negation() -> None:
    key = KeyPoint(
        id="k1",
        text="The server does not keep a session.",
        weight=1,
        terms=(("session",), ("keep", "store")),
    )
    coverage = cover_one("The server does not store any session.", key)

    assert not coverage.is_denied
    assert coverage.terms == 1


@pytest.mark.parametrize(
    ("term", "text", "is_found"),
    [
        ("log", "The log says so.", True),
        ("log", "The logs say so.", True),
        ("log", "The logic is sound.", False),
        ("imput", "We could impute the value.", True),
        ("part", "The counterpart answers.", False),
        ("400", "It returns 400.", True),
        ("400", "It returns 4000.", False),
        ("1", "It returns 1.", True),
        ("1", "It costs 1.5 seconds.", False),
        ("four-eyes", "Use the four eyes principle.", True),
        ("customer (", "A table customer (id, name).", True),
        ("closes the string", "The quote closed this string.", True),
    ],
)
def test_terms_are_matched_as_beginnings_of_words(term: str, text: str, is_found: bool) -> None:  # noqa: FBT001
    key = KeyPoint(id="k1", text="Unrelated words entirely.", weight=1, terms=((term,),))

    assert bool(cover_one(text, key).terms) is is_found


def test_meaning_adds_to_wording_but_does_not_replace_it() -> None:
    key = KeyPoint(id="k1", text="Several writes succeed or fail together.", weight=1)
    words = "Either every change is kept or none of them is."

    assert cover_one(words, key).share == 0
    assert 0 < cover_one(words, key, similarity=0.7).share < 0.5


def test_denials_behind_a_term_count() -> None:
    text = fold("The index is not needed here.")

    assert denies(text, text.index("index"), text.index("index") + 5, is_wish=False)


def test_key_points_are_derived_from_the_sentences_of_a_reference_answer() -> None:
    reference = "The cache is asked first. On a miss the database answers."

    assert [k.text for k in derive_key_points(reference)] == [
        "The cache is asked first.",
        "On a miss the database answers.",
    ]


def test_a_long_reference_sentence_holds_several_key_points() -> None:
    reference = (
        "The client sends a request with a key that it has made for this payment alone, and the "
        "server stores the key with its answer, so that a second request finds the first answer."
    )

    assert len(list(derive_key_points(reference))) == 3
