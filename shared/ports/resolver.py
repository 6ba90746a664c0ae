"""Name look-up, and the guard that stands on it."""

from dataclasses import dataclass
from typing import Protocol

from shared.domain.webhook_target import Target, ensure_allowed, read_target


class Resolver(Protocol):
    def resolve(self, host: str) -> tuple[str, ...]:
        """Return every address of the host; none when its name is unknown or takes too long."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedTarget:
    """A target with the addresses that were checked: connect to these and look up no more."""

    target: Target
    addresses: tuple[str, ...]


def check_target(url: str, *, resolver: Resolver, allow_loopback: bool) -> CheckedTarget:
    """Raise `InvalidInputError` unless messages may be sent there."""
    target = read_target(url, allow_loopback=allow_loopback)
    addresses = resolver.resolve(target.host)
    ensure_allowed(target, addresses, allow_loopback=allow_loopback)
    return CheckedTarget(target=target, addresses=addresses)
