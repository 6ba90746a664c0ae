"""Text that goes to a model as data and comes back as text: fenced in, and cut to size."""

import re
import secrets
from collections.abc import Callable
from typing import Final

EMAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
EXAMPLE_DOMAIN: Final = re.compile(r"[@.]example(?:\.(?:com|org|net))?$", re.IGNORECASE)
"""RFC 2606: addresses that are nobody's, as essays on validation use them."""

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def new_marker() -> str:
    """Return a code of 128 random bits, which no answer can have guessed."""
    return secrets.token_hex(16)


def marker_for(text: str, draw: Callable[[], str] = new_marker) -> str:
    """Return a marker that does not occur in the text."""
    marker = draw()
    while marker in text:
        marker = draw()
    return marker


class EmailMask:
    """A text without the e-mail addresses in it, and the way back for what is quoted from it."""

    def __init__(self, text: str) -> None:
        self._addresses: dict[str, str] = {}
        self.masked = EMAIL.sub(self._hide, text)

    def reveal(self, quote: str) -> str:
        for mask, address in self._addresses.items():
            quote = quote.replace(mask, address)
        return quote

    def _hide(self, match: re.Match[str]) -> str:
        address = match.group()
        if EXAMPLE_DOMAIN.search(address):
            return address
        mask = f"[e-mail {len(self._addresses) + 1}]"
        self._addresses[mask] = address
        return mask


def tidy(text: str, limit: int) -> str:
    """Return the text without control characters, at most `limit` long, cut between words."""
    clean = _CONTROL.sub("", text).strip()
    if len(clean) <= limit:
        return clean
    cut = clean[: limit - 1]
    return f"{cut.rsplit(maxsplit=1)[0] if ' ' in cut else cut}…"
