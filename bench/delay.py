"""A line that is slow: passes octets on to a port of this machine, each answer so many seconds late, in order."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Queue

CHUNK = 65_536


@contextmanager
def delayed(port: int, seconds: float) -> Iterator[int]:
    """Listen on a port of its own for as long as the block lasts, and answer it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, port, seconds), daemon=True).start()
        yield listener.getsockname()[1]


def _accept(listener: socket.socket, port: int, seconds: float) -> None:
    with suppress(OSError):
        while True:
            near, _ = listener.accept()
            far = socket.create_connection(("127.0.0.1", port))
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=_pass_on, args=(near, far), daemon=True).start()
            late: Queue[tuple[float, bytes]] = Queue()
            threading.Thread(target=_read, args=(far, late, seconds), daemon=True).start()
            threading.Thread(target=_write, args=(near, late), daemon=True).start()


def _pass_on(near: socket.socket, far: socket.socket) -> None:
    with suppress(OSError):
        while data := near.recv(CHUNK):
            far.sendall(data)
        far.shutdown(socket.SHUT_WR)


def _read(far: socket.socket, late: Queue[tuple[float, bytes]], seconds: float) -> None:
    data = b"-"
    while data:
        try:
            data = far.recv(CHUNK)
        except OSError:
            data = b""
        late.put((time.monotonic() + seconds, data))


def _write(near: socket.socket, late: Queue[tuple[float, bytes]]) -> None:
    with suppress(OSError):
        while True:
            at, data = late.get()
            time.sleep(max(0.0, at - time.monotonic()))
            if not data:
                near.close()
                return
            near.sendall(data)
