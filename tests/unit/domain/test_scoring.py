from collections.abc import Mapping, Sequence

import pytest

from shared.domain.assessment import Answer, Response, Snapshot
from shared.domain.degraded import Degradation, DegradedReason
from shared.domain.essay import EssayScore
from shared.domain.question import Question, QuestionId
from shared.domain.recommendation import Gap
from shared.domain.scoring import (
    DEGRADED_CONFIDENCE,
    Band,
    DomainScore,
    Profile,
    RuleScore,
    band_of,
    build_profile,
    confidence_of,
    gaps_of,
    overall_score,
    percent,
    rule_score,
    rule_scores,
)
from shared.domain.track import Track
from tests.builders import (
    a_criterion_score,
    a_degradation,
    a_profile_question,
    a_provenance,
    a_response,
    a_rule_score,
    a_theoretical_question,
    a_track,
    a_track_domain,
    an_essay_question,
    an_essay_score,
    an_option,
    snapshots_of,
)


@pytest.mark.parametrize(
    ("overall", "band"),
    [
        (0, Band.FOUNDATION),
        (39, Band.FOUNDATION),
        (40, Band.DEVELOPING),
        (59, Band.DEVELOPING),
        (60, Band.PROFICIENT),
        (79, Band.PROFICIENT),
        (80, Band.ADVANCED),
        (100, Band.ADVANCED),
    ],
)
def test_bands_begin_at_40_60_and_80(overall: int, band: Band) -> None:
    assert band_of(overall) is band


@pytest.mark.parametrize(
    ("share", "points"),
    [
        (0.0, 0),
        (0.004, 0),
        (0.005, 1),
        (0.395, 40),
        (0.39499, 39),
        (0.725, 73),
        (0.995, 100),
        (1.0, 100),
        pytest.param((0.7 / 10) / 2, 4, id="3.5-that-floating-point-makes-less"),
    ],
)
def test_halves_of_a_point_go_up(share: float, points: int) -> None:
    assert percent(share) == points


class TestRuleScores:
    SINGLE = a_theoretical_question(
        options=(an_option("a", correct=True), an_option("b", correct=False)), weight=2.0
    )
    MULTIPLE = a_theoretical_question(
        options=(
            an_option("a", correct=True),
            an_option("b", correct=True),
            an_option("c", correct=False),
        ),
        multiple=True,
    )

    @pytest.mark.parametrize(
        ("selected", "score"),
        [
            pytest.param(("a", "b"), 1.0, id="exactly-the-key"),
            pytest.param(("b", "a"), 1.0, id="in-any-order"),
            pytest.param(("a",), 0.0, id="a-part-of-it"),
            pytest.param(("a", "b", "c"), 0.0, id="more-than-it"),
            pytest.param(("a", "c"), 0.0, id="half-right"),
            pytest.param(("c",), 0.0, id="wrong"),
            pytest.param((), 0.0, id="nothing"),
        ],
    )
    def test_a_multiple_choice_takes_the_exact_set(
        self, selected: tuple[str, ...], score: float
    ) -> None:
        response = a_response(self.MULTIPLE, answer=Answer(selected=selected))

        assert rule_score(self.MULTIPLE, response).score == score

    @pytest.mark.parametrize(("selected", "score"), [("a", 2.0), ("b", 0.0)])
    def test_the_whole_weight_or_nothing(self, selected: str, score: float) -> None:
        marked = rule_score(
            self.SINGLE, a_response(self.SINGLE, answer=Answer(selected=(selected,)))
        )

        assert (marked.score, marked.max_score) == (score, 2.0)
        assert (marked.question_id, marked.domain) == (self.SINGLE.id, self.SINGLE.domain)

    def test_no_response_is_no_points(self) -> None:
        assert rule_score(self.SINGLE, None).score == 0.0

    def test_nothing_selected_is_never_right(self) -> None:
        keyless = a_theoretical_question(options=(an_option("a", correct=False),))

        assert rule_score(keyless, a_response(keyless, answer=Answer())).score == 0.0

    def test_only_theoretical_questions_are_marked_by_rule(self) -> None:
        snapshots = snapshots_of(
            [an_essay_question(), self.MULTIPLE, a_profile_question(), self.SINGLE]
        )
        responses = {self.SINGLE.id: a_response(self.SINGLE)}

        scores = rule_scores(snapshots, responses)

        assert [(s.question_id, s.score) for s in scores] == [
            (self.MULTIPLE.id, 0.0),
            (self.SINGLE.id, 2.0),
        ]


