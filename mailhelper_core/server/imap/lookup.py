"""Look up the addresses of a host within a time: the system's own look-up knows no end but that of its resolver.

That is half a minute where a name server does not answer, and anything where another module than DNS is asked. A
worker's lease and a page's request do not wait so long.
"""

from __future__ import annotations

import errno
import os
import socket
import threading
from concurrent.futures import Future
from contextlib import suppress
from ipaddress import ip_address
from time import monotonic

# An address and a port.
SocketAddress = tuple[str, int]
# Nothing ends a look-up that was given up: with a dead resolver, a process of many accounts must not gather threads.
MOST_AT_ONCE = 32


class _Places:
    """The process has one; a look-up holds a place until its thread is done, whoever still waits for it."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Begin without look-ups: a parent's threads do not live on in its child."""
        self.free = threading.BoundedSemaphore(MOST_AT_ONCE)


_places = _Places()
os.register_at_fork(after_in_child=_places.renew)


def addresses_of(host: str, port: int, *, timeout: float) -> list[SocketAddress]:
    """Answer the addresses and the port of a host, each once, in the resolver's order.

    Raises TimeoutError after so many seconds, OSError and UnicodeError as the system's look-up does.
    """
    if _is_address(host):
        return _ask(host, port)
    end, free = monotonic() + timeout, _places.free
    if not free.acquire(timeout=timeout):
        raise TimeoutError
    found: Future[list[SocketAddress]] = Future()

    def look_up() -> None:
        try:
            found.set_result(_ask(host, port))
        except Exception as exc:  # noqa: BLE001 - raised where it was asked
            found.set_exception(exc)
        finally:
            free.release()

    # A daemon: no process waits at its end for what nobody needs any more.
    thread = threading.Thread(target=look_up, name="mailhelper-look-up", daemon=True)
    try:
        thread.start()
    except RuntimeError as exc:  # this process may have no more threads for now
        free.release()
        raise OSError(errno.EAGAIN, "no thread to look the host up") from exc
    return found.result(max(0.0, end - monotonic()))


def _ask(host: str, port: int) -> list[SocketAddress]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((str(address[4][0]), int(address[4][1])) for address in found))


def _is_address(host: str) -> bool:
    with suppress(ValueError):
        return bool(ip_address(host.partition("%")[0]))
    return False
