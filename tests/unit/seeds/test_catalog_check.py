"""Each flaw of a credential or of the catalog is one finding, and a sound catalog has none."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.content_checks.descriptions import begins_with_verb
from shared.adapters.content_checks.facts import check_facts, is_placeholder
from shared.adapters.content_checks.finding import Finding, Severity
from shared.adapters.content_checks.seeds import check_seed_catalog
from shared.adapters.seed_files.source import SeedFolder
from tests.builders import a_credential
from tests.fakes.ids import FakeIds
from tests.unit.seeds.small import Change, Files, at, put, together, write
from tests.unit.seeds.sound import BACKEND, CREDENTIALS, as_json, entries_of, sound_seeds

REAL = Path(__file__).parents[3] / "seeds"
FIRST = (CREDENTIALS, "credentials", 0)
SECOND = (CREDENTIALS, "credentials", 1)
TWENTIETH = (CREDENTIALS, "credentials", 20)
"""Of the same provider as the first."""


def findings(*changes: Change) -> list[Finding]:
    files = sound_seeds()
    together(*changes)(files)
    return check_seed_catalog(entries_of(files))


def copy(source: tuple[str | int, ...], target: tuple[str | int, ...]) -> Change:
    def change(files: Files) -> None:
        put(*target, value=at(*source)(files))(files)

    return change


def words(text: str, first: int, last: int) -> list[str]:
    return text.split()[first:last]


def describe(number: int, *, like: int, words_of_it: int) -> Change:
    """Return the change that takes so many of the thirty words of another description, in turn."""

    def change(files: Files) -> None:
        own, other = (
            at(CREDENTIALS, "credentials", n, "description")(files) for n in (number, like)
        )
        text = " ".join([*words(own, words_of_it, 30), *words(other, 0, words_of_it)])
        put(CREDENTIALS, "credentials", number, "description", value=text)(files)

    return change


def entitle(first: str, twentieth: str) -> Change:
    return together(put(*FIRST, "title", value=first), put(*TWENTIETH, "title", value=twentieth))


def every(change: dict[str, Any], *, having: dict[str, Any], but: int = 0) -> Change:
    """Return the change of every credential that has these values, but for the first few."""

    def change_all(files: Files) -> None:
        entries = [
            entry
            for entry in at(CREDENTIALS, "credentials")(files)
            if having.items() <= entry.items()
        ]
        for entry in entries[but:]:
            entry.update(change)

    return change_all


def few_advanced(number: int) -> Change:
    return every({"tracks": ["data-analyst"]}, having={"level": "advanced"}, but=number)


def add_skill(files: Files) -> None:
    skills = at("skills.yaml", "skills")(files)
    skills.append({"id": "go", "name": "Go", "group": "programming"})


FLAWS: dict[str, tuple[Change, str, str, str]] = {
    # Duplicates
    "the same page": (
        together(
            copy((*FIRST, "url"), (*SECOND, "url")), copy((*FIRST, "title"), (*SECOND, "title"))
        ),
        "error duplicate",
        f"{CREDENTIALS}: credentials/c-1",
        "Has the url and title of c-0; remove one",
    ),
    "the same title of a provider in other letters": (
        together(
            entitle("Query – Tuning", "query tuning!"),
            put(*TWENTIETH, "provider", value="PROVIDER 0"),
        ),
        "error duplicate",
        f"{CREDENTIALS}: credentials/c-20",
        "Has the title and provider of c-0; remove one",
    ),
    "titles that tell nothing apart": (
        entitle("Query Tuning", "Query Tuning Professional Certificate"),
        "warning near-duplicate",
        f"{CREDENTIALS}: credentials/c-20",
        "Is like c-0 (100% of the title)",
    ),
    "titles and descriptions that are somewhat alike": (
        together(
            entitle("Query Tuning", "Tuning Query Plans"), describe(20, like=0, words_of_it=17)
        ),
        "warning near-duplicate",
        f"{CREDENTIALS}: credentials/c-20",
        "Is like c-0 (67% of the title and 50% of the description)",
    ),
    "descriptions that are alike": (
        describe(1, like=0, words_of_it=22),
        "warning near-duplicate",
        f"{CREDENTIALS}: credentials/c-1",
        "Is like c-0 (68% of the description)",
    ),
    "descriptions that are nearly the same": (
        describe(1, like=0, words_of_it=28),
        "error near-duplicate",
        f"{CREDENTIALS}: credentials/c-1",
        "Is like c-0 (91% of the description)",
    ),
    "an outcome of another entry": (
        copy((*FIRST, "outcomes", 0), (*SECOND, "outcomes", 0)),
        "error identical-text",
        f"{CREDENTIALS}: credentials/c-1/outcomes/0",
        "stands in c-0 as well",
    ),
    # Coverage
    "hardly anything at a level": (
        few_advanced(2),
        "error few-credentials",
        f"{BACKEND}/track.yaml",
        "The catalog has 2 advanced credentials for this track; add 4",
    ),
    "little at a level": (
        few_advanced(5),
        "warning few-credentials",
        f"{BACKEND}/track.yaml",
        "The catalog has 5 advanced credentials for this track; add 1",
    ),
    "a skill of a track that nothing teaches": (
        together(add_skill, put(f"{BACKEND}/track.yaml", "skillFocus", value=["sql", "go"])),
        "warning skill-not-taught",
        f"{BACKEND}/track.yaml: skillFocus",
        "No credential of the track teaches go",
    ),
    "too few credentials": (
        lambda files: at(CREDENTIALS, "credentials")(files).pop(),
        "error catalog-size",
        "credentials: catalog",
        "There are 199 credentials; add 1 more",
    ),
    "too few providers": (
        together(
            *(
                every({"provider": "Provider 0"}, having={"provider": f"Provider {n}"})
                for n in range(7)
            )
        ),
        "error providers",
        "credentials: catalog",
        "There are 14 providers",
    ),
    "a skill that nothing names": (
        add_skill,
        "warning unused-skill",
        "skills.yaml: skills/go",
        "Nothing names this skill",
    ),
    # Facts
    "a placeholder for an address": (
        put(*FIRST, "url", value="https://www.example.org/sql"),
        "error url",
        f"{CREDENTIALS}: credentials/c-0/url",
        "www.example.org is a placeholder",
    ),
    "neither hours nor effort": (
        put(*FIRST, "hours", value=None),
        "error effort",
        f"{CREDENTIALS}: credentials/c-0/hours",
        "Neither hours nor an effort is given",
    ),
    "a skill outside the list": (
        put(*FIRST, "skills", value=["sql", "sqll"]),
        "error unknown-skill",
        f"{CREDENTIALS}: credentials/c-0/skills",
        "sqll is not in the list of skills",
    ),
    # Texts
    "a short description": (
        put(*FIRST, "description", value="Teaches nimosa to zibulo."),
        "warning description-length",
        f"{CREDENTIALS}: credentials/c-0/description",
        "The description has 4 words",
    ),
    "a long description": (
        put(*FIRST, "description", value=" ".join(f"zz{n}" for n in range(61))),
        "warning description-length",
        f"{CREDENTIALS}: credentials/c-0/description",
        "The description has 61 words",
    ),
    "an outcome that is a topic": (
        put(*FIRST, "outcomes", value=["The basics of zibulo"]),
        "warning outcome-verb",
        f"{CREDENTIALS}: credentials/c-0/outcomes/0",
        "“The basics of zibulo” does not seem to begin with a verb",
    ),
}


class TestFlaws:
    def test_a_sound_catalog_has_none(self) -> None:
        assert findings() == []

    @pytest.mark.parametrize(("change", "what", "where", "message"), FLAWS.values(), ids=FLAWS)
    def test_one_flaw_is_one_finding_with_its_place(
        self, change: Change, what: str, where: str, message: str
    ) -> None:
        (found,) = findings(change)

        assert f"{found.severity} {found.check}" == what
        assert found.where == where
        assert message in found.message

    def test_a_description_of_another_entry_is_an_error(self) -> None:
        found = findings(copy((*FIRST, "description"), (*SECOND, "description")))

        assert {(f.severity, f.check) for f in found} == {
            (Severity.ERROR, "identical-text"),
            (Severity.ERROR, "near-duplicate"),
        }


FINE: dict[str, Change] = {
    "a page with several credentials": copy((*FIRST, "url"), (*SECOND, "url")),
    "titles of different providers": copy((*FIRST, "title"), (*SECOND, "title")),
    "names that marks tell apart": entitle("C++", "C#"),
    "two levels of one certification": entitle(
        "Certified Solutions Architect – Associate", "Certified Solutions Architect – Professional"
    ),
    "descriptions of one subject": describe(1, like=0, words_of_it=13),
    "an effort in words": together(
        put(*FIRST, "hours", value=None), put(*FIRST, "effort", value="a month of evenings")
    ),
    "six at a level": few_advanced(6),
    "a skill that one credential of the track teaches": every(
        {"skills": ["sql"]}, having={"format": "course"}, but=1
    ),
    "a skill that only an interest names": together(
        add_skill,
        put(f"{BACKEND}/profile.yaml", "questions", 0, "options", 1, "interests", value=["go"]),
    ),
}


@pytest.mark.parametrize("change", FINE.values(), ids=FINE)
def test_what_is_fine_is_left_alone(change: Change) -> None:
    assert findings(change) == []


class TestFaultsOfLoading:
    def check(self, folder: Path, change: Change) -> list[Finding]:
        files = sound_seeds()
        change(files)
        return check_seed_catalog(SeedFolder(write(folder, as_json(files)), FakeIds()).entries())

    @pytest.mark.parametrize(
        ("field", "value", "message"),
        [
            ("source", " ", "String should have at least 1 character"),
            ("hours", 0, "Input should be greater than 0"),
            ("url", "http://learn.provider.org/0", "the url must be https"),
        ],
    )
    def test_they_are_errors_in_their_place(
        self, tmp_path: Path, field: str, value: object, message: str
    ) -> None:
        flawed = self.check(tmp_path, put(*FIRST, field, value=value))
        (found,) = [f for f in flawed if f.check == "loader"]

        assert found.severity is Severity.ERROR
        assert found.where.startswith(f"{CREDENTIALS}: credentials/c-0")
        assert found.message == message

    def test_what_the_loader_says_is_not_said_again(self, tmp_path: Path) -> None:
        (found,) = self.check(tmp_path, put(*FIRST, "skills", value=["sql", "sqll"]))

        assert (found.check, found.message) == ("loader", "there is no skill 'sqll'")


class TestFacts:
    def test_an_address_without_encryption_is_an_error(self) -> None:
        credential = replace(a_credential(skills=("sql",)), url="http://learn.provider.com/")

        assert [f.check for f in check_facts(credential, {"sql"})] == ["url"]

    @pytest.mark.parametrize(
        "host",
        ["localhost", "example.com", "shop.example.org", "a.test", "a.example", "10.0.0.1", ""],
    )
    def test_a_placeholder_is_known(self, host: str) -> None:
        assert is_placeholder(host)

    @pytest.mark.parametrize(
        "host", ["www.coursera.org", "examples.dev", "example.learn.com", "x.io"]
    )
    def test_a_provider_is_none(self, host: str) -> None:
        assert not is_placeholder(host)


@pytest.mark.parametrize(
    "outcome",
    [
        "Design APIs",
        "Implement a queue",
        "Apply rules",
        "Embed text",
        "Import, clean and query data",
    ],
)
def test_an_ability_begins_with_a_verb(outcome: str) -> None:
    assert begins_with_verb(outcome)


@pytest.mark.parametrize(
    "outcome",
    [
        "Understanding of APIs",
        "Knowledge of APIs",
        "SQL and Python",
        "How to design",
        "3 APIs",
        "“",
    ],
)
def test_a_topic_does_not(outcome: str) -> None:
    assert not begins_with_verb(outcome)


class TestTheRealSeeds:
    def test_no_check_finds_an_error(self) -> None:
        found = check_seed_catalog(SeedFolder(REAL, FakeIds()).entries())

        assert [f for f in found if f.severity is Severity.ERROR] == []
