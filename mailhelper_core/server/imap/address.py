"""To which addresses of a host a connection may go: what was looked at is what is connected to.

A name that is asked twice may answer twice: who checks it first and connects by name afterwards has checked nothing.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from time import monotonic

from mailhelper_core.errors import ServerError
from mailhelper_core.server.imap.lookup import addresses_of

# The last 32 bits are an address of IPv4: what a gateway translates (RFC 6052), and the old form (RFC 4291 2.5.5.1).
_IPV4_INSIDE = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))
# Translated within a network (RFC 8215), and site-local (RFC 3879): Python 3.11 takes both for public ones.
_LOCAL = (IPv6Network("64:ff9b:1::/48"), IPv6Network("fec0::/10"))

# An address is tried for so long even when the time is over: a time of nothing would be no waiting at all.
LEAST_SECONDS = 0.1


def open_socket(host: str, port: int, *, timeout: float, public_only: bool) -> socket.socket:
    """Connect to the first address of a host that answers; with public_only, to public ones alone.

    `timeout` is for all of it: the look-up and every address. Raises OSError and UnicodeError as sockets do,
    ServerError "private_host" when the host has no public address.
    """
    end = monotonic() + timeout
    addresses = addresses_of(host, port, timeout=timeout)
    if public_only:
        addresses = [found for found in addresses if is_public(found[0])]
    if not addresses:
        raise ServerError("the mail server is not on the public internet", code="private_host", transient=False)
    for number, address in enumerate(addresses[:-1]):
        try:
            return socket.create_connection(address, timeout=_left(end, len(addresses) - number))
        except OSError:
            continue  # the last one's failure is told
    return socket.create_connection(addresses[-1], timeout=_left(end, 1))


def is_public(address: str) -> bool:
    """Say whether an address is one of the public internet, also where it is one of IPv4 in IPv6's clothes."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = _ipv4_of(found)
        if inner is not None:
            return is_public(str(inner))
        if any(found in network for network in _LOCAL):
            return False
    return found.is_global and not found.is_multicast


def _ipv4_of(address: IPv6Address) -> IPv4Address | None:
    if any(address in network for network in _IPV4_INSIDE):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


def _left(end: float, share: int) -> float:
    return max(LEAST_SECONDS, (end - monotonic()) / share)
