"""The time of a call to a model service is all it has: for its addresses, the handshake and the answer together."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest

from mailhelper_core import ProviderError
from mailhelper_core.ai.providers import http
from mailhelper_core.testing import ModelServer

SECONDS = 2.0
Address = tuple[str, int]


@pytest.fixture
def silent() -> Iterator[Address]:
    """An address that no connection gets an answer from: nobody accepts, and the queue is full."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with suppress(BlockingIOError):
                waiting.connect(listening.getsockname())
        time.sleep(0.1)
        yield listening.getsockname()


@pytest.fixture
def dripping() -> Iterator[Address]:
    """A server that begins a TLS record of 16,000 octets and goes on sending one at a time."""
    is_done = threading.Event()

    def drip() -> None:
        connected, _ = listening.accept()
        with connected, suppress(OSError):
            connected.sendall(b"\x16\x03\x03\x3e\x80\x02\x00\x3e\x7c")
            while not is_done.wait(0.05):
                connected.sendall(b"\x00")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip)
        thread.start()
        yield listening.getsockname()
        is_done.set()
        thread.join()


def _resolve(*addresses: Address) -> Callable[..., list[tuple[object, ...]]]:
    found: list[tuple[object, ...]] = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", one) for one in addresses]
    return lambda *_args, **_options: found


def _seconds_of_a_call(url: str) -> float:
    started = time.monotonic()
    with pytest.raises(ProviderError) as caught:
        http.exchange("GET", url, headers={}, body=None, seconds=SECONDS)
    assert (caught.value.code, caught.value.transient) == ("timeout", True)
    return time.monotonic() - started


def test_a_handshake_that_drips_is_cut(dripping: Address) -> None:
    assert _seconds_of_a_call(f"https://127.0.0.1:{dripping[1]}/") < SECONDS * 2.5


def test_addresses_that_do_not_answer_share_the_time(silent: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _resolve(silent, silent, silent, silent))

    assert _seconds_of_a_call("https://model.example/") < SECONDS * 2.5


def test_an_address_that_does_not_answer_leaves_time_for_the_next(
    silent: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ModelServer(lambda _: "{}") as server:
        port = int(server.url.rpartition(":")[2])
        monkeypatch.setattr(socket, "getaddrinfo", _resolve(silent, ("127.0.0.1", port)))

        answer = http.exchange("GET", server.url, headers={}, body=None, seconds=SECONDS * 4)

    assert answer.status == 200


def test_an_address_of_a_family_that_the_system_lacks_leaves_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    with ModelServer(lambda _: "{}") as server:
        port = int(server.url.rpartition(":")[2])
        lacking = (999, socket.SOCK_STREAM, 6, "", ("::1", port, 0, 0))
        found = [lacking, *_resolve(("127.0.0.1", port))()]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: found)

        answer = http.exchange("GET", server.url, headers={}, body=None, seconds=SECONDS * 4)

    assert answer.status == 200
