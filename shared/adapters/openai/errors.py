"""What the SDK raises, in the words of the engine ports.

Vendor messages may repeat what was sent, and pydantic's repeat what came back: both hold student
text. So details are our own words with a status and a request id, and causes are cut off.
"""

from http import HTTPStatus
from typing import Final

import openai

from shared.domain.errors import EngineError, EngineRefusedError, EngineUnavailableError

TRANSIENT: Final[dict[int, str]] = {
    HTTPStatus.REQUEST_TIMEOUT: "timeout",
    HTTPStatus.CONFLICT: "server_error",
    HTTPStatus.TOO_MANY_REQUESTS: "rate_limited",
}
"""Beside 5xx: the codes that the SDK retries too."""
PERMANENT: Final[dict[int, str]] = {
    HTTPStatus.UNAUTHORIZED: "bad_credentials",
    HTTPStatus.PAYMENT_REQUIRED: "quota_exceeded",  # DeepSeek, OpenRouter: no credit left
    HTTPStatus.FORBIDDEN: "bad_credentials",
    HTTPStatus.NOT_FOUND: "unknown_model",
}
VENDOR_ERRORS: Final = (
    openai.OpenAIError,
    TimeoutError,
    # A body that is no completion is not validated by the SDK: its parser falls over what is not
    # there. ValueError includes pydantic's ValidationError and json's JSONDecodeError.
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
)


def translate(error: Exception) -> EngineError:
    """Return the engine error for what a call of the SDK raised, narrowest type first."""
    match error:
        case openai.APITimeoutError() | TimeoutError():
            return EngineUnavailableError("the model did not answer in time", reason="timeout")
        case openai.APIConnectionError():
            return EngineUnavailableError("the provider cannot be reached", reason="connection")
        case openai.LengthFinishReasonError():
            return EngineRefusedError("the model's answer was cut off", reason="cut_off")
        case openai.ContentFilterFinishReasonError():
            return EngineRefusedError("the provider's content filter refused", reason="refused")
        case openai.APIStatusError():
            return _of_status(error)
        case _:
            return EngineRefusedError(
                f"the model's answer is unusable: {type(error).__name__}", reason="invalid_output"
            )


def _of_status(error: openai.APIStatusError) -> EngineError:
    detail = f"the provider answered {error.status_code} (request {error.request_id})"
    if error.status_code == HTTPStatus.TOO_MANY_REQUESTS and _says(error, "insufficient_quota"):
        return EngineRefusedError(detail, reason="quota_exceeded")
    if error.status_code == HTTPStatus.BAD_REQUEST and _says(error, "content_filter"):
        return EngineRefusedError(detail, reason="refused")  # Azure filters the prompt itself
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return EngineUnavailableError(detail, reason="server_error")
    if reason := TRANSIENT.get(error.status_code):
        return EngineUnavailableError(detail, reason=reason)
    return EngineRefusedError(detail, reason=PERMANENT.get(error.status_code, "invalid_request"))


def _says(error: openai.APIStatusError, word: str) -> bool:
    return word in (error.code, error.type)
