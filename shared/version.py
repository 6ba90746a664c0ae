"""The version of this product, as the API and its documents state it."""

from typing import Final

VERSION: Final = "0.1.0"
