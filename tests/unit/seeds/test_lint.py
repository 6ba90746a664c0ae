"""Each flaw of a question or a pool is one finding, and sound seeds have none."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.adapters.content_checks.chance import distribution, is_often, is_seldom
from shared.adapters.content_checks.finding import Finding, Severity
from shared.adapters.content_checks.likeness import (
    alike_in_content,
    alike_in_wording,
    first_of_each,
)
from shared.adapters.content_checks.prose import grade_of, prose_of, syllables
from shared.adapters.content_checks.questions import check_question, check_together
from shared.adapters.content_checks.seeds import lint_seeds
from shared.adapters.seed_files.source import SeedFolder
from tests.builders import a_theoretical_question, an_essay_question, an_option
from tests.fakes.ids import FakeIds
from tests.unit.seeds.small import Change, Files, at, put, together, write
from tests.unit.seeds.sound import BACKEND, CREDENTIALS, DATA, as_json, entries_of, sound_seeds

REAL = Path(__file__).parents[3] / "seeds"

T, E, P = (f"{BACKEND}/{kind}.yaml" for kind in ("theoretical", "essay", "profile"))
FIRST = (T, "questions", 0)
ESSAY = (E, "questions", 0)
RUBRIC = (*ESSAY, "rubric")
CRITERION = (*RUBRIC, "criteria", 0)
POINT = (*RUBRIC, "keyPoints", 0)
LEVELS = (*CRITERION, "levels")
K0 = f"{E}: questions/be-e-0/rubric/keyPoints/k0"


def findings(*changes: Change, tracks: tuple[str, ...] = ()) -> list[Finding]:
    files = sound_seeds()
    together(*changes)(files)
    return lint_seeds(entries_of(files), tracks)


def copy(source: tuple[str | int, ...], target: tuple[str | int, ...]) -> Change:
    def change(files: Files) -> None:
        put(*target, value=at(*source)(files))(files)

    return change


def rewrite(*path: str | int, by: Callable[[str], str]) -> Change:
    def change(files: Files) -> None:
        put(*path, value=by(at(*path)(files)))(files)

    return change


def words(text: str, first: int, last: int) -> str:
    return " ".join(text.split()[first:last])


def give_away(share: int) -> Change:
    """Return the change that lets the prompt say so many of the five words of a key point."""

    def change(files: Files) -> None:
        said = words(at(*POINT, "text")(files), 0, share)
        put(*ESSAY, "prompt", value=f"Explain why {said}.")(files)
        put(*POINT, "terms", value=[["bedu"], [at(*POINT, "text")(files).split()[-1]]])(files)
        rewrite(*RUBRIC, "referenceAnswer", by=lambda text: f"Bedu {text}")(files)

    return change


def leave_out(points: str) -> Change:
    """Return the change that puts only a part of the first key point into the reference answer."""

    def change(files: Files) -> None:
        sentences = at(*RUBRIC, "referenceAnswer")(files).split(". ")
        put(*RUBRIC, "referenceAnswer", value=". ".join([points, *sentences[1:]]))(files)

    return change


def resemble(*, of: int) -> Change:
    """Return the change that makes two of a criterion's levels share so many of six words."""

    def change(files: Files) -> None:
        low, high = (at(*LEVELS, n, "description")(files) for n in (0, 1))
        text = f"{words(low, 0, of)} {words(high, of, 6)}"
        put(*LEVELS, 1, "description", value=text)(files)

    return change


def lengthen_keys(number: int, *, by: int = 1) -> Change:
    """Return the change that makes so many keys longer by some characters, or shorter."""

    def change(files: Files) -> None:
        for question in at(T, "questions")(files)[:number]:
            key = next(o for o in question["options"] if o["correct"])
            key["text"] = (key["text"] + "a" * by) if by > 0 else key["text"][:by]

    return change


