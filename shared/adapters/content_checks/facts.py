"""Facts of a credential that lead nowhere."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from shared.adapters.content_checks.finding import Finding, error
from shared.domain.recommendation import Credential

RESERVED: Final = frozenset({"example", "test", "invalid", "localhost", "local", "internal"})
"""Top-level names that never lead to a page of the public web (RFC 2606, RFC 6762)."""


def check_facts(credential: Credential, skills: AbstractSet[str]) -> Iterator[Finding]:
    """Find an address that cannot be followed, no hint of the effort, and unknown skills."""
    where = f"credentials/{credential.slug}"
    url = urlsplit(credential.url)
    if url.scheme != "https":
        yield error("url", f"{where}/url", "The address is not https; give the provider's page.")
    elif is_placeholder(url.hostname or ""):
        yield error(
            "url",
            f"{where}/url",
            f"{url.hostname} is a placeholder; give the provider's page.",
        )
    if not credential.hours and not (credential.effort or "").strip():
        yield error(
            "effort",
            f"{where}/hours",
            "Neither hours nor an effort is given; say what the provider says.",
        )
    if unknown := [skill for skill in credential.skills if skill not in skills]:
        yield error(
            "unknown-skill",
            f"{where}/skills",
            f"{', '.join(unknown)} is not in the list of skills; use one that is, or add it there.",
        )


def is_placeholder(host: str) -> bool:
    """Tell whether a host name is no provider's: a number, `localhost`, `example.org` and such."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        labels = host.casefold().rstrip(".").split(".")
        return len(labels) == 1 or labels[-1] in RESERVED or labels[-2] == "example"
    return True
