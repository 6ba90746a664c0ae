import random

import pytest

from shared.domain.level import Level
from shared.domain.recommendation import CredentialId, Hit, RankedItem, Source
from shared.domain.retrieval import (
    CANDIDATES,
    Candidate,
    best_passage_by_words,
    choose,
    coverage,
    fuse,
    levels_near,
    passages,
    query_text,
    rank,
    skills_closed,
    traced,
    wanted_skills,
    words_of,
)
from tests.builders import a_credential
from tests.unit.domain.builders import a_candidate, a_situation


def hits(*slugs: str) -> list[Hit]:
    return [Hit(credential_id=CredentialId(slug), score=0.5) for slug in slugs]


def slugs(chosen: tuple[Candidate, ...]) -> list[str]:
    return [c.credential.slug for c in chosen]


class TestFusing:
    def test_first_of_every_ranking_scores_one(self) -> None:
        assert fuse(hits("a", "b"), hits("a", "c"))[CredentialId("a")] == pytest.approx(1.0)

    def test_ranks_count_by_their_reciprocals_from_61(self) -> None:
        fused = fuse(hits("a", "b"), hits("b", "c", "a"))

        best = 3 / 61
        assert fused == {
            "b": pytest.approx((1 / 62 + 2 / 61) / best),
            "a": pytest.approx((1 / 61 + 2 / 63) / best),
            "c": pytest.approx((2 / 62) / best),
        }

    def test_best_come_first_and_ties_by_id(self) -> None:
        assert list(fuse(hits("b", "c"), hits("a", "c"))) == ["c", "a", "b"]

    def test_words_count_twice_what_vectors_count(self) -> None:
        assert fuse(hits("a"), []) == {"a": pytest.approx(1 / 3)}
        assert fuse([], hits("a")) == {"a": pytest.approx(2 / 3)}

    def test_nothing_found_is_nothing(self) -> None:
        assert fuse([], []) == {}


class TestTracing:
    def test_all_that_was_weighed_is_ranked_by_relevance_with_its_place_in_both(self) -> None:
        a, b, c = (a_credential(id=letter, title=letter.upper()) for letter in "abc")
        near, named = hits("a", "b"), hits("b", "c")

        ranking = traced((a, b, c), fuse(near, named), near, named)

        assert [
            (t.rank, t.credential_id, t.title, t.vector_rank, t.text_rank) for t in ranking
        ] == [
            (1, "b", "B", 2, 1),
            (2, "c", "C", None, 2),
            (3, "a", "A", 1, None),
        ]
        assert [t.relevance for t in ranking] == sorted(
            (round(score, 3) for score in fuse(near, named).values()), reverse=True
        )
        assert [t.vector_similarity for t in ranking] == [0.5, None, 0.5]
        assert [t.text_score for t in ranking] == [0.5, 0.5, None]

    def test_of_more_than_two_searches_give_the_best_are_kept(self) -> None:
        many = [a_credential() for _ in range(2 * CANDIDATES + 1)]
        relevance = {c.id: number / 100 for number, c in enumerate(many)}

        kept = traced(many, relevance)

        assert len(kept) == 2 * CANDIDATES
        assert many[0].id not in {t.credential_id for t in kept}
        assert kept[0].credential_id == many[-1].id


class TestWishes:
    def test_gaps_come_before_interests_and_each_skill_once(self) -> None:
        situation = a_situation(gaps={"sql": 0.9, "git": 0.2}, interests=("go", "sql"))

        assert wanted_skills(situation) == ("sql", "git", "go")

    def test_without_either_the_track_says_what_to_deepen(self) -> None:
        assert wanted_skills(a_situation(focus=("http", "sql"))) == ("http", "sql")

    def test_a_credential_closes_what_it_teaches_of_them(self) -> None:
        situation = a_situation(gaps={"sql": 0.9, "git": 0.2}, interests=("go",))

        assert skills_closed(a_credential(skills=("go", "http", "sql")), situation) == ("sql", "go")

    @pytest.mark.parametrize(
        ("level", "near"),
        [
            (Level.BEGINNER, (Level.BEGINNER, Level.INTERMEDIATE)),
            (Level.INTERMEDIATE, tuple(Level)),
            (Level.ADVANCED, (Level.INTERMEDIATE, Level.ADVANCED)),
        ],
    )
    def test_levels_one_step_away_are_near(self, level: Level, near: tuple[Level, ...]) -> None:
        assert levels_near(level) == near


