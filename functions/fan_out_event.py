"""Event queue: queue what happened for every webhook that wants to know, and start sending."""

from collections.abc import Mapping

from shared.api.urls import assessment_url
from shared.domain.assessment import AssessmentId
from shared.domain.event import Event
from shared.domain.user import UserId
from shared.queues import EventMessage, event_handler
from shared.usecases.fan_out_event import fan_out_event
from shared.usecases.start_deliveries import start_deliveries
from shared.wiring import wiring


def links(event: Event) -> Mapping[str, str]:
    assessment = event.data.get("assessmentId")
    return {"assessmentUrl": assessment_url(AssessmentId(assessment))} if assessment else {}


def handle(message: EventMessage) -> None:
    heads = fan_out_event(
        UserId(message.detail.student_id),
        message.detail.sequence,
        links=links,
        store=wiring.store,
        ids=wiring.ids,
        clock=wiring.clock,
    )
    start_deliveries(heads, store=wiring.store, runs=wiring.delivery_runs)


lambda_handler = event_handler(handle)
