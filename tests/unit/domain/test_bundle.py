import random
from collections import Counter
from collections.abc import Sequence

import pytest

from shared.domain.bundle import choose_bundle
from shared.domain.errors import TrackUnavailableError
from shared.domain.level import Level
from shared.domain.question import Question, QuestionType
from shared.domain.track import QuestionMix, Track
from tests.builders import a_pool, a_profile_question, a_theoretical_question, a_track
from tests.builders import an_essay_question as an_essay

DOMAINS = ("d.a", "d.b", "d.c", "d.d", "d.e")
SEEDS = [f"seed-{n}" for n in range(60)]

POOL = (
    *(
        a_theoretical_question(id=f"{d}-t{n}", slug=f"{d}-t{n}", domain=d)
        for d in DOMAINS
        for n in range(2)
    ),
    *(an_essay(id=f"{d}-e{n}", slug=f"{d}-e{n}", domain=d) for d in DOMAINS for n in range(2)),
    *(a_profile_question(id=f"p{n}", slug=f"p{n}", domain=f"about-{n % 3}") for n in range(8)),
)
GOLDEN = ["d.d-t1", "d.c-t0", "d.b-t0", "d.e-e1", "d.a-e0", "d.d-e1", "p1", "p0", "p2", "p7"]


def slugs(bundle: Sequence[Question]) -> list[str]:
    return [q.slug for q in bundle]


def choose(
    pool: Sequence[Question] = POOL,
    *,
    track: Track | None = None,
    level: Level = Level.INTERMEDIATE,
    seed: str = "seed",
) -> tuple[Question, ...]:
    return choose_bundle(track or a_track(), pool, level, seed=seed)


class TestMix:
    def test_it_asks_three_theoretical_three_essays_four_profile_in_this_order(self) -> None:
        kinds = [q.type for q in choose()]

        assert kinds == (
            [QuestionType.THEORETICAL] * 3 + [QuestionType.ESSAY] * 3 + [QuestionType.PROFILE] * 4
        )

    def test_a_track_may_have_another_mix(self) -> None:
        track = a_track(question_mix=QuestionMix(theoretical=5, essay=0, profile=1))

        assert Counter(q.type for q in choose(track=track)) == {
            QuestionType.THEORETICAL: 5,
            QuestionType.PROFILE: 1,
        }

    @pytest.mark.parametrize("seed", SEEDS[:10])
    def test_no_question_is_asked_twice(self, seed: str) -> None:
        assert len(set(slugs(choose(seed=seed)))) == 10

    def test_a_pool_of_just_enough_is_enough(self) -> None:
        pool = a_pool(theoretical=3, essay=3, profile=4)

        assert sorted(slugs(choose(pool))) == sorted(slugs(pool))

    @pytest.mark.parametrize(
        ("pool", "fault"),
        [
            (a_pool(theoretical=2), "has 2 active theoretical questions and needs 3"),
            (a_pool(essay=0), "has 0 active essay questions and needs 3"),
            (a_pool(profile=3), "has 3 active profile questions and needs 4"),
        ],
    )
    def test_one_question_too_few_makes_the_track_unavailable(
        self, pool: tuple[Question, ...], fault: str
    ) -> None:
        with pytest.raises(TrackUnavailableError, match=f"track backend-engineer {fault}"):
            choose(pool)


class TestSeed:
    def test_the_same_seed_gives_the_same_bundle_whatever_the_order_of_the_pool(self) -> None:
        shuffled = list(POOL)
        random.Random(4).shuffle(shuffled)  # noqa: S311

        assert choose(shuffled, seed="x") == choose(seed="x")

    def test_it_is_the_same_on_every_machine(self) -> None:
        assert slugs(choose(seed="019b7a00-0000-7000-8000-000000000001")) == GOLDEN

    def test_other_seeds_give_other_bundles(self) -> None:
        assert len({tuple(slugs(choose(seed=seed))) for seed in SEEDS}) > 50


class TestDomains:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_no_domain_is_asked_twice_while_another_is_untouched(self, seed: str) -> None:
        scored = [q.domain for q in choose(seed=seed)[:6]]

        assert len(set(scored[:5])) == 5
        assert len(set(scored[:3])) == 3

    def test_essays_go_where_theoretical_questions_have_not_been(self) -> None:
        pool = (
            *(a_theoretical_question(domain="d.a") for _ in range(3)),
            *(an_essay(domain=d) for d in ("d.a", "d.a", "d.b", "d.b", "d.c", "d.c")),
        )
        track = a_track(question_mix=QuestionMix(theoretical=3, essay=2, profile=0))

        for seed in SEEDS:
            assert {q.domain for q in choose(pool, track=track, seed=seed)[3:]} == {"d.b", "d.c"}

    def test_an_exhausted_domain_is_passed_over(self) -> None:
        pool = (
            a_theoretical_question(domain="d.small"),
            *(a_theoretical_question(domain="d.large") for _ in range(5)),
        )
        track = a_track(question_mix=QuestionMix(theoretical=5, essay=0, profile=0))

        assert Counter(q.domain for q in choose(pool, track=track)) == {"d.small": 1, "d.large": 4}

    def test_no_domain_is_preferred_by_its_name(self) -> None:
        track = a_track(question_mix=QuestionMix(theoretical=1, essay=0, profile=0))
        first = Counter(choose(track=track, seed=f"{n}")[0].domain for n in range(1000))

        assert set(first) == set(DOMAINS)
        assert all(140 < count < 260 for count in first.values())


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (Level.BEGINNER, {Level.BEGINNER: 0.6, Level.INTERMEDIATE: 0.3, Level.ADVANCED: 0.1}),
        (Level.INTERMEDIATE, {Level.BEGINNER: 0.25, Level.INTERMEDIATE: 0.5, Level.ADVANCED: 0.25}),
        (Level.ADVANCED, {Level.BEGINNER: 0.1, Level.INTERMEDIATE: 0.3, Level.ADVANCED: 0.6}),
    ],
)
def test_ones_own_level_is_likelier_and_no_level_is_left_out(
    own: Level, expected: dict[Level, float]
) -> None:
    pool = [a_theoretical_question(slug=level, level=level) for level in Level]
    track = a_track(question_mix=QuestionMix(theoretical=1, essay=0, profile=0))
    runs = 2000

    asked = Counter(choose(pool, track=track, level=own, seed=f"{n}")[0].level for n in range(runs))

    for level, share in expected.items():
        assert asked[level] / runs == pytest.approx(share, abs=0.03)