def key_at(letters: str) -> Change:
    """Return the change that moves the first keys to these positions."""

    def change(files: Files) -> None:
        for letter, question in zip(letters, at(T, "questions")(files), strict=False):
            for option in question["options"]:
                option["correct"] = option["id"] == letter

    return change


def all_of(kind: str, **values: object) -> Change:
    def change(files: Files) -> None:
        for question in at(kind, "questions")(files):
            question.update(values)

    return change


def cut(kind: str, number: int) -> Change:
    def change(files: Files) -> None:
        questions = at(kind, "questions")(files)
        del questions[number:]

    return change


def make_multiple(files: Files) -> None:
    """Let the first question have two keys, in balance with the other keys."""
    put(*FIRST, "multiple", value=True)(files)
    put(*FIRST, "options", 1, "correct", value=True)(files)


def say_all_that_apply(files: Files) -> None:
    rewrite(*FIRST, "prompt", by=lambda text: f"{text} Select all that apply.")(files)


HARD = (
    "The server of the company reads many messages from another company. It then immediately "
    "writes the interesting ones to several of its own databases."
)
VERY_HARD = HARD.replace(". It then", ", and it then")

FLAWS: dict[str, tuple[Change, str, str, str]] = {
    # Rubrics
    "levels that differ in a word": (
        resemble(of=5),
        "error levels-alike",
        f"{E}: questions/be-e-0/rubric/criteria/accuracy",
        "The levels 2 and 5 share 71% of their words",
    ),
    "levels that differ in two words": (
        resemble(of=4),
        "warning levels-alike",
        f"{E}: questions/be-e-0/rubric/criteria/accuracy",
        "The levels 2 and 5 share 50% of their words",
    ),
    "a criterion of another question": (
        copy(LEVELS, (E, "questions", 1, "rubric", "criteria", 0, "levels")),
        "error levels-reused",
        f"{E}: questions/be-e-1/rubric/criteria/accuracy",
        "3 of 3 levels stand word for word in be-e-0",
    ),
    "a level of another question": (
        copy(
            (*LEVELS, 0, "description"),
            (E, "questions", 1, "rubric", "criteria", 1, "levels", 2, "description"),
        ),
        "warning levels-reused",
        f"{E}: questions/be-e-1/rubric/criteria/clarity",
        "1 of 3 levels stand word for word in be-e-0",
    ),
    # Key points
    "a key point that the prompt says": (
        give_away(4),
        "error key-point-in-prompt",
        K0,
        "80% of its words stand in one sentence of the prompt",
    ),
    "a key point that the prompt hints at": (
        give_away(3),
        "warning key-point-in-prompt",
        K0,
        "60% of its words stand in one sentence of the prompt",
    ),
    "a key point of a few words that the prompt says": (
        together(
            put(*ESSAY, "prompt", value="Explain why bedu zudi pibo."),
            put(*POINT, "text", value="Bedu zudi, and a pibo."),
            put(*POINT, "terms", value=[["sufa"], ["vogi"]]),
            rewrite(*RUBRIC, "referenceAnswer", by=lambda text: f"Sufa vogi. {text}"),
        ),
        "warning key-point-in-prompt",
        K0,
        "100% of its words",
    ),
    "terms that the prompt says": (
        together(
            put(*ESSAY, "prompt", value="Explain the bedu and zudi."),
            put(*POINT, "terms", value=[["bedu", "zudi"]]),
            rewrite(*RUBRIC, "referenceAnswer", by=lambda text: f"{text} Bedu."),
        ),
        "warning terms-in-prompt",
        f"{K0}/terms/0",
        "The prompt says “bedu”, “zudi” itself",
    ),
    "a key point that the reference answer lacks": (
        leave_out("Something else"),
        "error key-point-uncovered",
        K0,
        "The reference answer covers 0% of it by the engine's reading (no wording of the group",
    ),
    "a key point that the reference answer hints at": (
        lambda files: leave_out(words(at(*POINT, "text")(files), 1, 3))(files),
        "warning key-point-uncovered",
        K0,
        "The reference answer covers 48% of it",
    ),
    "a key point that the reference answer denies": (
        lambda files: leave_out(f"There is no {at(*POINT, 'text')(files)}")(files),
        "error key-point-uncovered",
        K0,
        "(it is mentioned only within the reach of a negation",
    ),
    # Options
    "a multiple choice that does not say so": (
        make_multiple,
        "error key-count",
        f"{T}: questions/be-t-0/prompt",
        "Several options are correct and the prompt does not say so",
    ),
    "a single choice that says otherwise": (
        say_all_that_apply,
        "error key-count",
        f"{T}: questions/be-t-0/prompt",
        "The prompt asks for all that apply, but only one option can be chosen",
    ),
    "a key that stands out": (
        rewrite(*FIRST, "options", 0, "text", by=lambda text: f"{text} and {text}"),
        "warning key-length",
        f"{T}: questions/be-t-0/options/a",
        "The key is 2.2 times as long as the others",
    ),
    "keys that are the longest": (
        lengthen_keys(9),
        "error longest-is-key",
        f"{T}: questions",
        "In 9 of 18 questions the longest option is correct; chance gives 4",
    ),
    "keys that are the shortest": (
        lengthen_keys(9, by=-7),
        "warning shortest-is-key",
        f"{T}: questions",
        "In 9 of 18 questions the shortest option is correct; chance gives 4",
    ),
    "a favoured position": (
        # With the others as they are: b has 5, c and d have 4 each.
        key_at("aaaaaaabbcdabcdabc"),
        "error key-position",
        f"{T}: questions",
        "Option a is correct in 9 of 18 questions; chance gives 4",
    ),
    "a position that is never the key": (
        key_at("aaaaaabbbbbbcccccc"),
        "error key-position",
        f"{T}: questions",
        "Option d is correct in 0 of 18 questions; chance gives 4",
    ),
    # Reading level
    "a prompt that is hard to read": (
        put(*FIRST, "prompt", value=HARD),
        "warning reading-level",
        f"{T}: questions/be-t-0/prompt",
        "Its prose reads at grade 11.7 (over 10)",
    ),
    "a prompt that is far too hard to read": (
        put(*FIRST, "prompt", value=VERY_HARD),
        "error reading-level",
        f"{T}: questions/be-t-0/prompt",
        "Its prose reads at grade",
    ),
    "an interest in a track without credentials": (
        lambda files: [
            c["tracks"].remove("backend-engineer") for c in at(CREDENTIALS, "credentials")(files)
        ],
        "warning interests-lead-nowhere",
        f"{BACKEND}/track.yaml",
        "No credential names this track",
    ),
    # Twins
    "a prompt of another question": (
        copy((*FIRST, "prompt"), (T, "questions", 1, "prompt")),
        "error near-identical",
        f"{T}: questions/be-t-1",
        "Shares 100% of the wording of the prompts with be-t-0",
    ),
    "a prompt much like another": (
        # Of eight sequences of three words each, five are the same: 5 / 11.
        together(
            rewrite(*FIRST, "prompt", by=lambda _: "Which ba bi bo bu da di do du fa"),
            put(T, "questions", 1, "prompt", value="Which ba bi bo bu da di fi fo fu"),
        ),
        "warning near-identical",
        f"{T}: questions/be-t-1",
        "Shares 45% of the wording of the prompts",
    ),
    "prompt and key in another order": (
        together(
            put(*FIRST, "prompt", value="Does bidufa the gomuki when rasoli vitanu?"),
            put(T, "questions", 1, "prompt", value="When vitanu is rasoli, who gomuki a bidufa?"),
            copy((*FIRST, "options", 0, "text"), (T, "questions", 1, "options", 1, "text")),
        ),
        "error near-identical",
        f"{T}: questions/be-t-1",
        "Shares 100% of the content of prompt and key with be-t-0",
    ),
    "a question of another track": (
        copy((*FIRST, "prompt"), (f"{DATA}/theoretical.yaml", "questions", 1, "prompt")),
        "error near-identical",
        f"{DATA}/theoretical.yaml: questions/da-t-1",
        "with be-t-0",
    ),
    # Spread
    "too few theoretical questions": (
        cut(T, 17),
        "error pool-size",
        f"{T}: questions",
        "The pool has 17 questions; write 1 more",
    ),
    "too few essays": (cut(E, 8), "error pool-size", f"{E}: questions", "The pool has 8"),
    "too few profile questions": (cut(P, 7), "error pool-size", f"{P}: questions", "The pool has"),
    "a domain without essays": (
        all_of(E, domain="be.one"),
        "error domain-without-questions",
        f"{BACKEND}/track.yaml: domains/be.two",
        "The domain has no essay question",
    ),
    "a level without theoretical questions": (
        together(
            *(
                put(T, "questions", n, "level", value="beginner")
                for n in range(18)
                if n % 3 == 2  # advanced in the sound seeds
            )
        ),
        "error level-without-questions",
        f"{T}: questions",
        "There is no advanced question",
    ),
    "a question without skills": (
        put(*FIRST, "skills", value=[]),
        "warning no-skills",
        f"{T}: questions/be-t-0/skills",
        "The question names no skill",
    ),
    "an interest that nothing teaches": (
        together(
            put("skills.yaml", "skills", 1, "id", value="go"),
            put(P, "questions", 0, "options", 0, "interests", value=["go"]),
        ),
        "warning interests-lead-nowhere",
        f"{P}: questions/be-p-0/options/a/interests",
        "No credential of the track teaches go",
    ),
}


