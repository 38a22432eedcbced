"""What goes wrong on the way to a maildrop is said as what it is; a password is shown to nobody else."""

from __future__ import annotations

import poplib
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Thread

import mailhelper_pop3 as plugin
import pytest

from mailhelper_core import Endpoint, LoginError, ServerError, ThrottledError
from mailhelper_core.testing import LocalCertificate

HUNG_UP = b""


@contextmanager
def said(*answers: bytes, context: ssl.SSLContext | None = None) -> Iterator[tuple[int, list[bytes]]]:
    """A server that says these in turn, whatever it hears; yields its port and what it hears."""
    heard: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        with suppress(OSError), listener.accept()[0] as client:
            client.settimeout(20)
            with context.wrap_socket(client, server_side=True) if context else client as wire:
                _answer(wire, answers, heard)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve, args=(listener,))
        thread.start()
        yield listener.getsockname()[1], heard
        thread.join()


def _answer(wire: socket.socket, answers: Sequence[bytes], heard: list[bytes]) -> None:
    with wire.makefile("rb") as lines:
        for answer in answers:
            if answer == HUNG_UP:
                return
            wire.sendall(answer)
            heard.append(lines.readline())


def endpoint(port: int, scheme: str = "pop3", **options: str) -> Endpoint:
    return Endpoint(scheme, "127.0.0.1", port, "", "ada", secret="secret", options=tuple(options.items()))


def failure(call: Callable[[], object]) -> ServerError:
    with pytest.raises(ServerError) as caught:
        call()
    return caught.value


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (b"-ERR\r\n", LoginError, "login"),
        (b"-ERR [AUTH] no\r\n", LoginError, "login"),
        (b"-ERR [IN-USE] locked by another session\r\n", ServerError, "in_use"),
        (b"-ERR [SYS/TEMP] disk\r\n", ServerError, "in_use"),
        (b"-ERR [LOGIN-DELAY] too soon\r\n", ThrottledError, "throttled"),
        (HUNG_UP, ServerError, "connection_lost"),
    ],
)
def test_only_a_refused_password_waits_for_its_owner(answer: bytes, kind: type[ServerError], code: str) -> None:
    with said(b"+OK\r\n", b"+OK\r\n", answer) as (port, _):
        error = failure(lambda: plugin.connect(endpoint(port)))

    assert (type(error), error.code, error.transient) == (kind, code, kind is not LoginError)


def test_a_server_whose_certificate_nobody_vouches_for_is_not_told_the_password() -> None:
    with said(b"+OK\r\n", b"+OK\r\n", context=LocalCertificate().server_context()) as (port, heard):
        error = failure(lambda: plugin.connect(endpoint(port, "pop3s")))

    assert (error.code, error.transient, heard) == ("tls", False, [])


def test_a_server_with_a_good_certificate_is(monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = LocalCertificate()
    trusting = certificate.client_context()
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)

    with said(b"+OK\r\n", *[b"+OK\r\n"] * 3, context=certificate.server_context()) as (port, heard):
        plugin.connect(endpoint(port, "pop3s")).close()

    assert heard[:2] == [b"USER ada\r\n", b"PASS secret\r\n"]


def test_who_may_use_public_addresses_alone_is_not_let_into_the_network() -> None:
    error = failure(lambda: plugin.connect(endpoint(1, "pop3s", addresses="public")))

    assert (error.code, error.transient) == ("private_host", False)


@pytest.mark.parametrize("greeting", [b"", b"-ERR not now\r\n"])
def test_a_server_that_greets_nobody_is_left(greeting: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        port = listener.getsockname()[1]
        connecting = pool.submit(failure, lambda: plugin.connect(endpoint(port, timeout="0.5")))
        with listener.accept()[0] as wire:
            wire.settimeout(20)
            wire.sendall(greeting)
            error = connecting.result()  # it holds the connection, so that only closing ends it

            assert (error.code, wire.recv(1)) == ("rejected" if greeting else "timeout", b"")


def test_a_server_that_is_silent_is_waited_for_as_long_as_the_host_says() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        error = failure(lambda: plugin.connect(endpoint(listener.getsockname()[1], timeout="0.1")))

    assert error.code == "timeout"


@pytest.mark.parametrize("listing", [b"1\r\n", b"x one\r\n"])
def test_a_listing_that_is_none_is_the_servers_fault(listing: bytes) -> None:
    with said(b"+OK\r\n", b"+OK\r\n", b"+OK\r\n", b"+OK\r\n" + listing + b".\r\n", b"+OK\r\n") as (port, _):
        session = plugin.connect(endpoint(port))
        error = failure(lambda: session.open("INBOX"))
        session.close()

    assert error.code == "connection_lost"


def test_a_date_that_is_no_day_is_none() -> None:
    for date in (b"Mon, 99999999999999999999 Jan 2024 00:00:00 +0000", b"Fri, 31 Dec 9999 23:59:59 -1200"):
        assert plugin._date(b"Date: " + date + b"\r\n\r\n").year == 1970


def test_a_line_is_bounded_here_and_for_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin, "MAX_LINE_OCTETS", 10)

    with said(b"+OK 0123456789\r\n") as (port, _):
        error = failure(lambda: plugin.connect(endpoint(port)))

    assert error.code == "unreachable"
    assert poplib._MAXLINE == 2_048  # type: ignore[attr-defined]
