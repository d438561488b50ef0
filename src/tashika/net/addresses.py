"""Which machines may be reached: only those that the whole internet can reach.

A name is resolved once and every address it has must be allowed; the caller then connects to the address itself, so
a second, different answer of the resolver (DNS rebinding) never matters. Ranges: IANA special-purpose registries,
as `ipaddress.is_global` knows them, plus multicast and the IPv6 forms that carry an IPv4 address inside.
"""

import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Final

from tashika.net.errors import ForbiddenAddressError, TooSlowError, UnreachableError

Resolver = Callable[[str, int], Sequence[str]]
"""Host and port in, numeric addresses out; raises OSError when there are none."""

_IPv4 = ipaddress.IPv4Address
_IPv6 = ipaddress.IPv6Address
# RFC 6052 (NAT64) and RFC 8215 (its local form): the last 32 bits are an IPv4 address.
_NAT64: Final = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
# RFC 4291 2.5.5.1, "IPv4-compatible": deprecated, and still routed by some stacks.
_COMPATIBLE: Final = ipaddress.IPv6Network("::/96")


def is_public(address: str) -> bool:
    """Whether a numeric address is reachable from the whole internet and from nowhere special.

    >>> is_public("8.8.8.8"), is_public("127.0.0.1"), is_public("::ffff:10.0.0.1"), is_public("169.254.169.254")
    (True, False, False, False)
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, _IPv6):
        if "%" in address:
            return False
        inner = _embedded(ip)
        if inner is not None:
            return _global(inner)
    return _global(ip)


def _global(ip: _IPv4 | _IPv6) -> bool:
    if isinstance(ip, _IPv6) and ip.is_site_local:  # RFC 3879 withdrew fec0::/10; some networks still use it
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_loopback or ip.is_unspecified)


def _embedded(ip: _IPv6) -> _IPv4 | None:
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.teredo is not None:
        return ip.teredo[1]
    if ip in _COMPATIBLE or any(ip in network for network in _NAT64):
        return _IPv4(int(ip) & 0xFFFFFFFF)
    return None


def system_resolver(host: str, port: int) -> list[str]:
    """Ask the machine's resolver; each address once, in its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def resolve(
    host: str,
    port: int,
    *,
    seconds: float,
    allow_private: bool = False,
    resolver: Resolver = system_resolver,
) -> list[str]:
    """All addresses of a host, once, if every one of them is allowed.

    Args:
        host: a name or a numeric address.
        port: handed to the resolver.
        seconds: how long it may take; it has no limit of its own, so it works in a thread that is left behind.
        allow_private: also return addresses that are not public.
        resolver: who is asked.

    Raises:
        ForbiddenAddressError: one of the addresses is not public and ``allow_private`` is off.
        UnreachableError: the name has no address.
        TooSlowError: no answer in time.
    """
    addresses = _with_deadline(lambda: resolver(host, port), host, seconds)
    if not addresses:
        raise UnreachableError("the name has no address", where=host)
    if not allow_private:
        for address in addresses:
            if not is_public(address):
                raise ForbiddenAddressError(
                    f"{address} is not a public address; fetching from it could reach inside a network",
                    where=host,
                    hint="verify a local copy of the folder, or allow private addresses if the machine is yours",
                )
    return list(addresses)


def _with_deadline(ask: Callable[[], Sequence[str]], host: str, seconds: float) -> Sequence[str]:
    answer: list[Sequence[str]] = []
    problem: list[Exception] = []

    def work() -> None:
        try:
            answer.append(ask())
        except (OSError, UnicodeError) as error:
            problem.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if problem:
        raise UnreachableError(f"the name cannot be resolved: {problem[0]}", where=host) from problem[0]
    if not answer:
        raise TooSlowError(f"the resolver gave no answer in {seconds:.0f} s", where=host)
    return answer[0]