class TestFlaws:
    def test_sound_seeds_have_none(self) -> None:
        assert findings() == []

    @pytest.mark.parametrize(("change", "what", "where", "message"), FLAWS.values(), ids=FLAWS)
    def test_one_flaw_is_one_finding_with_its_place(
        self, change: Change, what: str, where: str, message: str
    ) -> None:
        (found,) = findings(change)

        assert f"{found.severity} {found.check}" == what
        assert found.where == where
        assert message in found.message


FINE: dict[str, Change] = {
    "a multiple choice that says so": together(make_multiple, say_all_that_apply),
    "a key point half in the prompt": give_away(2),
    "a key point whose words are scattered over the prompt": together(
        give_away(2),
        lambda files: rewrite(
            *ESSAY,
            "prompt",
            by=lambda text: f"{text} Say {words(at(*POINT, 'text')(files), 2, 4)}.",
        )(files),
    ),
    "a group with a wording besides the prompt's": together(
        rewrite(*ESSAY, "prompt", by=lambda text: f"{text} Mind the bedu."),
        lambda files: put(*POINT, "terms", value=[["bedu", at(*POINT, "text")(files).split()[0]]])(
            files
        ),
    ),
    "levels that share three words of six": resemble(of=3),
    "keys that are the longest in eight of eighteen": lengthen_keys(8),
    "a reference answer that says nearly all of a key point": lambda files: leave_out(
        words(at(*POINT, "text")(files), 0, 4)
    )(files),
    "short options of unequal length": together(
        put(*FIRST, "options", 0, "text", value="16,384"),
        *(put(*FIRST, "options", n, "text", value=f"{n}2") for n in (1, 2, 3)),
    ),
    "a profile question that another track asks too": copy(
        (P, "questions", 0, "prompt"), (f"{DATA}/profile.yaml", "questions", 0, "prompt")
    ),
    "a question that was removed": together(
        copy((*FIRST, "prompt"), (T, "questions", 1, "prompt")),
        lambda files: at(T, "questions")(files).append(
            {**at(T, "questions", 1)(files), "id": "be-t-18", "prompt": "Which sarafo?"}
        ),
        put(T, "questions", 1, "active", value=False),
    ),
    "code in a prompt": put(
        *ESSAY,
        "prompt",
        value=(
            "Say what it does.\n\n    for administrator in organisation.administrators:\n"
            "        notify(administrator.identification, organisation.representative)\n"
        ),
    ),
}


