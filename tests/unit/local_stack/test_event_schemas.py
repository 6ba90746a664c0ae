import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from local_stack.event_schemas import FOLDER, path_of, schema_of
from shared.adapters.analytics_detail import write_detail
from shared.domain.analytics import Fact, FactType
from tests.builders import FACTS, an_analytics_event, an_answered
from tests.event_schemas import documented, faults

PEOPLE = ("studentId", "userId", "authorId", "email", "name", "comment", "text", "answer")


def detail(fact: Fact) -> dict[str, Any]:
    return json.loads(write_detail(an_analytics_event(fact=fact)))


def test_there_is_a_schema_for_each_of_the_five_types_and_no_other() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {
        "assessment.started.v1.json",
        "assessment.answered.v1.json",
        "assessment.submitted.v1.json",
        "assessment.completed.v1.json",
        "recommendation.feedback.v1.json",
    }


@pytest.mark.parametrize("type", FactType)
def test_a_schema_is_valid_and_current(type: FactType) -> None:
    schema = documented(type)

    Draft202012Validator.check_schema(schema)
    assert schema == schema_of(type)
    assert (schema["$id"], schema["title"]) == (path_of(type).name, type)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_what_is_sent_is_what_is_documented(fact: Fact) -> None:
    event = an_analytics_event(fact=fact)

    assert faults(event.type, detail(fact)) == []


@pytest.mark.parametrize("type", FactType)
def test_every_field_is_explained_and_required(type: FactType) -> None:
    schema = documented(type)
    for shape in (schema, *schema["$defs"].values()):
        fields = shape.get("properties", {})
        assert set(fields) == set(shape.get("required", ()))
        assert {name for name, field in fields.items() if not field.get("description")} == set()


@pytest.mark.parametrize("type", FactType)
def test_no_field_is_for_a_person_or_their_words(type: FactType) -> None:
    schema = documented(type)
    shapes = (schema, *schema["$defs"].values())

    assert {name for shape in shapes for name in shape.get("properties", {})}.isdisjoint(PEOPLE)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"questionId": "Ada"}, "'Ada' is not a 'uuid'"),
        ({"position": "4"}, "'4' is not of type 'integer'"),
        ({"questionType": "poem"}, "'poem' is not one of"),
        ({"answer": "It is atomic."}, "'answer' was unexpected"),
    ],
)
def test_the_check_finds_what_does_not_fit(change: dict[str, Any], fault: str) -> None:
    event = detail(an_answered())
    event["data"] |= change

    [found] = faults(FactType.ANSWERED, event)

    assert fault in found
