"""/webhooks and /webhooks/{webhookId}: who is told of events, and where.

One function for all of it, as its routes need the same and an admin calls them rarely: a function
for each would take a fifth of what CloudFormation allows a stack.
"""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header

from shared.api.app import build_api, handler_of
from shared.api.caller import current_caller, idempotency_of
from shared.api.paging import Cursor, Limit, read_cursor, write_cursor
from shared.api.problem import BODY, answers, problems
from shared.api.replay import reply
from shared.api.schemas.webhooks import (
    ChangedWebhook,
    NewWebhook,
    WebhookOut,
    WebhookPageOut,
    WebhookWithSecret,
)
from shared.domain.webhook import WebhookId
from shared.usecases.create_webhook import create_webhook
from shared.usecases.delete_webhook import delete_webhook
from shared.usecases.get_webhook import get_webhook
from shared.usecases.list_webhooks import list_webhooks
from shared.usecases.rotate_webhook_secret import rotate_webhook_secret
from shared.usecases.update_webhook import WebhookChanges, update_webhook
from shared.wiring import wiring

api = build_api()

Key = Annotated[str | None, Header(alias="Idempotency-Key")]


@api.get(
    "/api/v1/webhooks",
    tags=["Webhooks"],
    summary="All webhooks, newest first",
    responses=answers(WebhookPageOut) | problems(401, 403, 422),
)
def get_webhooks(limit: Limit = 20, cursor: Cursor = None) -> WebhookPageOut:
    after = read_cursor(cursor)
    page = list_webhooks(limit=limit, after=WebhookId(after) if after else None, store=wiring.store)
    return WebhookPageOut(
        items=[WebhookOut.of(webhook, wiring.webhook_keys) for webhook in page.items],
        next_cursor=write_cursor(page.next_cursor) if page.next_cursor else None,
    )


@api.post(
    "/api/v1/webhooks",
    tags=["Webhooks"],
    summary="Register a webhook; its secret is in this answer and in no other",
    status_code=HTTPStatus.CREATED,
    responses=answers(WebhookWithSecret, "Created", status=HTTPStatus.CREATED)
    | problems(401, 403, 409, *BODY),
)
def post_webhook(new: NewWebhook, idempotency_key: Key = None) -> Response[WebhookWithSecret]:
    caller = current_caller(api)
    created = create_webhook(
        new.url,
        new.event_types,
        new.description,
        caller,
        idempotency=idempotency_of(api, idempotency_key, scope=caller.user_id),
        policy=wiring.webhook_policy,
        resolver=wiring.resolver,
        keys=wiring.webhook_keys,
        store=wiring.store,
        ids=wiring.ids,
        clock=wiring.clock,
    )
    return reply(
        WebhookWithSecret.with_secret(created.webhook, wiring.webhook_keys, created.secret),
        status=HTTPStatus.CREATED,
        is_replay=created.is_replay,
    )


@api.get(
    "/api/v1/webhooks/<webhookId>",
    tags=["Webhooks"],
    summary="One webhook",
    responses=answers(WebhookOut) | problems(401, 403, 404),
)
def get_one_webhook(webhookId: str) -> WebhookOut:
    return WebhookOut.of(get_webhook(WebhookId(webhookId), store=wiring.store), wiring.webhook_keys)


@api.patch(
    "/api/v1/webhooks/<webhookId>",
    tags=["Webhooks"],
    summary="Change a webhook; disabling discards what is on its way",
    responses=answers(WebhookOut) | problems(401, 403, 404, *BODY),
)
def patch_webhook(webhookId: str, changed: ChangedWebhook) -> WebhookOut:
    webhook = update_webhook(
        WebhookId(webhookId),
        WebhookChanges(
            url=changed.url,
            event_types=changed.event_types,
            description=changed.description,
            enabled=changed.enabled,
        ),
        current_caller(api),
        policy=wiring.webhook_policy,
        resolver=wiring.resolver,
        store=wiring.store,
        clock=wiring.clock,
    )
    return WebhookOut.of(webhook, wiring.webhook_keys)


@api.delete(
    "/api/v1/webhooks/<webhookId>",
    tags=["Webhooks"],
    summary="Remove a webhook with its deliveries and their log",
    status_code=HTTPStatus.NO_CONTENT,
    responses={204: {"description": "Removed"}} | problems(401, 403, 404),
)
def remove_webhook(webhookId: str) -> Response[str]:
    delete_webhook(
        WebhookId(webhookId), current_caller(api), store=wiring.store, clock=wiring.clock
    )
    return Response(status_code=HTTPStatus.NO_CONTENT, body="")


@api.post(
    "/api/v1/webhooks/<webhookId>/rotate-secret",
    tags=["Webhooks"],
    summary="Another secret, in this answer and in no other; the old one signs too for 24 h",
    responses=answers(WebhookWithSecret) | problems(401, 403, 404, 409, 422),
)
def post_secret_rotation(
    webhookId: str,
    idempotency_key: Key = None,
) -> Response[WebhookWithSecret]:
    caller = current_caller(api)
    rotated = rotate_webhook_secret(
        WebhookId(webhookId),
        caller,
        idempotency=idempotency_of(api, idempotency_key, scope=caller.user_id),
        keys=wiring.webhook_keys,
        store=wiring.store,
        ids=wiring.ids,
        clock=wiring.clock,
    )
    return reply(
        WebhookWithSecret.with_secret(rotated.webhook, wiring.webhook_keys, rotated.secret),
        status=HTTPStatus.OK,
        is_replay=rotated.is_replay,
    )


lambda_handler = handler_of(api, lambda: wiring.metrics)
