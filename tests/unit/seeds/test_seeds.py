"""The seeds that are deployed have no fault, and a fault of any kind is named."""

from collections import Counter
from itertools import combinations
from pathlib import Path
from statistics import mean

import pytest

from shared.adapters.seed_files.source import SeedFolder
from shared.domain.bundle import choose_bundle
from shared.domain.errors import InvalidSeedsError
from shared.domain.level import Level
from shared.domain.question import QuestionType
from shared.domain.retrieval import passages
from shared.ports.seed_source import Seeds
from tests.fakes.ids import FakeIds
from tests.unit.seeds.small import (
    CREDENTIALS,
    ESSAY,
    LEVELS,
    PROFILE,
    SKILLS,
    THEORETICAL,
    TRACK,
    Change,
    Files,
    drop,
    put,
    repeat,
    together,
    without_fault,
    write,
)

REAL = Path(__file__).parents[3] / "seeds"


@pytest.fixture(scope="module")
def seeds() -> Seeds:
    return SeedFolder(REAL, FakeIds()).read()


class TestTheRealSeeds:
    def test_the_eight_tracks_are_there(self, seeds: Seeds) -> None:
        assert {seed.content.id for seed in seeds.tracks} == {
            "backend-engineer",
            "cybersecurity-analyst",
            "data-analyst",
            "data-engineer",
            "devops-cloud-engineer",
            "frontend-engineer",
            "machine-learning-engineer",
            "mobile-developer",
        }

    @pytest.mark.parametrize("level", Level)
    def test_two_assessments_of_a_track_rarely_feel_the_same(
        self, seeds: Seeds, level: Level
    ) -> None:
        for track in (seed.content for seed in seeds.tracks):
            pool = [s.content for s in seeds.questions if s.content.track_id == track.id]
            asked = [
                {q.slug for q in choose_bundle(track, pool, level, seed=f"{n}")[:6]}
                for n in range(60)
            ]
            shared = [len(a & b) for a, b in combinations(asked, 2)]

            # Of the six questions that score; four or more of them would feel the same.
            assert sum(shared) / len(shared) <= 2
            assert sum(n >= 4 for n in shared) / len(shared) <= 0.1

    def test_experience_steers_difficulty(self, seeds: Seeds) -> None:
        for track in (seed.content for seed in seeds.tracks):
            pool = [s.content for s in seeds.questions if s.content.track_id == track.id]
            ranks = [
                mean(
                    q.level.rank
                    for n in range(40)
                    for q in choose_bundle(track, pool, level, seed=f"{n}")[:6]
                )
                for level in Level
            ]

            assert ranks[0] + 0.2 < ranks[1] < ranks[2] - 0.2

    @pytest.mark.parametrize("level", Level)
    def test_every_track_fills_its_mix_from_domains_apart(self, seeds: Seeds, level: Level) -> None:
        for track in (seed.content for seed in seeds.tracks):
            pool = [s.content for s in seeds.questions if s.content.track_id == track.id]
            for number in range(20):
                bundle = choose_bundle(track, pool, level, seed=f"{number}")

                assert len(bundle) == track.question_mix.total
                assert len({q.domain for q in bundle[:3]}) == 3

    def test_every_domain_of_a_track_has_questions(self, seeds: Seeds) -> None:
        asked = {(s.content.track_id, s.content.domain) for s in seeds.questions}

        for track in (seed.content for seed in seeds.tracks):
            assert {(track.id, domain.id) for domain in track.domains} <= asked

    def test_keys_are_not_given_away_by_their_place(self, seeds: Seeds) -> None:
        places = Counter(
            next(i for i, option in enumerate(s.content.options) if option.correct)
            for s in seeds.questions
            if s.content.type is QuestionType.THEORETICAL and not s.content.multiple
        )

        assert max(places.values()) < places.total() / 2

    def test_what_can_be_cited_stands_literally_in_the_catalog(self, seeds: Seeds) -> None:
        for credential in (seed.content for seed in seeds.credentials):
            for passage in passages(credential):
                written = (
                    credential.outcomes if passage.field == "outcomes" else [credential.description]
                )
                assert any(passage.snippet in text for text in written), credential.slug

    def test_hashes_tell_pieces_apart(self, seeds: Seeds) -> None:
        hashes = [s.content_hash for s in (*seeds.tracks, *seeds.questions, *seeds.credentials)]

        assert len(set(hashes)) == len(hashes)