@pytest.mark.parametrize("change", FINE.values(), ids=FINE)
def test_what_is_fine_is_left_alone(change: Change) -> None:
    assert findings(change) == []


class TestTracks:
    def test_only_those_chosen_are_reported(self) -> None:
        flaw = put(*FIRST, "skills", value=[])

        assert findings(flaw, tracks=("data-analyst",)) == []
        assert len(findings(flaw, tracks=("backend-engineer",))) == 1

    @pytest.mark.parametrize(
        ("track", "slug"), [("backend-engineer", "be"), ("data-analyst", "da")]
    )
    def test_what_two_tracks_share_is_said_of_the_one_chosen(self, track: str, slug: str) -> None:
        same = copy((*FIRST, "prompt"), (f"{DATA}/theoretical.yaml", "questions", 0, "prompt"))

        (found,) = findings(same, tracks=(track,))

        assert found.where == f"tracks/{track}/theoretical.yaml: questions/{slug}-t-0"


class TestFaultsOfLoading:
    def lint(self, folder: Path, change: Change, *tracks: str) -> list[Finding]:
        files = sound_seeds()
        change(files)
        return lint_seeds(SeedFolder(write(folder, as_json(files)), FakeIds()).entries(), tracks)

    def test_they_are_errors_in_their_place(self, tmp_path: Path) -> None:
        (found,) = self.lint(tmp_path, put(*FIRST, "weight", value=0))

        assert (found.severity, found.check) == (Severity.ERROR, "loader")
        assert found.where == f"{T}: questions/be-t-0/weight"
        assert found.message == "Input should be greater than 0"

    def test_one_track_that_cannot_be_read_hides_no_other(self, tmp_path: Path) -> None:
        broken = together(
            put(*FIRST, "weight", value=0),
            put(f"{DATA}/essay.yaml", "questions", 0, "skills", value=[]),
        )

        assert [f.check for f in self.lint(tmp_path, broken)] == ["loader", "no-skills"]
        assert [f.check for f in self.lint(tmp_path, broken, "data-analyst")] == ["no-skills"]

    def test_a_missing_file_is_one_of_them(self, tmp_path: Path) -> None:
        (found,) = self.lint(tmp_path, lambda files: files.pop(P))

        assert (found.where, found.message) == (P, "the file is missing")

    def test_an_unknown_skill_is_one_of_them(self, tmp_path: Path) -> None:
        (found,) = self.lint(tmp_path, put(*ESSAY, "skills", value=["sqll"]), "backend-engineer")

        assert found.message == "there is no skill 'sqll'"

    def test_those_of_the_catalog_are_named_when_no_track_is(self, tmp_path: Path) -> None:
        broken = put(CREDENTIALS, "credentials", 0, "hours", value=0)

        assert "loader" in {f.check for f in self.lint(tmp_path, broken)}
        assert "loader" not in {f.check for f in self.lint(tmp_path, broken, "data-analyst")}


