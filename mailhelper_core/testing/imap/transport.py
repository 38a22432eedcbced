"""Bytes in and out of one client's socket: whole commands with their literals, buffered answers, TLS, waiting."""

from __future__ import annotations

import re
import selectors
import socket
import ssl
import threading
import zlib
from collections.abc import Callable

_ANNOUNCED = re.compile(rb"\{(\d{1,10})(\+?)\}\r?\n\Z")
# Dovecot's imap_max_line_length; a client that writes longer lines fails there as well.
_MAX_LINE = 65_536
# Larger than any mail of a test, small enough that a mistake does not eat the machine's memory.
_MAX_LITERAL = 256 * 1024 * 1024
_BUFFER = 262_144
_WINDOW_BITS = -15  # RFC 4978 4: raw deflate

# Takes a listener, answers the function that ends the listening.
Listen = Callable[[Callable[[], None]], Callable[[], None]]


class LineTooLongError(ValueError):
    """A command line longer than the server reads."""


class Transport:
    """One socket; reading and writing happen in the connection's own thread, `abort` in any."""

    def __init__(self, sock: socket.socket, *, literal_plus: bool) -> None:
        self._socket = sock
        self._aborted = threading.Event()
        self._wrapping = threading.Lock()
        self._literal_plus = literal_plus
        self._taken = bytearray()
        self._waiting = bytearray()
        self._deflate: zlib._Compress | None = None
        self._inflate: zlib._Decompress | None = None

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Do the server's side of the handshake; what the client sent before it in plain text is dropped."""
        self._taken.clear()
        # Known before the handshake: `abort` must end one whose client says nothing.
        with self._wrapping:  # it empties the old socket before it answers the new one: `abort` would cut nothing
            wrapped = context.wrap_socket(self._socket, server_side=True, do_handshake_on_connect=False)
            self._socket = wrapped
        wrapped.do_handshake()

    def start_compress(self) -> None:
        """Compress from here on, both ways (RFC 4978)."""
        self.flush()
        self._deflate = zlib.compressobj(wbits=_WINDOW_BITS)
        self._inflate = zlib.decompressobj(wbits=_WINDOW_BITS)

    def read_command(self) -> bytes | None:
        """Answer a line with the literals it announces and the lines behind them; None at the end.

        Asks the client to go on before a synchronizing literal. Raises LineTooLongError.
        """
        line = self.read_line()
        if line is None:
            return None
        parts = [line]
        while (size := self._announced(line)) is not None:
            literal = self._take(size)
            rest = self.read_line()
            if literal is None or rest is None:
                return None
            parts += [literal, rest]
            line = rest
        return b"".join(parts).removesuffix(b"\n").removesuffix(b"\r")

    def read_line(self) -> bytes | None:
        """Answer a line with its end; None when the client is gone."""
        while (end := self._taken.find(b"\n")) < 0:
            if len(self._taken) > _MAX_LINE:
                raise LineTooLongError
            if not self._receive():
                return None
        return self._cut(end + 1)

    def wait(self, listen: Listen, has_happened: Callable[[], bool]) -> bool:
        """Wait until the client wrote something (True) or what we listen to happens or has happened (False)."""
        wake, woken = socket.socketpair()
        wake.setblocking(False)
        with wake, woken, selectors.DefaultSelector() as selector:
            unlisten = listen(lambda: _poke(wake))
            selector.register(self._socket, selectors.EVENT_READ, "client")
            selector.register(woken, selectors.EVENT_READ, "change")
            try:
                if self._taken or self._has_decrypted():
                    return True
                if has_happened():  # between the last look and `listen`
                    return False
                return any(key.data == "client" for key, _ in selector.select())
            finally:
                unlisten()

    def write(self, data: bytes) -> None:
        """Queue bytes for the client."""
        self._waiting += data
        if len(self._waiting) >= _BUFFER:
            self.flush()

    def write_slowly(self, data: bytes, per_second: float) -> None:
        """Send bytes one by one at the pace."""
        self.flush()
        for at in range(len(data)):
            self.write(data[at : at + 1])
            self.pause(1 / per_second)

    def pause(self, seconds: float) -> None:
        """Say nothing for a while, or until the connection is cut."""
        self.flush()
        self._aborted.wait(seconds)

    def flush(self) -> None:
        """Send what is queued."""
        if self._waiting:
            data, self._waiting = self._waiting, bytearray()
            self._socket.sendall(self._pack(data))

    def close(self) -> None:
        """Close the socket."""
        self.abort()
        self._socket.close()

    def abort(self) -> None:
        """End reading, writing and pauses at once; safe from another thread."""
        try:
            # Not SSLSocket.shutdown: that one pulls the TLS state away under the reading thread.
            with self._wrapping:
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
        except OSError:
            pass  # the client was faster
        finally:
            self._aborted.set()

    def _announced(self, line: bytes) -> int | None:
        """Answer the size of the literal that the line announces, None without one; invite it if it waits for that."""
        match = _ANNOUNCED.search(line)
        if match is None or (match[2] and not self._literal_plus):
            return None
        size = int(match[1])
        if size > _MAX_LITERAL:
            raise LineTooLongError
        if not match[2]:
            self.write(b"+ OK\r\n")
            self.flush()
        return size

    def _take(self, size: int) -> bytes | None:
        while len(self._taken) < size:
            if not self._receive():
                return None
        return self._cut(size)

    def _cut(self, size: int) -> bytes:
        data = bytes(self._taken[:size])
        del self._taken[:size]
        return data

    def _receive(self) -> bool:
        data = self._socket.recv(_BUFFER)
        self._taken += self._inflate.decompress(data) if self._inflate else data
        return bool(data)

    def _pack(self, data: bytearray) -> bytes | bytearray:
        if self._deflate is None:
            return data
        return self._deflate.compress(data) + self._deflate.flush(zlib.Z_SYNC_FLUSH)

    def _has_decrypted(self) -> bool:
        return isinstance(self._socket, ssl.SSLSocket) and self._socket.pending() > 0


def _poke(wake: socket.socket) -> None:
    try:
        wake.send(b"!")
    except OSError:
        return  # a full pipe wakes just as well, a closed one means that the wait is over