def faults_of(folder: Path, files: Files) -> list[str]:
    with pytest.raises(InvalidSeedsError) as caught:
        SeedFolder(write(folder, files), FakeIds()).read()
    return list(caught.value.faults)


Q = "questions"
T_OPTIONS = (THEORETICAL, Q, 0, "options")
RUBRIC = (ESSAY, Q, 0, "rubric")
CRITERION = (*RUBRIC, "criteria", 0)
CREDENTIAL = (CREDENTIALS, "credentials", 0)

FLAWS: dict[str, tuple[Change, str]] = {
    # Files
    "skills-missing": (drop(SKILLS), "skills.yaml: the file is missing"),
    "track-missing": (drop(TRACK), f"{TRACK}: the file is missing"),
    "pool-missing": (drop(ESSAY), f"{ESSAY}: the file is missing"),
    "empty": (put(PROFILE, value=b""), f"{PROFILE}: the file is empty"),
    "only-comments": (put(PROFILE, value=b"# later\n"), f"{PROFILE}: the file is empty"),
    "not-utf-8": (put(SKILLS, value=b"skills: [\xff]"), "skills.yaml: the file is not UTF-8"),
    "not-yaml": (put(SKILLS, value=b"skills: [}"), "skills.yaml: not YAML: "),
    "nul-byte": (put(SKILLS, value=b"skills: [\0]"), "skills.yaml: not YAML: "),
    "python-objects": (
        put(SKILLS, value=b"skills: !!python/object/apply:os.getcwd []"),
        "skills.yaml: not YAML: could not determine a constructor",
    ),
    "a-list": (put(SKILLS, value=["sql"]), "skills.yaml: .: Input should be a valid dictionary"),
    # Skills
    "skill-twice": (repeat(SKILLS, "skills"), "skills.yaml: skills/sql: the id is used 2 times"),
    "skill-without-name": (
        drop(SKILLS, "skills", 0, "name"),
        "skills.yaml: skills/sql/name: Field",
    ),
    "esco-no-url": (
        put(SKILLS, "skills", 0, "esco", value="S1.2"),
        "skills.yaml: skills/sql/esco: Input should be a valid URL",
    ),
    # Tracks
    "track-in-the-wrong-folder": (
        together(put(TRACK, "id", value="backend"), put(*CREDENTIAL, "tracks", 0, value="backend")),
        f"{TRACK}: id: is 'backend', but the folder is 'tracks/backend-engineer'",
    ),
    "unknown-focus": (
        put(TRACK, "skillFocus", 0, value="sqll"),
        f"{TRACK}: skillFocus: there is no skill 'sqll'",
    ),
    "unknown-skill-of-a-domain": (
        put(TRACK, "domains", 0, "skills", 0, value="sqll"),
        f"{TRACK}: domains/backend.databases/skills: there is no skill 'sqll'",
    ),
    "domain-twice": (
        repeat(TRACK, "domains"),
        f"{TRACK}: domains/backend.databases: the id is used 2 times",
    ),
    "no-domains": (put(TRACK, "domains", value=[]), f"{TRACK}: domains: List should have at least"),
    "weightless-domain": (
        put(TRACK, "domains", 0, "weight", value=0),
        f"{TRACK}: domains/backend.databases/weight: Input should be greater than 0",
    ),
    "weight-that-is-no-number": (
        put(TRACK, "domains", 0, "weight", value=float("nan")),
        f"{TRACK}: domains/backend.databases/weight: Input should be less than or equal to 10",
    ),
    "a-mix-that-scores-nothing": (
        put(TRACK, "questionMix", value={"theoretical": 0, "essay": 0, "profile": 4}),
        f"{TRACK}: questionMix: a mix needs at least one question that scores",
    ),
    "a-pool-too-small": (
        put(TRACK, "questionMix", "theoretical", value=2),
        f"{THEORETICAL[:-5]}.yaml: questions: 1 active, the mix needs 2",
    ),
    "a-pool-too-small-without-what-was-removed": (
        put(ESSAY, Q, 0, "active", value=False),
        f"{ESSAY}: questions: 0 active, the mix needs 1",
    ),
    "unknown-field": (
        put(TRACK, "mix", value={}),
        f"{TRACK}: mix: Extra inputs are not permitted",
    ),
    "blank-text": (put(TRACK, "name", value="  "), f"{TRACK}: name: String should have at least 1"),
    # Questions
    "bad-id": (put(THEORETICAL, Q, 0, "id", value="BE T1"), f"{THEORETICAL}: questions/BE T1/id: "),
    "no-id": (drop(THEORETICAL, Q, 0, "id"), f"{THEORETICAL}: questions/0/id: Field required"),
    "question-twice": (
        repeat(THEORETICAL, Q),
        f"{THEORETICAL}: be-t-001: the id is used in {THEORETICAL} already",
    ),
    "question-id-of-another-file": (
        put(ESSAY, Q, 0, "id", value="be-t-001"),
        f"{ESSAY}: be-t-001: the id is used in {THEORETICAL} already",
    ),
    "unknown-domain": (
        put(ESSAY, Q, 0, "domain", value="backend.apis"),
        f"{ESSAY}: questions/be-e-001/domain: there is no domain 'backend.apis'",
    ),
    "unknown-skill-of-a-question": (
        put(THEORETICAL, Q, 0, "skills", 0, value="sqll"),
        f"{THEORETICAL}: questions/be-t-001/skills: there is no skill 'sqll'",
    ),
    "unknown-level": (
        put(THEORETICAL, Q, 0, "level", value="expert"),
        f"{THEORETICAL}: questions/be-t-001/level: Input should be 'beginner'",
    ),
    "no-prompt": (
        put(THEORETICAL, Q, 0, "prompt", value="\n"),
        f"{THEORETICAL}: questions/be-t-001/prompt: String should have at least 1",
    ),
    "nul-character": (
        put(THEORETICAL, Q, 0, "prompt", value="a\0b"),
        f"{THEORETICAL}: questions/be-t-001/prompt: text may not contain NUL",
    ),
    "lone-surrogate": (
        put(SKILLS, value=b'skills: [{id: sql, name: "\\ud800", group: x}]'),
        "skills.yaml: not YAML: ",
    ),
    "no-correct-option": (
        put(*T_OPTIONS, 0, "correct", value=False),
        f"{THEORETICAL}: questions/be-t-001: 0 options are correct; a single choice",
    ),
    "two-correct-options": (
        put(*T_OPTIONS, 1, "correct", value=True),
        f"{THEORETICAL}: questions/be-t-001: 2 options are correct; a single choice",
    ),
    "a-multiple-choice-with-one-correct-option": (
        put(THEORETICAL, Q, 0, "multiple", value=True),
        f"{THEORETICAL}: questions/be-t-001: 1 of 3 options are correct; a multiple choice has",
    ),
    "a-multiple-choice-with-all-options-correct": (
        together(
            put(THEORETICAL, Q, 0, "multiple", value=True),
            put(*T_OPTIONS, 1, "correct", value=True),
            put(*T_OPTIONS, 2, "correct", value=True),
        ),
        f"{THEORETICAL}: questions/be-t-001: 3 of 3 options are correct; a multiple choice has",
    ),
    "an-option-twice": (
        put(*T_OPTIONS, 2, "id", value="b"),
        f"{THEORETICAL}: questions/be-t-001: options/b: the id is used 2 times",
    ),
    "an-option-unexplained": (
        drop(*T_OPTIONS, 1, "explanation"),
        f"{THEORETICAL}: questions/be-t-001/options/b/explanation: Field required",
    ),
    "too-few-options": (
        drop(*T_OPTIONS, 2),
        f"{THEORETICAL}: questions/be-t-001/options: List should have at least 3 items",
    ),
    # Rubrics
    "a-criterion-missing": (
        drop(*RUBRIC, "criteria", 2),
        f"{ESSAY}: questions/be-e-001/rubric: the criteria must be accuracy, clarity, coherence",
    ),
    "a-criterion-twice": (
        put(*RUBRIC, "criteria", 2, "name", value="clarity"),
        f"{ESSAY}: questions/be-e-001/rubric: the criteria must be accuracy, clarity, coherence",
    ),
    "an-unknown-criterion": (
        put(*RUBRIC, "criteria", 2, "name", value="style"),
        f"{ESSAY}: questions/be-e-001/rubric/criteria/2/name: Input should be 'clarity'",
    ),
    "weights-that-are-not-one": (
        put(*CRITERION, "weight", value=0.6),
        f"{ESSAY}: questions/be-e-001/rubric: the weights of the criteria add up to 1.1, not to 1",
    ),
    "levels-that-do-not-ascend": (
        put(*CRITERION, "levels", value=LEVELS[::-1]),
        f"{ESSAY}: questions/be-e-001/rubric/criteria/0: the scores of the levels must ascend",
    ),
    "levels-that-say-the-same": (
        put(*CRITERION, "levels", value=[LEVELS[0], LEVELS[0] | {"score": 9}]),
        f"{ESSAY}: questions/be-e-001/rubric/criteria/0: two levels have the same description",
    ),
    "a-level-off-the-scale": (
        put(*CRITERION, "levels", value=[LEVELS[0], LEVELS[1] | {"score": 11}]),
        f"{ESSAY}: questions/be-e-001/rubric/criteria/0/levels/1/score: Input should be less",
    ),
    "a-key-point-twice": (
        put(*RUBRIC, "keyPoints", 1, "id", value="k1"),
        f"{ESSAY}: questions/be-e-001: rubric/keyPoints/k1: the id is used 2 times",
    ),
    "a-key-point-alone": (
        drop(*RUBRIC, "keyPoints", 1),
        f"{ESSAY}: questions/be-e-001/rubric/keyPoints: List should have at least 2 items",
    ),
    "terms-without-a-wording": (
        put(*RUBRIC, "keyPoints", 0, "terms", value=[[]]),
        f"{ESSAY}: questions/be-e-001/rubric/keyPoints/k1/terms/0: List should have at least 1",
    ),
    "no-reference-answer": (
        drop(*RUBRIC, "referenceAnswer"),
        f"{ESSAY}: questions/be-e-001/rubric/referenceAnswer: Field required",
    ),
    "longer-than-the-api-takes": (
        put(ESSAY, Q, 0, "maxLength", value=10_001),
        f"{ESSAY}: questions/be-e-001/maxLength: Input should be less than or equal to 10000",
    ),
    # Profile questions
    "neither-options-nor-text": (
        drop(PROFILE, Q, 0, "options"),
        f"{PROFILE}: questions/be-p-001: a profile question has either options or freeText: true",
    ),
    "both-options-and-text": (
        put(PROFILE, Q, 0, "freeText", value=True),
        f"{PROFILE}: questions/be-p-001: a profile question has either options or freeText: true",
    ),
    "an-unknown-interest": (
        put(PROFILE, Q, 0, "options", 0, "interests", value=["sqll"]),
        f"{PROFILE}: questions/be-p-001/options/a/interests: there is no skill 'sqll'",
    ),
    "a-profile-option-twice": (
        put(PROFILE, Q, 0, "options", 1, "id", value="a"),
        f"{PROFILE}: questions/be-p-001: options/a: the id is used 2 times",
    ),
    # Credentials
    "a-credential-twice": (
        repeat(CREDENTIALS, "credentials"),
        f"{CREDENTIALS}: sql-course: the id is used in {CREDENTIALS} already",
    ),
    "an-insecure-url": (
        put(*CREDENTIAL, "url", value="http://example.org"),
        f"{CREDENTIALS}: credentials/sql-course: the url must be https",
    ),
    "no-url": (
        put(*CREDENTIAL, "url", value="example.org"),
        f"{CREDENTIALS}: credentials/sql-course/url: Input should be a valid URL",
    ),
    "a-credential-that-teaches-nothing": (
        put(*CREDENTIAL, "skills", value=[]),
        f"{CREDENTIALS}: credentials/sql-course/skills: List should have at least 1",
    ),
    "an-unknown-skill-of-a-credential": (
        put(*CREDENTIAL, "skills", value=["sqll"]),
        f"{CREDENTIALS}: credentials/sql-course/skills: there is no skill 'sqll'",
    ),
    "an-unknown-track": (
        put(*CREDENTIAL, "tracks", value=["frontend"]),
        f"{CREDENTIALS}: credentials/sql-course/tracks: there is no track 'frontend'",
    ),
    "no-outcomes": (
        put(*CREDENTIAL, "outcomes", value=[]),
        f"{CREDENTIALS}: credentials/sql-course/outcomes: List should have at least 1",
    ),
    "no-hours": (
        put(*CREDENTIAL, "hours", value=0),
        f"{CREDENTIALS}: credentials/sql-course/hours: Input should be greater than 0",
    ),
    "an-unknown-format": (
        put(*CREDENTIAL, "format", value="book"),
        f"{CREDENTIALS}: credentials/sql-course/format: Input should be 'course'",
    ),
}