@pytest.mark.parametrize(
    ("skill", "words"),
    [
        ("data-modelling", "data modelling"),
        ("rest-api-design", "REST API design"),
        ("sql", "SQL"),
        ("restful", "restful"),
    ],
)
def test_a_skill_is_said_in_words_and_acronyms_in_capitals(skill: str, words: str) -> None:
    assert words_of(skill) == words


class TestQuery:
    def test_it_says_what_to_learn_and_what_interests(self) -> None:
        situation = a_situation(
            level=Level.BEGINNER, gaps={"rest-api-design": 0.9, "sql": 0.5}, interests=("go",)
        )

        assert query_text("Backend Engineer", situation) == (
            "Backend Engineer, beginner level. Learn REST API design, SQL. Interested in go."
        )

    def test_without_gaps_or_interests_it_says_what_to_deepen(self) -> None:
        assert query_text("Backend Engineer", a_situation(focus=("http", "sql"))) == (
            "Backend Engineer, intermediate level. Deepen HTTP, SQL."
        )


class TestCoverage:
    @pytest.mark.parametrize(
        ("skills", "share"),
        [
            pytest.param((), 0.0, id="nothing"),
            pytest.param(("git",), 0.0, id="nothing-that-is-wanted"),
            pytest.param(("sql",), 0.5, id="half-the-weight"),
            pytest.param(("http",), 0.25, id="a-quarter"),
            pytest.param(("sql", "http", "css"), 1.0, id="all"),
        ],
    )
    def test_it_is_the_share_of_the_gaps_weight(
        self, skills: tuple[str, ...], share: float
    ) -> None:
        situation = a_situation(gaps={"sql": 0.8, "http": 0.4, "css": 0.4})

        assert coverage(a_credential(skills=skills), situation) == pytest.approx(share)

    def test_an_interest_counts_as_much_as_half_a_gap(self) -> None:
        situation = a_situation(gaps={"sql": 1.0}, interests=("go",))

        assert coverage(a_credential(skills=("go",)), situation) == pytest.approx(0.5 / 1.5)

    def test_a_gap_that_also_interests_counts_for_both(self) -> None:
        situation = a_situation(gaps={"sql": 1.0, "git": 0.5}, interests=("sql",))

        assert coverage(a_credential(skills=("sql",)), situation) == pytest.approx(1.5 / 2.0)

    def test_three_wishes_are_as_much_as_a_course_can_meet(self) -> None:
        situation = a_situation(gaps={"sql": 0.9, "git": 0.6, "http": 0.5, "css": 0.4, "go": 0.1})

        assert coverage(a_credential(skills=("sql", "git", "http")), situation) == 1.0
        assert coverage(a_credential(skills=("sql", "git", "http", "css")), situation) == 1.0
        assert coverage(a_credential(skills=("css", "go")), situation) == pytest.approx(0.25)

    def test_without_wishes_the_tracks_skills_count_alike(self) -> None:
        situation = a_situation(focus=("sql", "http", "git", "go"))

        assert coverage(a_credential(skills=("go",)), situation) == pytest.approx(1 / 3)

    def test_where_nothing_is_wanted_nothing_is_covered(self) -> None:
        assert coverage(a_credential(skills=("sql",)), a_situation(focus=())) == 0.0


FIVE_GAPS = a_situation(gaps={"s1": 1.0, "s2": 1.0, "s3": 1.0, "s4": 1.0, "s5": 1.0})
"""A course on one of them covers a third."""