class Marked:
    """Questions with their marks, as shares of what could be had."""

    def __init__(self) -> None:
        self.questions: list[Question] = []
        self.rules: list[RuleScore] = []
        self.essays: list[EssayScore] = []

    def theoretical(
        self,
        share: float,
        *,
        domain: str = "backend.databases",
        weight: float = 1.0,
        skills: tuple[str, ...] = (),
    ) -> "Marked":
        question = a_theoretical_question(domain=domain, weight=weight, skills=skills)
        self.questions.append(question)
        self.rules.append(a_rule_score(question.id, score=share * weight, max_score=weight))
        return self

    def essay(
        self,
        score: float,
        *,
        domain: str = "backend.databases",
        weight: float = 1.0,
        skills: tuple[str, ...] = (),
    ) -> "Marked":
        question = an_essay_question(domain=domain, weight=weight, skills=skills)
        self.questions.append(question)
        self.essays.append(an_essay_score(question_id=question.id, score=score))
        return self

    @property
    def snapshots(self) -> tuple[Snapshot, ...]:
        return snapshots_of(self.questions)

    def overall(self, track: Track | None = None) -> int:
        return overall_score(track or a_track(), self.snapshots, self.rules, self.essays)

    def gaps(self) -> tuple[Gap, ...]:
        return gaps_of(self.snapshots, self.rules, self.essays)

    def profile(
        self, track: Track | None = None, *, degradations: Sequence[Degradation] = ()
    ) -> Profile:
        return build_profile(
            track=track or a_track(),
            snapshots=self.snapshots,
            responses={q.id: a_response(q) for q in self.questions},
            rules=self.rules,
            essays=self.essays,
            degradations=degradations,
        )


class TestOverall:
    def test_it_is_the_mean_of_all_scored_questions(self) -> None:
        assert Marked().theoretical(1.0).theoretical(0.0).essay(8.0).overall() == 60

    def test_questions_count_by_their_weight(self) -> None:
        assert Marked().theoretical(1.0, weight=3.0).essay(0.0, weight=1.0).overall() == 75

    def test_domains_count_by_their_weight(self) -> None:
        track = a_track(
            domains=(a_track_domain(id="heavy", weight=3.0), a_track_domain(id="light", weight=1.0))
        )

        assert (
            Marked().theoretical(1.0, domain="heavy").essay(0, domain="light").overall(track) == 75
        )

    def test_both_weights_multiply(self) -> None:
        track = a_track(domains=(a_track_domain(id="heavy", weight=2.0),))
        marked = Marked().theoretical(1.0, domain="heavy", weight=2.0).essay(0.0, domain="other")

        assert marked.overall(track) == 80

    def test_profile_answers_never_count(self) -> None:
        marked = Marked().theoretical(1.0)
        marked.questions.append(a_profile_question())

        assert marked.overall() == 100

    def test_nothing_scored_is_nothing(self) -> None:
        assert Marked().overall() == 0

    def test_it_is_rounded_once_at_the_end(self) -> None:
        # 44.5 and 44.4 would be 45 and 44, whose mean would be 45.
        marked = Marked().theoretical(0.445, domain="a").theoretical(0.444, domain="b")

        assert [d.score for d in marked.profile().domain_breakdown] == [45, 44]
        assert marked.overall() == 44