class TestFaults:
    def test_the_smallest_seeds_have_none(self, tmp_path: Path) -> None:
        SeedFolder(write(tmp_path, without_fault()), FakeIds()).read()

    @pytest.mark.parametrize(("change", "fault"), FLAWS.values(), ids=FLAWS)
    def test_one_flaw_is_one_fault_with_file_path_and_what_is_wrong(
        self, tmp_path: Path, change: Change, fault: str
    ) -> None:
        files = without_fault()
        change(files)

        (found,) = faults_of(tmp_path, files)

        assert found.startswith(fault)

    def test_all_are_named_at_once(self, tmp_path: Path) -> None:
        files = without_fault()
        drop(TRACK, "name")(files)
        drop(ESSAY, Q, 0, "prompt")(files)
        put(*CREDENTIAL, "hours", value=-1)(files)

        assert [fault.partition(":")[0] for fault in faults_of(tmp_path, files)] == [
            TRACK,
            ESSAY,
            CREDENTIALS,
        ]

    def test_an_id_is_used_once_over_all_tracks(self, tmp_path: Path) -> None:
        files = without_fault()
        other = {
            name.replace("backend-engineer", "data-analyst"): content
            for name, content in without_fault().items()
            if name.startswith("tracks/")
        }
        other["tracks/data-analyst/track.yaml"]["id"] = "data-analyst"

        found = faults_of(tmp_path, files | other)

        assert len(found) == 4
        assert found[0] == (
            "tracks/data-analyst/theoretical.yaml: be-t-001: the id is used in "
            "tracks/backend-engineer/theoretical.yaml already"
        )

    def test_a_folder_without_seeds_is_a_fault(self, tmp_path: Path) -> None:
        assert faults_of(tmp_path / "nowhere", {}) == ["skills.yaml: the file is missing"]
