"""A server that hangs up while we write: what it said before that is heard, its reason above all."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from mailhelper_core.errors import ServerError, ThrottledError
from mailhelper_core.server.imap.stream import Stream
from mailhelper_core.server.imap.wire import Wire
from mailhelper_core.testing import LocalCertificate

LAST_WORDS = b"M1 OK done\r\n* BYE [UNAVAILABLE] come back later\r\n"


def hung_up(*, tls: bool) -> tuple[Stream, Callable[[], None]]:
    """Connect to a server that says its last words after the first command and closes; the call waits for that."""
    certificate = LocalCertificate() if tls else None
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listening:
            served, _ = listening.accept()
        if certificate:
            served = certificate.server_context().wrap_socket(served, server_side=True)
        served.recv(100)
        served.sendall(LAST_WORDS)
        served.close()

    thread = threading.Thread(target=serve)
    thread.start()
    client = socket.create_connection(listening.getsockname())
    if certificate:
        client = certificate.client_context().wrap_socket(client, server_hostname="localhost")
    return Stream(client, timeout=5.0), thread.join


@pytest.mark.parametrize("tls", [False, True])
def test_its_last_words_are_read_after_a_write_that_failed(tls: bool) -> None:
    stream, wait = hung_up(tls=tls)
    stream.send(b"M1 NOOP\r\n")
    wait()
    for _ in range(3):  # the first is answered by a reset, and the next one fails
        stream.send(b"M2 NOOP\r\n")

    assert stream.line() + stream.line() == LAST_WORDS
    with pytest.raises(ServerError) as caught:
        stream.line()

    assert caught.value.code == "connection_lost"


@pytest.mark.parametrize("tls", [False, True])
def test_its_reason_is_heard_by_who_sends_a_command(tls: bool) -> None:
    stream, wait = hung_up(tls=tls)
    wire = Wire(stream, frozenset())
    wire.run(b"NOOP")
    wait()
    stream.socket.sendall(b"\r\n")  # which a reset answers: the next write fails

    with pytest.raises(ThrottledError):
        wire.run(b"NOOP")
