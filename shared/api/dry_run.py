"""How a write is asked what it would do."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from shared.domain.errors import InvalidInputError

DryRun = Annotated[
    bool, Query(alias="dryRun", description="Answer what would change, and write nothing")
]
DryRunOfImport = Annotated[
    bool | None, Query(alias="dryRun", description="The opposite of `apply`, as for other writes")
]
Apply = Annotated[
    bool | None, Query(description="Write; without it the answer is what would change")
]


def is_preview(*, apply: bool | None, dry_run: bool | None) -> bool:
    """Tell whether an import writes nothing: it is looked at before, unless the caller did."""
    if apply is not None and apply is dry_run:
        raise InvalidInputError(
            "apply and dryRun are opposites, and both are the same; send one of them",
            pointer="query/apply",
        )
    return dry_run if dry_run is not None else not apply
