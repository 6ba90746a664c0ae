"""What erasing a person came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.domain.user import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    user_id: UserId
    at: datetime
    erased: Mapping[str, int]
    """Rows by table of which all, or all personal text, is gone."""
    kept: Mapping[str, int]
    """Rows by table that stay without identity, with all that hangs on them."""

    def claims(self) -> dict[str, Any]:
        """Return what the receipt states."""
        return {
            "sub": self.user_id,
            "erasedAt": self.at.isoformat(),
            "erased": dict(self.erased),
            "keptWithoutIdentity": dict(self.kept),
        }
