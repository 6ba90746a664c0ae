"""Operators: create a user of any role."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import ValidationError

from shared.api.schemas.auth import NewUser
from shared.domain.errors import DomainError
from shared.usecases.create_user import create_user
from shared.wiring import wiring

logger = Logger()


@logger.inject_lambda_context(clear_state=True)
def lambda_handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    """Return `{"userId", "role"}`, or `{"error", "detail"}` for what the operator can mend."""
    try:
        wanted = NewUser.model_validate(event)
        user = create_user(
            wanted.email,
            wanted.password,
            wanted.name,
            wanted.role,
            store=wiring.store,
            hasher=wiring.hasher,
            ids=wiring.ids,
            clock=wiring.clock,
        )
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        return {"error": "invalid_input", "detail": "; ".join(faults)}
    except DomainError as error:
        return {"error": error.code, "detail": str(error) or error.code}
    logger.info("user created", user_id=user.id, role=user.role)
    return {"userId": user.id, "role": user.role.value}