class TestProfile:
    TRACK = a_track(
        domains=(
            a_track_domain(id="d.apis", name="APIs"),
            a_track_domain(id="d.data", name="Data", weight=3.0),
            a_track_domain(id="d.ops", name="Operations"),
        )
    )

    def test_domains_are_broken_down_each_by_its_questions_weights(self) -> None:
        marked = (
            Marked()
            .theoretical(1.0, domain="d.data", weight=3.0)
            .essay(2.0, domain="d.data", weight=1.0)
            .essay(5.5, domain="d.apis")
        )

        assert marked.profile(self.TRACK).domain_breakdown == (
            DomainScore(domain="d.apis", score=55, questions=1),
            DomainScore(domain="d.data", score=80, questions=2),
        )

    def test_what_was_not_scored_is_not_broken_down(self) -> None:
        marked = Marked().theoretical(1.0, domain="d.data")
        marked.questions += [a_profile_question(), an_essay_question(domain="d.ops")]

        assert [d.domain for d in marked.profile(self.TRACK).domain_breakdown] == ["d.data"]

    def test_the_band_is_that_of_the_overall_score(self) -> None:
        profile = Marked().theoretical(0.8).profile()

        assert (profile.overall_score, profile.band) == (80, Band.ADVANCED)

    def test_70_percent_is_a_strength_and_the_best_comes_first(self) -> None:
        marked = (
            Marked()
            .theoretical(0.69, domain="d.ops")
            .theoretical(0.70, domain="d.apis")
            .theoretical(1.0, domain="d.data")
        )

        assert marked.profile(self.TRACK).strengths == (
            "Data: You reason soundly about how data is stored.",
            "APIs: You reason soundly about how data is stored.",
        )

    def test_under_60_percent_is_to_be_improved_and_the_worst_comes_first(self) -> None:
        marked = (
            Marked()
            .theoretical(0.60, domain="d.ops")
            .theoretical(0.59, domain="d.apis")
            .theoretical(0.0, domain="d.data")
        )

        assert marked.profile(self.TRACK).improvements == (
            "Data: Practise schema design on a real database.",
            "APIs: Practise schema design on a real database.",
        )

    def test_of_a_domain_that_the_track_does_not_know_nothing_is_said(self) -> None:
        marked = Marked().theoretical(1.0, domain="d.old").theoretical(0.0, domain="d.older")
        profile = marked.profile(self.TRACK)

        assert (profile.strengths, profile.improvements) == ((), ())
        assert len(profile.domain_breakdown) == 2

    def test_a_contested_profile_can_be_computed_again(self) -> None:
        marked = Marked().theoretical(1.0).essay(4.0, domain="d.apis")

        assert marked.profile(self.TRACK) == marked.profile(self.TRACK)

    def test_confidence_is_part_of_it(self) -> None:
        degradations = [a_degradation(DegradedReason.ESSAY_SCORING_FALLBACK)]

        assert Marked().essay(8.0).profile(degradations=degradations).confidence == 0.8


