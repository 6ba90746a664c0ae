"""GET /admin/audit-logs/verify: whether the audit log is as it was written."""

from shared.api.app import build_api, handler_of
from shared.api.problem import answers, problems
from shared.api.schemas.administration import BrokenOut, ValidOut, verification_out
from shared.usecases.verify_audit_logs import verify_audit_logs
from shared.wiring import wiring

api = build_api()


@api.get(
    "/api/v1/admin/audit-logs/verify",
    tags=["Administration"],
    summary="Walk the hash chain of the audit log",
    responses=answers(ValidOut | BrokenOut) | problems(401, 403),
)
def get_verification() -> ValidOut | BrokenOut:
    return verification_out(verify_audit_logs(store=wiring.store))


lambda_handler = handler_of(api, lambda: wiring.metrics)
