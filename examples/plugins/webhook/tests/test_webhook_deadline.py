"""A service holds a delivery no longer than it may, however it answers."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from threading import Thread

import mailhelper_webhook as plugin
import pytest

from mailhelper_core import Context, Effect, ServerError

# What begins the first words of a server in TLS: 16 KiB of handshake, which never come.
HELLO = b"\x16\x03\x03\x40\x00"


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> float:
    monkeypatch.setattr(plugin, "TIMEOUT_SECONDS", 0.5)
    return 0.5


def deliver_late(url: str) -> float:
    """Deliver, which must fail as being late, and answer how long that took."""
    began = time.monotonic()
    with pytest.raises(ServerError) as late:
        plugin.deliver(Effect(1, "webhook", "{}"), Context("ada", settings={"url": url, "key": "shared"}))
    assert (late.value.code, late.value.transient) == ("timeout", True)
    return time.monotonic() - began


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_service_that_never_answers_has_one_deadline(scheme: str, seconds: float) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:  # the system takes the connection, nobody else does
        assert seconds <= deliver_late(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/") < 10


@pytest.mark.parametrize(
    ("scheme", "begins", "drop"), [("http", b"HTTP/1.1 204 No Content\r\n", b"x-1: y\r\n"), ("https", HELLO, b"\0")]
)
def test_an_answer_that_drips_has_one_deadline(scheme: str, begins: bytes, drop: bytes, seconds: float) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=drip, args=(listener, begins, drop))
        thread.start()

        assert seconds <= deliver_late(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/") < 10

        thread.join()


def test_addresses_that_are_not_there_share_the_deadline(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    asked: list[float] = []

    def connect(address: object, timeout: float) -> socket.socket:
        asked.append(timeout)
        time.sleep(timeout)
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", connect)
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"192.0.2.{number}", 443)) for number in range(5)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    deliver_late("https://service.example/")

    assert sum(asked) < 2 * seconds


def drip(listener: socket.socket, begins: bytes, drop: bytes) -> None:
    """Answer well, but for something that does not end for 20 seconds."""
    with listener.accept()[0] as wire, suppress(OSError):
        wire.sendall(begins)
        for _ in range(200):
            wire.sendall(drop)
            time.sleep(0.1)
