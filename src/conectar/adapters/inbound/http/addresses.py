"""Who asks, as far as the hops before us can be believed."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Addresses:
    """Who asks, as limits count people; these hops are believed."""

    def __init__(self, trusted_proxies: Sequence[str]) -> None:
        self._trusted = networks(trusted_proxies)

    def of(self, scope: Any, given: Mapping[bytes, bytes]) -> str:
        """The nearest hop that is no proxy of ours; an IPv6 network counts as one."""
        told = hops(scope, given)
        found = nearest(told, self._trusted)
        if found is None:
            return told[0]
        if isinstance(found, IPv6Address):
            return str(ip_network((found, 64), strict=False))
        return str(found)


def networks(told: Sequence[str]) -> list[Network]:
    """Of addresses and networks."""
    return [ip_network(one, strict=False) for one in told]


def hops(scope: Any, given: Mapping[bytes, bytes]) -> list[str]:
    """From the peer outwards, as they are told."""
    client = scope.get("client")
    forwarded = given.get(b"x-forwarded-for", b"").decode("latin-1")
    told = [hop.strip() for hop in reversed(forwarded.split(",")) if hop.strip()]
    return [client[0] if client else "127.0.0.1", *told]


def nearest(told: Sequence[str], trusted: Sequence[Network]) -> Address | None:
    """The first hop that is no proxy of ours, or the last; None if one before can't be read."""
    found: Address | None = None
    for hop in told:
        try:
            found = address(hop)
        except ValueError:
            return None
        if not among(found, trusted):
            break
    return found


def address(hop: str) -> Address:
    """Of IPv4, also where a socket for both shows it as IPv6. Raises ValueError."""
    found = ip_address(hop)
    return (isinstance(found, IPv6Address) and found.ipv4_mapped) or found


def among(of: Address, trusted: Sequence[Network]) -> bool:
    """Whether it is in one of these networks."""
    return any(of in network for network in trusted)
