"""Every function with what it needs, and where the defaults do not fit it."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from aws_cdk import Duration

from infra_cdk.access import Need
from infra_cdk.constructs.python_function import MEMORY_MB, WHOLE_CORE_MB

DATABASE, ENGINE, EVENT_BUS = Need.DATABASE, Need.ENGINE, Need.EVENT_BUS
WEBHOOK_KEY, WEBHOOK_POLICY = Need.WEBHOOK_KEY, Need.WEBHOOK_POLICY
ENGINE_CHOICE = Need.ENGINE_CHOICE
PRICES, RESCORE_POLICY = Need.PRICES, Need.RESCORE_POLICY
SIGNING_KEY, TRANSIENT_TABLE = Need.SIGNING_KEY, Need.TRANSIENT_TABLE

REQUEST: Final = Duration.seconds(10)
LONGEST_REQUEST: Final = Duration.seconds(29)
"""API Gateway gives up after 30 s."""
STEP: Final = Duration.seconds(30)
ROUND: Final = Duration.seconds(55)
"""Shorter than the minute to the next round, so that two never overlap."""
BATCH: Final = Duration.minutes(2)
"""A call to a model of at most a minute, and a batch of vectors into an index."""
OPERATION: Final = Duration.minutes(5)


@dataclass(frozen=True, slots=True)
class Spec:
    needs: AbstractSet[Need] = frozenset()
    timeout: Duration = REQUEST
    memory_mb: int = MEMORY_MB


HTTP_FUNCTIONS: Final[Mapping[str, Spec]] = {
    "authorize_request": Spec({DATABASE, SIGNING_KEY}),
    "check_health": Spec({DATABASE}),
    "get_jwks": Spec({SIGNING_KEY, WEBHOOK_KEY}),
    "serve_docs": Spec(),
    "register_user": Spec({DATABASE, TRANSIENT_TABLE}, memory_mb=WHOLE_CORE_MB),
    "log_in": Spec({DATABASE, SIGNING_KEY, TRANSIENT_TABLE}, memory_mb=WHOLE_CORE_MB),
    "refresh_session": Spec({DATABASE, SIGNING_KEY, TRANSIENT_TABLE}),
    "log_out": Spec({DATABASE}),
    "get_me": Spec({DATABASE}),
    "change_me": Spec({DATABASE, TRANSIENT_TABLE}, memory_mb=WHOLE_CORE_MB),
    "export_me": Spec({DATABASE}, timeout=LONGEST_REQUEST),
    "erase_me": Spec({DATABASE, EVENT_BUS, SIGNING_KEY, TRANSIENT_TABLE}, memory_mb=WHOLE_CORE_MB),
    "list_tracks": Spec({DATABASE}),
    "get_track": Spec({DATABASE}),
    "start_assessment": Spec({DATABASE, SIGNING_KEY}),
    "list_assessments": Spec({DATABASE}),
    "get_assessment": Spec({DATABASE}),
    "get_next_question": Spec({DATABASE}),
    "save_responses": Spec({DATABASE}),
    "answer_question": Spec({DATABASE}),
    "decide_ai_scoring": Spec({DATABASE}),
    "submit_assessment": Spec({DATABASE, EVENT_BUS}),
    "complete_assessment": Spec({DATABASE, EVENT_BUS}, timeout=LONGEST_REQUEST),
    "get_status": Spec({DATABASE}),
    "get_result": Spec({DATABASE}),
    "get_profile": Spec({DATABASE}),
    "get_recommendations": Spec({DATABASE}),
    "give_feedback": Spec({DATABASE, EVENT_BUS, TRANSIENT_TABLE}),
    # Beside the machine that it starts, though none but admins may.
    "rebuild_index": Spec({DATABASE, ENGINE_CHOICE}),
}

STAFF_FUNCTIONS: Final[Mapping[str, Spec]] = {
    "erase_user": Spec({DATABASE, EVENT_BUS, SIGNING_KEY}),
    "override_score": Spec({DATABASE, EVENT_BUS}),
    "give_verdict": Spec({DATABASE, EVENT_BUS}),
    "list_cohort": Spec({DATABASE}),
    "get_student_history": Spec({DATABASE}),
    "list_reviews": Spec({DATABASE}),
    "lease_review": Spec({DATABASE}),
    "confirm_score": Spec({DATABASE}),
    "get_feedback_dashboard": Spec({DATABASE}),
    "get_accommodations": Spec({DATABASE}),
    "set_accommodations": Spec({DATABASE}),
    "remove_accommodations": Spec({DATABASE}),
    "list_users": Spec({DATABASE}),
    "set_user_role": Spec({DATABASE}),
    "list_audit_logs": Spec({DATABASE}),
    "verify_audit_logs": Spec({DATABASE}, timeout=LONGEST_REQUEST),
    "retry_assessment": Spec({DATABASE}),
    "redrive_queue": Spec({DATABASE}, timeout=LONGEST_REQUEST),
    "get_usage": Spec({DATABASE, PRICES}),
    "get_operations": Spec({DATABASE}),
    "serve_webhooks": Spec({DATABASE, WEBHOOK_KEY, WEBHOOK_POLICY}),
    "serve_deliveries": Spec({DATABASE}),
    "list_credentials": Spec({DATABASE}),
    "create_credential": Spec({DATABASE, ENGINE_CHOICE}),
    "get_credential": Spec({DATABASE}),
    "update_credential": Spec({DATABASE, ENGINE_CHOICE}),
    "deactivate_credential": Spec({DATABASE, ENGINE_CHOICE}),
    "list_credential_versions": Spec({DATABASE}),
    "restore_credential": Spec({DATABASE, ENGINE_CHOICE}),
    "list_questions": Spec({DATABASE}),
    "create_question": Spec({DATABASE}),
    "get_question": Spec({DATABASE}),
    "update_question": Spec({DATABASE}),
    "deactivate_question": Spec({DATABASE}),
    "list_question_versions": Spec({DATABASE}),
    "restore_question": Spec({DATABASE}),
    "get_index": Spec({DATABASE, ENGINE_CHOICE}),
    "serve_tracks": Spec({DATABASE}),
    "transfer_content": Spec(
        {DATABASE, ENGINE_CHOICE}, timeout=LONGEST_REQUEST, memory_mb=WHOLE_CORE_MB
    ),
    "start_rescore": Spec({DATABASE}),
    "get_rescore": Spec({DATABASE}),
    "get_trends": Spec({DATABASE}),
}
"""Behind the routes that no student may call: what `StaffStack` is made of."""

WORKERS: Final[Mapping[str, AbstractSet[Need]]] = {
    "score_essay": {DATABASE, ENGINE, TRANSIENT_TABLE},
    "retrieve_credentials": {DATABASE, ENGINE, TRANSIENT_TABLE},
    "fuse_results": {DATABASE, ENGINE, TRANSIENT_TABLE},
}
"""Their time is the stage's; see `timings`."""

