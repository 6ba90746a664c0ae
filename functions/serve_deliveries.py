"""/webhooks/{webhookId}/…: what was sent to a webhook, and what is to be sent again."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header, Query

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller, idempotency_of
from shared.api.paging import Cursor, Limit, read_cursor, write_cursor
from shared.api.problem import BODY, answers, problems
from shared.api.replay import reply
from shared.api.schemas.webhooks import (
    AcceptedDelivery,
    DeliveryOut,
    DeliveryPageOut,
    Recover,
    RecoveryOut,
)
from shared.domain.webhook import WebhookId
from shared.domain.webhook_delivery import Delivery, DeliveryId, DeliveryStatus
from shared.usecases.list_deliveries import list_deliveries
from shared.usecases.recover_deliveries import recover_deliveries
from shared.usecases.resend_delivery import resend_delivery
from shared.usecases.send_test_event import send_test_event
from shared.usecases.start_deliveries import start_deliveries
from shared.wiring import wiring

api = build_api()

Key = Annotated[str | None, Header(alias="Idempotency-Key")]
STARTED_AT_ONCE = 20
"""Of a recovery, within its request; `reconcile` starts the others."""


@api.get(
    "/api/v1/webhooks/<webhookId>/deliveries",
    tags=["Webhooks"],
    summary="What was sent to a webhook, newest first, with every attempt",
    responses=answers(DeliveryPageOut) | problems(401, 403, 404, 422),
)
def get_deliveries(
    webhookId: str,
    status: Annotated[DeliveryStatus | None, Query()] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> DeliveryPageOut:
    after = read_cursor(cursor)
    log = list_deliveries(
        WebhookId(webhookId),
        status=status,
        limit=limit,
        after=DeliveryId(after) if after else None,
        store=wiring.store,
    )
    return DeliveryPageOut(
        items=[
            DeliveryOut.of(d, log.messages[d.event_id], log.attempts.get(d.id, []))
            for d in log.deliveries
        ],
        next_cursor=write_cursor(log.next_cursor) if log.next_cursor else None,
    )


@api.post(
    "/api/v1/webhooks/<webhookId>/test",
    tags=["Webhooks"],
    summary="Send a message that means nothing, to try whether a webhook listens",
    status_code=HTTPStatus.ACCEPTED,
    responses=answers(AcceptedDelivery, "Accepted", status=HTTPStatus.ACCEPTED)
    | problems(401, 403, 404, 409, 422),
)
def post_webhook_test(
    webhookId: str,
    idempotency_key: Key = None,
) -> Response[AcceptedDelivery]:
    caller = current_caller(api)
    accepted = send_test_event(
        WebhookId(webhookId),
        caller,
        idempotency=idempotency_of(api, idempotency_key, scope=caller.user_id),
        store=wiring.store,
        ids=wiring.ids,
        clock=wiring.clock,
    )
    if not accepted.is_replay:
        _start(accepted.delivery.id)
    return _accepted(accepted.delivery, is_replay=accepted.is_replay)


@api.post(
    "/api/v1/webhooks/<webhookId>/deliveries/<deliveryId>/resend",
    tags=["Webhooks"],
    summary="Deliver once more",
    status_code=HTTPStatus.ACCEPTED,
    responses=answers(AcceptedDelivery, "Accepted", status=HTTPStatus.ACCEPTED)
    | problems(401, 403, 404, 409, 422),
)
def post_delivery_resend(
    webhookId: str,
    deliveryId: str,
    idempotency_key: Key = None,
) -> Response[AcceptedDelivery]:
    caller = current_caller(api)
    resent = resend_delivery(
        WebhookId(webhookId),
        DeliveryId(deliveryId),
        caller,
        idempotency=idempotency_of(api, idempotency_key, scope=caller.user_id),
        store=wiring.store,
        ids=wiring.ids,
        clock=wiring.clock,
    )
    if resent.is_turn:
        _start(resent.delivery.id)
    return _accepted(resent.delivery, is_replay=resent.is_replay)


@api.post(
    "/api/v1/webhooks/<webhookId>/recover",
    tags=["Webhooks"],
    summary="Deliver all that did not arrive since a time",
    status_code=HTTPStatus.ACCEPTED,
    responses=answers(RecoveryOut, "Accepted", status=HTTPStatus.ACCEPTED)
    | problems(401, 403, 404, 409, *BODY),
)
def post_webhook_recovery(
    webhookId: str,
    recover: Recover,
    idempotency_key: Key = None,
) -> Response[RecoveryOut]:
    caller = current_caller(api)
    recovery = recover_deliveries(
        WebhookId(webhookId),
        recover.since,
        caller,
        idempotency=idempotency_of(api, idempotency_key, scope=caller.user_id),
        store=wiring.store,
        ids=wiring.ids,
        clock=wiring.clock,
    )
    _start(*recovery.heads[:STARTED_AT_ONCE])
    return reply(
        RecoveryOut(deliveries=recovery.count, has_more=recovery.has_more),
        status=HTTPStatus.ACCEPTED,
        is_replay=recovery.is_replay,
    )


def _start(*delivery_ids: DeliveryId) -> None:
    start_deliveries(delivery_ids, store=wiring.store, runs=wiring.delivery_runs)


def _accepted(delivery: Delivery, *, is_replay: bool) -> Response[AcceptedDelivery]:
    return reply(
        AcceptedDelivery(delivery_id=delivery.id, event_id=delivery.event_id),
        status=HTTPStatus.ACCEPTED,
        is_replay=is_replay,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
