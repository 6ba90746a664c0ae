"""What an author wrote, as the domain knows it."""

from pathlib import Path

import pytest

from shared.adapters.seed_files.source import SeedFolder
from shared.domain.level import Level
from shared.domain.question import (
    CriterionName,
    KeyPoint,
    Option,
    Question,
    QuestionType,
    RubricLevel,
)
from shared.domain.recommendation import CredentialFormat
from shared.domain.track import QuestionMix, TrackDomain
from shared.ports.seed_source import Seeds
from tests.fakes.ids import FakeIds
from tests.unit.seeds.small import (
    CREDENTIALS,
    ESSAY,
    PROFILE,
    THEORETICAL,
    TRACK,
    Change,
    Files,
    put,
    without_fault,
    write,
)


def read(folder: Path, files: Files | None = None) -> Seeds:
    return SeedFolder(write(folder, files or without_fault()), FakeIds()).read()


@pytest.fixture
def seeds(tmp_path: Path) -> Seeds:
    return read(tmp_path)


def question(seeds: Seeds, slug: str) -> Question:
    (found,) = [s.content for s in seeds.questions if s.content.slug == slug]
    return found


def test_a_track_comes_with_its_mix_and_domains(seeds: Seeds) -> None:
    (track,) = [seed.content for seed in seeds.tracks]

    assert (track.id, track.name, track.estimated_minutes) == (
        "backend-engineer",
        "Backend Engineer",
        15,
    )
    assert track.question_mix == QuestionMix(theoretical=1, essay=1, profile=1)
    assert track.skill_focus == ("sql",)
    assert track.domains == (
        TrackDomain(
            id="backend.databases",
            name="Databases",
            weight=1.5,
            skills=("sql",),
            strength="Sound.",
            improvement="Practise.",
        ),
    )
    assert track.active


def test_a_theoretical_question_comes_with_its_key_and_explanations(seeds: Seeds) -> None:
    found = question(seeds, "be-t-001")

    assert found.type is QuestionType.THEORETICAL
    assert (found.track_id, found.domain, found.level) == (
        "backend-engineer",
        "backend.databases",
        Level.BEGINNER,
    )
    assert (found.weight, found.time_limit_seconds, found.multiple) == (2, 90, False)
    assert found.skills == ("sql",)
    assert found.options[:2] == (
        Option(id="a", text="This.", correct=True, explanation="It is."),
        Option(id="b", text="That.", correct=False, explanation="It is not."),
    )


def test_an_essay_comes_with_its_rubric(seeds: Seeds) -> None:
    found = question(seeds, "be-e-001")

    assert found.type is QuestionType.ESSAY
    assert (found.max_length, found.weight) == (4000, 1)
    assert found.rubric is not None
    assert [(c.name, c.weight) for c in found.rubric.criteria] == [
        (CriterionName.ACCURACY, 0.5),
        (CriterionName.CLARITY, 0.25),
        (CriterionName.COHERENCE, 0.25),
    ]
    assert found.rubric.criteria[0].levels[0] == RubricLevel(score=2, description="Little.")
    assert found.rubric.key_points == (
        KeyPoint(id="k1", text="One.", weight=3, terms=(("one", "first"),)),
        KeyPoint(id="k2", text="Two.", weight=1),
    )
    assert found.rubric.reference_answer == "One and two."


def test_profile_questions_come_with_where_their_options_point(seeds: Seeds) -> None:
    choice, free = question(seeds, "be-p-001"), question(seeds, "be-p-002")

    assert choice.type is QuestionType.PROFILE
    assert choice.multiple
    assert choice.options == (
        Option(id="a", text="Data.", interests=("sql",)),
        Option(id="b", text="Nothing."),
    )
    assert (free.free_text, free.max_length, free.options) == (True, 500, ())
    assert not free.multiple


def test_a_credential_comes_whole(seeds: Seeds) -> None:
    (credential,) = [seed.content for seed in seeds.credentials]

    assert credential.slug == "sql-course"
    assert (credential.title, credential.provider) == ("SQL for All", "Example")
    assert credential.url == "https://example.org/sql"
    assert (credential.hours, credential.effort) == (20, None)
    assert credential.format is CredentialFormat.COURSE
    assert (credential.skills, credential.tracks) == (("sql",), ("backend-engineer",))
    assert credential.outcomes == ("Write queries.",)


def test_questions_and_credentials_get_new_ids_and_the_store_gives_versions(seeds: Seeds) -> None:
    ids = [s.content.id for s in (*seeds.questions, *seeds.credentials)]

    assert len(set(ids)) == 5
    assert {s.content.version for s in (*seeds.tracks, *seeds.questions)} == {0}


def test_what_was_removed_is_not_there(tmp_path: Path) -> None:
    files = without_fault()
    put(PROFILE, "questions", 1, "active", value=False)(files)

    assert [s.content.slug for s in read(tmp_path, files).questions] == [
        "be-t-001",
        "be-e-001",
        "be-p-001",
    ]


def hashes(seeds: Seeds) -> dict[str, str]:
    return (
        {seed.content.id: seed.content_hash for seed in seeds.tracks}
        | {seed.content.slug: seed.content_hash for seed in seeds.questions}
        | {seed.content.slug: seed.content_hash for seed in seeds.credentials}
    )


class TestHashes:
    @pytest.mark.parametrize(
        ("change", "slug"),
        [
            (put(TRACK, "estimatedMinutes", value=16), "backend-engineer"),
            (put(THEORETICAL, "questions", 0, "options", 0, "text", value="These."), "be-t-001"),
            (put(ESSAY, "questions", 0, "rubric", "referenceAnswer", value="No."), "be-e-001"),
            (put(PROFILE, "questions", 0, "options", 0, "interests", value=[]), "be-p-001"),
            (put(CREDENTIALS, "credentials", 0, "hours", value=21), "sql-course"),
        ],
    )
    def test_any_change_changes_the_hash_of_that_piece_alone(
        self, tmp_path: Path, change: Change, slug: str
    ) -> None:
        before = hashes(read(tmp_path))
        files = without_fault()
        change(files)

        after = hashes(read(tmp_path, files))

        assert {s for s in before if before[s] != after[s]} == {slug}

    def test_spelling_the_same_otherwise_does_not(self, tmp_path: Path) -> None:
        before = hashes(read(tmp_path))
        files = without_fault()
        entry = files[CREDENTIALS]["credentials"][0]
        files[CREDENTIALS]["credentials"][0] = dict(reversed(entry.items())) | {
            "hours": 20.0,
            "effort": None,
            "title": " SQL for All\n",
        }

        assert hashes(read(tmp_path, files)) == before

    def test_a_rubric_is_named_by_its_own_content(self, tmp_path: Path) -> None:
        def rubric_hash(change: Change) -> str:
            files = without_fault()
            change(files)
            rubric = question(read(tmp_path, files), "be-e-001").rubric
            assert rubric is not None
            return rubric.hash

        same = rubric_hash(put(ESSAY, "questions", 0, "prompt", value="Explain well."))
        other = rubric_hash(put(ESSAY, "questions", 0, "rubric", "keyPoints", 0, "weight", value=2))

        assert len(same) == 64
        assert same == rubric_hash(lambda _: None)
        assert same != other
