"""Where a webhook may point. Whoever may name an address must not reach our network with it.

The name is resolved, every address it has is checked, and the sender connects to a checked address
and to no other: a name that answers differently a moment later (DNS rebinding) changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)
from typing import Final
from urllib.parse import SplitResult, urlsplit

from shared.domain.errors import InvalidInputError

MAX_URL: Final = 2048
POINTER: Final = "/url"
PORTS: Final = {"https": 443, "http": 80}

Address = IPv4Address | IPv6Address

# IANA's IPv4 Special-Purpose Address Registry, multicast, and the addresses above.
REFUSED_V4: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' own; a cloud keeps its metadata at 100.100.100.200
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host, public by number only
        "169.254.0.0/16",  # link-local, with the metadata of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
GLOBAL_V6: Final = IPv6Network("2000::/3")
"""All that is given out. Loopback, link-local, ULA, multicast, and IPv4 inside IPv6 are outside."""
REFUSED_V6: Final = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocols' own, with Teredo, which carries IPv4
        "2001:db8::/32",
        "2002::/16",  # 6to4, which carries IPv4
        "3fff::/20",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A webhook's URL, taken apart."""

    scheme: str
    host: str
    """Without the brackets of an IPv6 address."""
    port: int
    path: str
    """With the query, as sent."""

    @property
    def is_secure(self) -> bool:
        return self.scheme == "https"

    @property
    def authority(self) -> str:
        """What the header Host says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def read_target(url: str, *, allow_loopback: bool) -> Target:
    """Take the URL apart, or raise `InvalidInputError`; `allow_loopback` lets http through."""
    if len(url) > MAX_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise _refused(f"a URL has at most {MAX_URL} printable ASCII characters and no blanks")
    parts = _split(url)
    if parts.scheme not in (PORTS if allow_loopback else ("https",)):
        raise _refused("use an https:// URL")
    if parts.username is not None or parts.password is not None:
        raise _refused("a URL has no user name and no password; check the signature instead")
    if "#" in url:
        raise _refused("a URL has no fragment: it would not be sent")
    if not parts.hostname or "%" in parts.hostname:
        raise _refused("the URL names no host")
    query = f"?{parts.query}" if parts.query else ""
    return Target(
        scheme=parts.scheme,
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        path=f"{parts.path or '/'}{query}",
    )


def ensure_allowed(target: Target, addresses: Sequence[str], *, allow_loopback: bool) -> None:
    """Raise `InvalidInputError` unless every address of the target's host may be connected to."""
    if not addresses:
        raise _refused("the host's name has no address; check its spelling, or its DNS entry")
    found = [ip_address(address) for address in addresses]
    if not target.is_secure:
        if not (allow_loopback and all(address.is_loopback for address in found)):
            raise _refused("http is for loopback addresses only; use https")
        return
    if not all(map(is_public, found)):
        raise _refused("the host is in a private or reserved network; use one that is public")


def is_public(address: Address) -> bool:
    """Tell whether the address belongs to the internet, and to no one machine or network."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in REFUSED_V4)
    return address in GLOBAL_V6 and not any(address in network for network in REFUSED_V6)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it checks it
    except ValueError:
        raise _refused("this is no URL; give one like https://lms.example.edu/assay") from None
    return parts


def _refused(detail: str) -> InvalidInputError:
    return InvalidInputError(detail, pointer=POINTER)