class TestQuestionsThatNoSeedMayHold:
    """The loader refuses them; other ways in rely on the check."""

    @pytest.mark.parametrize(
        ("correct", "multiple", "message"),
        [
            ("", False, "0 options are correct; a single choice has exactly one"),
            ("ab", False, "2 options are correct; a single choice has exactly one"),
            ("a", True, "1 of 3 options are correct; a multiple choice has at least two"),
            ("abc", True, "3 of 3 options are correct; a multiple choice has at least two"),
        ],
    )
    def test_a_wrong_number_of_keys_is_an_error(
        self,
        correct: str,
        multiple: bool,  # noqa: FBT001
        message: str,
    ) -> None:
        question = a_theoretical_question(
            prompt="Which? Select all that apply." if multiple else "Which?",
            options=tuple(an_option(letter, correct=letter in correct) for letter in "abc"),
            multiple=multiple,
        )

        (found,) = check_question(question)

        assert (found.severity, found.check) == (Severity.ERROR, "key-count")
        assert message in found.message

    def test_criteria_of_one_question_may_not_share_levels_either(self) -> None:
        found = list(check_together([an_essay_question(slug="e-1")]))

        assert [f.where for f in found] == [
            "questions/e-1/rubric/criteria/clarity",
            "questions/e-1/rubric/criteria/coherence",
        ]


