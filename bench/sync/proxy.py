"""A relay on loopback that counts what a server sends: octets on the wire, whoever asked for them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Relay:
    """The port to connect to, and the octets that came from the server since the last `reset`."""

    target: int
    port: int = 0
    octets: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reset(self) -> None:
        """Count from zero."""
        with self._lock:
            self.octets = 0

    def serve(self, listener: socket.socket) -> None:
        """Take connections until the listener is closed."""
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            for source, sink, weight in ((client, server, 0), (server, client, 1)):
                threading.Thread(target=self._pass_on, args=(source, sink, weight), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, weight: int) -> None:
        try:
            while data := source.recv(65536):
                with self._lock:
                    self.octets += len(data) * weight
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            sink.close()


@contextmanager
def relay(target: int) -> Iterator[Relay]:
    """Relay a port until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found = Relay(target, listener.getsockname()[1])
        threading.Thread(target=found.serve, args=(listener,), daemon=True).start()
        yield found
        listener.shutdown(socket.SHUT_RDWR)