class TestScore:
    @pytest.mark.parametrize(
        ("relevance", "skills", "score"),
        [
            pytest.param(1.0, ("sql",), 1.0, id="all-of-both"),
            pytest.param(0.6, (), 0.24, id="relevance-alone"),
            pytest.param(0.0, ("sql",), 0.6, id="coverage-alone"),
        ],
    )
    def test_coverage_counts_more_than_relevance(
        self, relevance: float, skills: tuple[str, ...], score: float
    ) -> None:
        candidate = a_candidate(relevance=relevance, skills=skills)

        (chosen,) = choose([candidate], a_situation(gaps={"sql": 1.0}))

        assert chosen.relevance == score

    @pytest.mark.parametrize(
        ("level", "score"),
        [(Level.BEGINNER, 1.0), (Level.INTERMEDIATE, 0.8), (Level.ADVANCED, 0.4)],
    )
    def test_levels_away_from_the_next_step_count_less(self, level: Level, score: float) -> None:
        candidate = a_candidate(skills=("sql",), level=level)

        (chosen,) = choose([candidate], a_situation(level=Level.BEGINNER, gaps={"sql": 1.0}))

        assert chosen.relevance == score

    def test_what_the_search_saw_is_kept(self) -> None:
        (chosen,) = choose([a_candidate("x")], FIVE_GAPS)

        assert (chosen.vector_similarity, chosen.text_score) == (0.5, None)


class TestChoosing:
    def test_none_from_none(self) -> None:
        assert choose([], FIVE_GAPS) == ()

    def test_one_from_one(self) -> None:
        assert slugs(choose([a_candidate("only", relevance=0.01)], FIVE_GAPS)) == ["only"]

    def test_at_most_five(self) -> None:
        candidates = [a_candidate(f"c{n}", skills=(f"s{n % 5 + 1}",)) for n in range(9)]

        assert len(choose(candidates, FIVE_GAPS)) == 5

    def test_the_best_come_first(self) -> None:
        candidates = [
            a_candidate("low", relevance=0.6, skills=("s1",)),
            a_candidate("high", relevance=0.9, skills=("s2",)),
            a_candidate("middle", relevance=0.8, skills=("s3",)),
        ]

        assert slugs(choose(candidates, FIVE_GAPS)) == ["high", "middle", "low"]

    def test_the_second_is_kept_however_weak(self) -> None:
        candidates = [
            a_candidate("good", relevance=1.0, skills=("s1",)),
            a_candidate("weak", relevance=0.01),
        ]

        assert slugs(choose(candidates, FIVE_GAPS)) == ["good", "weak"]

    @pytest.mark.parametrize(
        ("relevance", "is_kept"),
        # The best scores 0.4 + 0.2, of which 45 % are 0.27; a third adds 0.2 of its coverage.
        [pytest.param(0.18, True, id="just-over"), pytest.param(0.17, False, id="just-under")],
    )
    def test_from_the_third_on_filler_is_left_out(
        self,
        relevance: float,
        is_kept: bool,  # noqa: FBT001
    ) -> None:
        candidates = [
            a_candidate("first", relevance=1.0, skills=("s1",)),
            a_candidate("second", relevance=0.9, skills=("s2",)),
            a_candidate("third", relevance=relevance, skills=("s3",)),
        ]

        assert ("third" in slugs(choose(candidates, FIVE_GAPS))) is is_kept

    def test_another_provider_goes_before_more_of_the_same(self) -> None:
        # Scores 0.6, 0.58 and 0.54; the same provider costs the second 15 %.
        candidates = [
            a_candidate("one", relevance=1.0, skills=("s1",), provider="P"),
            a_candidate("same", relevance=0.95, skills=("s2",), provider="P"),
            a_candidate("other", relevance=0.85, skills=("s3",), provider="Q"),
        ]

        chosen = choose(candidates, FIVE_GAPS)

        assert slugs(chosen) == ["one", "other", "same"]
        assert chosen[2].relevance == round((0.4 * 0.95 + 0.6 / 3) * 0.85, 3)

    def test_another_gap_goes_before_more_of_the_same(self) -> None:
        candidates = [
            a_candidate("one", relevance=1.0, skills=("s1", "s2")),
            a_candidate("same", relevance=1.0, skills=("s2",)),
            a_candidate("other", relevance=0.9, skills=("s3",)),
        ]

        chosen = choose(candidates, FIVE_GAPS)

        assert slugs(chosen) == ["one", "other", "same"]
        assert chosen[2].relevance == round((0.4 + 0.6 / 3) * 0.9, 3)

    def test_each_earlier_item_of_the_same_kind_costs_again(self) -> None:
        candidates = [
            a_candidate(f"c{n}", relevance=1.0, skills=("s1",), provider="P") for n in range(3)
        ]

        scores = [c.relevance for c in choose(candidates, FIVE_GAPS)]

        base = 0.4 + 0.6 / 3
        assert scores == [
            round(base, 3),
            round(base * 0.85 * 0.9, 3),
            round(base * (0.85 * 0.9) ** 2, 3),
        ]

    def test_ties_fall_the_same_way_whatever_the_order(self) -> None:
        candidates = [a_candidate(f"c{n}", skills=(f"s{n % 5 + 1}",)) for n in range(8)]
        shuffled = candidates.copy()
        random.Random(1).shuffle(shuffled)  # noqa: S311

        assert slugs(choose(shuffled, FIVE_GAPS)) == slugs(choose(candidates, FIVE_GAPS))