class TestChance:
    def test_equal_chances_give_the_binomial_distribution(self) -> None:
        assert distribution([0.5] * 4) == pytest.approx([1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16])

    def test_unequal_chances_give_their_own(self) -> None:
        assert distribution([0.5, 0.2]) == pytest.approx([0.4, 0.5, 0.1])

    @pytest.mark.parametrize(("hits", "often"), [(8, False), (9, True)])
    def test_often_is_what_chance_seldom_gives(self, hits: int, often: bool) -> None:  # noqa: FBT001
        # Of 18 at 1/4: 8 or more in 5.7 %, 9 or more in 1.9 % of pools.
        assert is_often(hits, [0.25] * 18) is often

    @pytest.mark.parametrize(("hits", "seldom"), [(1, True), (2, False)])
    def test_seldom_is_what_chance_seldom_undercuts(self, hits: int, seldom: bool) -> None:  # noqa: FBT001
        # Of 18 at 1/4: 1 or fewer in 3.9 %, 2 or fewer in 13.5 % of pools.
        assert is_seldom(hits, [0.25] * 18) is seldom


class TestReadingLevel:
    def test_the_grade_is_that_of_flesch_and_kincaid(self) -> None:
        text = "The cat sat on the mat. The small dog ran to the old red barn."

        # 15 words, 2 sentences, 15 syllables.
        assert grade_of(text) == pytest.approx(0.39 * 7.5 + 11.8 - 15.59)

    def test_a_few_words_have_none(self) -> None:
        assert grade_of("Which organisation standardises interoperability?") is None

    @pytest.mark.parametrize(
        ("word", "number"),
        [("cache", 1), ("table", 2), ("database", 3), ("stored", 1), ("needed", 2), ("queue", 1),
         ("well-known", 2), ("the", 1), ("transaction", 3), ("responses", 3), ("rules", 1)],
    )  # fmt: skip
    def test_syllables_are_counted(self, word: str, number: int) -> None:
        assert syllables(word) == number

    def test_code_and_identifiers_are_left_out(self) -> None:
        text = (
            "The function find_user reads this table:\n\n    SELECT id FROM users\n\n"
            "Say what `db.execute(query)` does over HTTP/2.\n```\nx = 1\n```\nIs it safe?"
        )

        assert prose_of(text).split() == (
            "The function reads this table: . Say what does over . . Is it safe?".split()  # noqa: SIM905
        )


class TestLikeness:
    def test_texts_with_the_same_words_in_another_order_are_alike_in_content_alone(self) -> None:
        texts = ["a slow database query", "the query of a database is slow", "a fast car"]

        assert list(alike_in_content(texts, 0.9)) == [(0, 1, pytest.approx(1))]
        assert list(alike_in_wording(texts, 0.1)) == []

    def test_the_rest_of_a_large_pool_changes_nothing_of_what_pairs_share(self) -> None:
        texts = [f"which of these is right {n} {n + 1000} {n + 2000}" for n in range(500)]

        assert list(alike_in_wording([*texts, texts[7]], 0.9)) == [(7, 500, 1.0)]

    def test_marks_that_tell_names_apart_count(self) -> None:
        assert first_of_each(["C", "C++", "C#", "c++.", "“C”"]) == {3: 1, 4: 0}


class TestTheRealSeeds:
    def test_no_check_finds_an_error(self) -> None:
        found = lint_seeds(SeedFolder(REAL, FakeIds()).entries())

        assert [f for f in found if f.severity is Severity.ERROR] == []
