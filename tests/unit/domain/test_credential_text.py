"""What of a credential is embedded."""

from dataclasses import replace

from shared.domain.credential_text import content_hash, embedding_text
from shared.domain.level import Level
from tests.builders import a_credential


def test_the_text_has_title_skills_as_words_outcomes_and_description() -> None:
    credential = a_credential(
        title="REST APIs",
        skills=("rest-api-design", "http"),
        outcomes=("Design resources.", "Version an API."),
        description="A course.",
    )

    assert embedding_text(credential) == (
        "REST APIs\nrest api design, http\nDesign resources.\nVersion an API.\nA course."
    )


def test_what_is_not_embedded_does_not_change_the_hash() -> None:
    credential = a_credential()
    changed = replace(credential, url="https://other.example", level=Level.ADVANCED, tracks=())

    assert content_hash(embedding_text(changed)) == content_hash(embedding_text(credential))


def test_the_hash_is_stable_between_releases() -> None:
    assert content_hash("Łódź") == (
        "bc8847fc65f124d7b89bbb41ba50d48f13ad47bd02e25c5dbf728193fc4cb75c"
    )
