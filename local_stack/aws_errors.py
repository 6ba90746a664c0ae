"""What AWS says when it refuses or does not answer, in words that say what to do."""

from typing import Final

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from local_stack.errors import LocalStackError

NOT_LOGGED_IN: Final = (
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
    exceptions.TokenRetrievalError,
    exceptions.SSOError,
)
EXPIRED: Final = frozenset(
    {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


def told(error: BotoCoreError | ClientError) -> LocalStackError:
    """Return what went wrong with an AWS service in words that say what to do."""
    said = str(error).rstrip(".")
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else None
    if code in EXPIRED or isinstance(error, NOT_LOGGED_IN):
        return LocalStackError(
            f"AWS does not know who asks: {said}.",
            "Name a profile by --profile and log in with it: aws sso login --profile NAME.",
        )
    match error:
        case exceptions.ProfileNotFound():
            return LocalStackError(f"{said}.", "See which there are: aws configure list-profiles.")
        case exceptions.NoRegionError():
            return LocalStackError(
                "It is not known in which region the stage is.",
                "Name it by --region, by AWS_REGION, or in the profile.",
            )
        case ClientError() if code in DENIED:
            return LocalStackError(
                f"This profile may not do that: {said}.", "Take one that may, by --profile."
            )
        case exceptions.HTTPClientError() | exceptions.ConnectionError():
            return LocalStackError(
                f"AWS cannot be reached: {said}.",
                "Check the network and the region; the local stack starts by `make up`.",
            )
        case _:
            return LocalStackError(
                f"The stack's AWS services do not answer as they should: {said}.",
                "See what runs with `assay status`, and bring it up again with `make up`; "
                "in AWS, check --stage, --profile and --region.",
            )
