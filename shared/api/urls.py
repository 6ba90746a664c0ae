"""Addresses of resources, relative to the host that the client already knows."""

from shared.api.routes import BASE_PATH
from shared.domain.assessment import AssessmentId
from shared.domain.rescore import RescoreId


def assessment_url(assessment_id: AssessmentId) -> str:
    return f"{BASE_PATH}/assessments/{assessment_id}"


def status_url(assessment_id: AssessmentId) -> str:
    return f"{BASE_PATH}/assessments/{assessment_id}/status"


def rescore_url(rescore_id: RescoreId) -> str:
    return f"{BASE_PATH}/admin/rescores/{rescore_id}"