BACKGROUND_FUNCTIONS: Final[Mapping[str, Spec]] = {
    "fail_task": Spec(timeout=STEP),
    "apply_fallback": Spec({DATABASE}, timeout=STEP),
    "finish_assessment": Spec({DATABASE, EVENT_BUS}, timeout=STEP),
    "fail_assessment": Spec({DATABASE, EVENT_BUS}, timeout=STEP),
    "reconcile": Spec({DATABASE, EVENT_BUS}, timeout=ROUND),
    "advance_rebuild": Spec({DATABASE, ENGINE, TRANSIENT_TABLE}, timeout=BATCH),
    "snapshot_metrics": Spec({DATABASE, PRICES}, timeout=OPERATION),
    "apply_retention": Spec({DATABASE}, timeout=OPERATION),
    # It begins nothing after 45 s; an assessment of three essays may take a minute more.
    "run_rescores": Spec(
        {DATABASE, ENGINE, EVENT_BUS, RESCORE_POLICY, TRANSIENT_TABLE}, timeout=OPERATION
    ),
}

WEBHOOK_FUNCTIONS: Final[Mapping[str, Spec]] = {
    "fan_out_event": Spec({DATABASE}, timeout=STEP),
    # 15 s for the receiver, 5 s for its name, the rest for a cold start and the database.
    "send_delivery": Spec({DATABASE, WEBHOOK_KEY, WEBHOOK_POLICY}, timeout=STEP),
}

OPERATOR_FUNCTIONS: Final[Mapping[str, Spec]] = {
    "migrate_database": Spec({DATABASE}, timeout=OPERATION),
    "load_seeds": Spec({DATABASE, ENGINE, TRANSIENT_TABLE}, timeout=OPERATION),
    "create_user": Spec({DATABASE}, memory_mb=WHOLE_CORE_MB),
}
"""Invoked by a person: `assay invoke …`, or the same in AWS."""
