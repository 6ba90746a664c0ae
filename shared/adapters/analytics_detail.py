"""What stands in the `detail` of an event of the analytics stream; docs/events.md describes it."""

from functools import cache
from typing import Generic, Literal, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, PositiveInt
from pydantic.alias_generators import to_camel

from shared.domain.analytics import SCHEMA_VERSION, SHAPES, AnalyticsEvent, Fact, FactType

F = TypeVar("F", bound=Fact)


class Detail(BaseModel, Generic[F]):
    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, use_attribute_docstrings=True
    )

    schema_version: Literal[1]
    """Counts up with changes that break a reader; fields may be added without."""
    id: UUID
    """The event's: two with the same are one."""
    assessment_id: UUID
    """What joins the events of one assessment; it leads to nobody in here."""
    sequence: PositiveInt
    """Counts the events of one assessment, from 1 and without gaps."""
    timestamp: AwareDatetime
    """When it happened."""
    data: F
    """What happened."""


@cache
def detail_of(type: FactType) -> type[Detail[Fact]]:
    """Return the model of a type's details."""
    return Detail[SHAPES[type]]


def write_detail(event: AnalyticsEvent) -> str:
    """Return the JSON text of the detail."""
    detail = detail_of(event.type)(
        schema_version=SCHEMA_VERSION,
        id=UUID(event.id),
        assessment_id=UUID(event.assessment_id),
        sequence=event.sequence,
        timestamp=event.occurred_at,
        data=event.fact,
    )
    return detail.model_dump_json(by_alias=True)
