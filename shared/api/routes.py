"""Every HTTP route, the function behind it and who may call it.

The CDK app builds API Gateway from this table, the edge refuses callers by it, and the tests check
each row against the path that the function itself declares. It stands in `shared` because the
roles are enforced at run time.
"""

from typing import Final, NamedTuple

from shared.domain.feedback import GIVERS
from shared.domain.user import STAFF, Role

BASE_PATH: Final = "/api/v1"

PUBLIC: Final[frozenset[Role] | None] = None
ANYONE: Final = frozenset(Role)
STUDENT: Final = frozenset({Role.STUDENT})
ADMIN: Final = frozenset({Role.ADMIN})


class Route(NamedTuple):
    method: str
    path: str
    """Below `BASE_PATH`, parameters in braces."""
    function: str
    """Module in `functions/` whose `lambda_handler` serves the route."""
    roles: frozenset[Role] | None
    """None for routes without an authorizer."""
    assessment_in_query: bool = False
    """Whether `?assessmentId=` names what is asked for, as the path does elsewhere."""


ROUTES: Final = (
    Route("GET", "/health", "check_health", PUBLIC),
    Route("GET", "/.well-known/jwks.json", "get_jwks", PUBLIC),
    Route("GET", "/openapi.json", "serve_docs", PUBLIC),
    Route("GET", "/docs", "serve_docs", PUBLIC),
    Route("POST", "/auth/register", "register_user", PUBLIC),
    Route("POST", "/auth/login", "log_in", PUBLIC),
    Route("POST", "/auth/refresh", "refresh_session", PUBLIC),
    Route("POST", "/auth/logout", "log_out", ANYONE),
    Route("GET", "/me", "get_me", ANYONE),
    Route("PATCH", "/me", "change_me", ANYONE),
    Route("GET", "/me/export", "export_me", ANYONE),
    Route("DELETE", "/me", "erase_me", ANYONE),
    Route("DELETE", "/admin/users/{userId}", "erase_user", ADMIN),
    Route("GET", "/tracks", "list_tracks", PUBLIC),
    Route("GET", "/tracks/{trackId}", "get_track", PUBLIC),
    Route("POST", "/tracks", "serve_tracks", ADMIN),
    Route("PUT", "/tracks/{trackId}", "serve_tracks", ADMIN),
    Route("DELETE", "/tracks/{trackId}", "serve_tracks", ADMIN),
    Route("GET", "/tracks/{trackId}/versions", "serve_tracks", ADMIN),
    Route("POST", "/tracks/{trackId}/restore", "serve_tracks", ADMIN),
    Route("POST", "/assessments/start", "start_assessment", STUDENT),
    Route("GET", "/assessments", "list_assessments", ANYONE),
    Route("GET", "/assessments/{assessmentId}", "get_assessment", ANYONE),
    Route("GET", "/assessments/{assessmentId}/next", "get_next_question", STUDENT),
    Route("PUT", "/assessments/{assessmentId}/responses", "save_responses", STUDENT),
    Route("POST", "/assessments/{assessmentId}/answer", "answer_question", STUDENT),
    Route("PUT", "/assessments/{assessmentId}/ai-scoring", "decide_ai_scoring", STUDENT),
    Route("POST", "/assessments/{assessmentId}/submit", "submit_assessment", STUDENT),
    Route("POST", "/assessments/{assessmentId}/complete", "complete_assessment", STUDENT),
    Route("GET", "/assessments/{assessmentId}/status", "get_status", ANYONE),
    Route("GET", "/assessments/{assessmentId}/result", "get_result", ANYONE),
    Route(
        "POST",
        "/assessments/{assessmentId}/essays/{questionId}/override",
        "override_score",
        STAFF,
    ),
    Route("GET", "/advisor/assessments", "list_cohort", STAFF),
    Route("GET", "/advisor/students/{studentId}/history", "get_student_history", STAFF),
    Route("GET", "/reviews", "list_reviews", STAFF),
    Route("POST", "/reviews/{essayScoreId}/lease", "lease_review", STAFF),
    Route("POST", "/reviews/{essayScoreId}/confirm", "confirm_score", STAFF),
    Route("GET", "/profiles/{assessmentId}", "get_profile", ANYONE),
    Route("GET", "/recommendations", "get_recommendations", ANYONE, assessment_in_query=True),
    Route("POST", "/recommendations/{recommendationId}/feedback", "give_feedback", GIVERS),
    Route(
        "POST",
        "/recommendations/{recommendationId}/items/{credentialId}/verdict",
        "give_verdict",
        STAFF,
    ),
    Route("GET", "/dashboards/feedback", "get_feedback_dashboard", STAFF),
    Route("GET", "/admin/users/{userId}/accommodations", "get_accommodations", ADMIN),
    Route("PUT", "/admin/users/{userId}/accommodations", "set_accommodations", ADMIN),
    Route("DELETE", "/admin/users/{userId}/accommodations", "remove_accommodations", ADMIN),
    Route("GET", "/admin/users", "list_users", ADMIN),
    Route("PATCH", "/admin/users/{userId}", "set_user_role", ADMIN),
    Route("POST", "/admin/assessments/{assessmentId}/rescore", "start_rescore", ADMIN),
    Route("POST", "/admin/rescores", "start_rescore", ADMIN),
    Route("GET", "/admin/rescores/{rescoreId}", "get_rescore", ADMIN),
    Route("POST", "/admin/assessments/{assessmentId}/retry", "retry_assessment", ADMIN),
    Route("POST", "/admin/queues/{queue}/redrive", "redrive_queue", ADMIN),
    Route("GET", "/admin/audit-logs", "list_audit_logs", ADMIN),
    Route("GET", "/admin/audit-logs/verify", "verify_audit_logs", ADMIN),
    Route("GET", "/dashboards/usage", "get_usage", ADMIN),
    Route("GET", "/dashboards/operations", "get_operations", ADMIN),
    Route("GET", "/webhooks", "serve_webhooks", ADMIN),
    Route("POST", "/webhooks", "serve_webhooks", ADMIN),
    Route("GET", "/webhooks/{webhookId}", "serve_webhooks", ADMIN),
    Route("PATCH", "/webhooks/{webhookId}", "serve_webhooks", ADMIN),
    Route("DELETE", "/webhooks/{webhookId}", "serve_webhooks", ADMIN),
    Route("POST", "/webhooks/{webhookId}/rotate-secret", "serve_webhooks", ADMIN),
    Route("POST", "/webhooks/{webhookId}/test", "serve_deliveries", ADMIN),
    Route("GET", "/webhooks/{webhookId}/deliveries", "serve_deliveries", ADMIN),
    Route(
        "POST",
        "/webhooks/{webhookId}/deliveries/{deliveryId}/resend",
        "serve_deliveries",
        ADMIN,
    ),
    Route("POST", "/webhooks/{webhookId}/recover", "serve_deliveries", ADMIN),
    Route("GET", "/admin/credentials", "list_credentials", ADMIN),
    Route("POST", "/admin/credentials", "create_credential", ADMIN),
    Route("GET", "/admin/credentials/export", "transfer_content", ADMIN),
    Route("POST", "/admin/credentials/import", "transfer_content", ADMIN),
    Route("GET", "/admin/credentials/{credentialId}", "get_credential", ADMIN),
    Route("PUT", "/admin/credentials/{credentialId}", "update_credential", ADMIN),
    Route("DELETE", "/admin/credentials/{credentialId}", "deactivate_credential", ADMIN),
    Route("GET", "/admin/credentials/{credentialId}/versions", "list_credential_versions", ADMIN),
    Route("POST", "/admin/credentials/{credentialId}/restore", "restore_credential", ADMIN),
    Route("GET", "/admin/questions", "list_questions", ADMIN),
    Route("POST", "/admin/questions", "create_question", ADMIN),
    Route("GET", "/admin/questions/export", "transfer_content", ADMIN),
    Route("POST", "/admin/questions/import", "transfer_content", ADMIN),
    Route("GET", "/admin/questions/{questionId}", "get_question", ADMIN),
    Route("PUT", "/admin/questions/{questionId}", "update_question", ADMIN),
    Route("DELETE", "/admin/questions/{questionId}", "deactivate_question", ADMIN),
    Route("GET", "/admin/questions/{questionId}/versions", "list_question_versions", ADMIN),
    Route("POST", "/admin/questions/{questionId}/restore", "restore_question", ADMIN),
    Route("GET", "/admin/tracks", "serve_tracks", ADMIN),
    Route("GET", "/admin/tracks/{trackId}", "serve_tracks", ADMIN),
    Route("GET", "/admin/index", "get_index", ADMIN),
    Route("POST", "/admin/index/rebuild", "rebuild_index", ADMIN),
    Route("GET", "/dashboards/trends", "get_trends", ADMIN),
)