class TestConfidence:
    QUESTIONS = (a_theoretical_question(), an_essay_question(), a_profile_question())
    SNAPSHOTS = snapshots_of(QUESTIONS)
    ALL: Mapping[QuestionId, Response] = {q.id: a_response(q) for q in QUESTIONS}

    def of(
        self,
        *,
        responses: Mapping[QuestionId, Response] | None = None,
        unsure: Sequence[bool] = (False, False),
        degradations: Sequence[Degradation] = (),
    ) -> float:
        criteria = tuple(a_criterion_score(unsure=u) for u in unsure)
        return confidence_of(
            self.SNAPSHOTS,
            self.ALL if responses is None else responses,
            [an_essay_score(criteria=criteria)] if criteria else [],
            degradations,
        )

    def test_all_answered_all_sure_nothing_degraded_is_full(self) -> None:
        assert self.of() == 1.0

    def test_it_falls_with_each_question_that_has_no_answer(self) -> None:
        first, second, third = self.QUESTIONS

        assert self.of(responses={first.id: self.ALL[first.id]}) == 0.33
        assert self.of(responses={q.id: self.ALL[q.id] for q in (first, third)}) == 0.67
        assert self.of(responses={}) == 0.0
        assert second.id in self.ALL

    def test_a_blank_answer_is_no_answer(self) -> None:
        essay = self.QUESTIONS[1]
        blank = {essay.id: a_response(essay, answer=Answer(text=" "))}

        assert self.of(responses={**self.ALL, **blank}) == 0.67

    @pytest.mark.parametrize(
        ("unsure", "confidence"),
        [
            pytest.param((True, True), 0.5, id="none-sure-costs-half"),
            pytest.param((True, False), 0.75, id="half-sure"),
            pytest.param((True, False, False, False), 0.88, id="three-of-four"),
            pytest.param((), 1.0, id="no-essays"),
        ],
    )
    def test_unsure_criteria_cost_half_their_share(
        self, unsure: Sequence[bool], confidence: float
    ) -> None:
        assert self.of(unsure=unsure) == confidence

    def test_what_an_engine_says_of_itself_is_one_input(self) -> None:
        modest = an_essay_score(criteria=(a_criterion_score(certainty=0.75),))
        boastful = an_essay_score(criteria=(a_criterion_score(certainty=1.0, unsure=True),))

        assert confidence_of(self.SNAPSHOTS, self.ALL, [modest], []) == 0.88
        assert confidence_of(self.SNAPSHOTS, self.ALL, [boastful], []) == 0.5

    def test_an_essay_on_which_two_engines_disagree_is_not_trusted(self) -> None:
        agreed, disputed = an_essay_score(), an_essay_score(flags=("engines_disagree",))

        assert confidence_of(self.SNAPSHOTS, self.ALL, [agreed, disputed], []) == 0.75

    @pytest.mark.parametrize(
        ("reason", "confidence"),
        [
            (DegradedReason.ESSAY_SCORING_FALLBACK, 0.8),
            (DegradedReason.RETRIEVAL_FALLBACK, 0.95),
            (DegradedReason.SUMMARY_FALLBACK, 1.0),
            (DegradedReason.INCOMPLETE_DATA, 1.0),
        ],
    )
    def test_each_kind_of_fallback_has_its_price(
        self, reason: DegradedReason, confidence: float
    ) -> None:
        assert self.of(degradations=[a_degradation(reason)]) == confidence

    def test_every_kind_has_one(self) -> None:
        assert set(DEGRADED_CONFIDENCE) == set(DegradedReason)

    def test_a_kind_costs_once_however_many_questions_it_befell(self) -> None:
        fallbacks = [a_degradation(question_id=f"q_{n}") for n in range(3)]

        assert self.of(degradations=fallbacks) == 0.8

    def test_what_fell_back_costs_nothing_once_a_person_has_marked_it(self) -> None:
        engines, persons = (
            an_essay_score(question_id=q, provenance=a_provenance(engine=engine))
            for q, engine in (("q_1", "rubric"), ("q_2", "person"))
        )
        fell_back = [a_degradation(question_id=q) for q in ("q_1", "q_2")]

        def confidence(*essays: EssayScore) -> float:
            return confidence_of(self.SNAPSHOTS, self.ALL, essays, fell_back[-len(essays) :])

        assert confidence(persons) == 1.0
        assert confidence(engines, persons) == 0.8, "the other essay's marks are the fallback's"

    def test_everything_multiplies(self) -> None:
        first, second, _ = self.QUESTIONS
        confidence = self.of(
            responses={q.id: self.ALL[q.id] for q in (first, second)},
            unsure=(True, False),
            degradations=[
                a_degradation(DegradedReason.ESSAY_SCORING_FALLBACK),
                a_degradation(DegradedReason.RETRIEVAL_FALLBACK),
            ],
        )

        assert confidence == round(2 / 3 * 0.75 * 0.8 * 0.95, 2) == 0.38

    def test_of_an_assessment_without_questions_nothing_is_known(self) -> None:
        assert confidence_of([], {}, [], []) == 0.0


class TestGaps:
    def test_a_gap_is_the_mean_share_lost_on_a_skill(self) -> None:
        marked = (
            Marked()
            .theoretical(0.0, skills=("sql",))
            .essay(6.0, skills=("sql", "indexes"))
            .theoretical(1.0, skills=("http",))
        )

        assert [(g.skill, pytest.approx(g.severity)) for g in marked.gaps()] == [
            ("sql", 0.7),
            ("indexes", 0.4),
        ]

    def test_equal_gaps_stand_in_alphabetical_order(self) -> None:
        marked = Marked().theoretical(0.0, skills=("sql", "http", "git"))

        assert [g.skill for g in marked.gaps()] == ["git", "http", "sql"]

    def test_full_marks_leave_no_gap(self) -> None:
        assert Marked().theoretical(1.0, skills=("sql",)).essay(10.0, skills=("sql",)).gaps() == ()