class TestPassages:
    CREDENTIAL = a_credential(
        skills=("sql", "data-modelling"),
        outcomes=("Design a schema.", "Write SQL, and tune it."),
        description="A course on Node.js and more. It ends with a project",
    )

    def test_outcomes_and_the_sentences_of_the_description_can_be_cited(self) -> None:
        assert passages(self.CREDENTIAL) == (
            Source(field="outcomes", snippet="Design a schema.", similarity=0.0),
            Source(field="outcomes", snippet="Write SQL, and tune it.", similarity=0.0),
            Source(field="description", snippet="A course on Node.js and more.", similarity=0.0),
            Source(field="description", snippet="It ends with a project.", similarity=0.0),
        )

    def test_without_an_embedder_the_passage_that_names_most_wishes_is_cited(self) -> None:
        assert best_passage_by_words(self.CREDENTIAL, ["sql"]).snippet == "Write SQL, and tune it."
        assert best_passage_by_words(self.CREDENTIAL, ["project"]).field == "description"

    def test_words_of_a_skill_are_looked_for_each(self) -> None:
        credential = a_credential(outcomes=("Plan ahead.", "Master data modelling."))

        assert best_passage_by_words(credential, ["data-modelling"]).snippet == (
            "Master data modelling."
        )

    def test_where_none_names_any_the_first_outcome_is_cited(self) -> None:
        assert best_passage_by_words(self.CREDENTIAL, ["kotlin"]).snippet == "Design a schema."


def test_items_are_ranked_from_one_with_what_they_close_and_cite() -> None:
    situation = a_situation(gaps={"sql": 1.0, "git": 0.5})
    first, second = a_candidate("a", skills=("git", "sql")), a_candidate("b", relevance=0.4)
    source = Source(field="outcomes", snippet="Design a schema.", similarity=0.7)

    items = rank([first, second], situation, {CredentialId(slug): source for slug in ("a", "b")})

    assert items == (
        RankedItem(
            rank=1,
            credential_id=CredentialId("a"),
            score=1.0,
            vector_similarity=0.5,
            text_score=None,
            closes=("sql", "git"),
            sources=(source,),
        ),
        RankedItem(
            rank=2,
            credential_id=CredentialId("b"),
            score=0.4,
            vector_similarity=0.5,
            text_score=None,
            closes=(),
            sources=(source,),
        ),
    )
