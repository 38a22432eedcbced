"""Looking up a host: a resolver that never answers costs the time that was given, and no more threads than few."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from mailhelper_core.errors import ServerError
from mailhelper_core.server.imap import lookup
from mailhelper_core.server.imap.lookup import addresses_of
from mailhelper_core.server.imap.stream import connect

HOST = "mail.example.org"


@contextmanager
def dead_resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let look-ups wait until the block ends."""
    end = threading.Event()

    def resolve(*_: object, **__: object) -> list[Any]:
        end.wait(30)
        raise socket.gaierror(socket.EAI_AGAIN, "no answer")

    monkeypatch.setattr(lookup.socket, "getaddrinfo", resolve)
    try:
        yield
    finally:
        end.set()
        for thread in _waiting():
            thread.join(5)


def _waiting() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "mailhelper-look-up"]


@pytest.mark.parametrize("public_only", [True, False])
def test_a_resolver_that_does_not_answer_is_a_server_that_does_not(
    monkeypatch: pytest.MonkeyPatch, *, public_only: bool
) -> None:
    began = time.monotonic()

    with dead_resolver(monkeypatch), pytest.raises(ServerError) as failed:
        connect(HOST, 993, timeout=0.2, tls=None, public_only=public_only)

    assert (failed.value.code, failed.value.transient) == ("timeout", True)
    assert time.monotonic() - began < 20  # the resolver would take half a minute


def test_look_ups_that_were_given_up_do_not_gather(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(lookup, "_places", lookup._Places())

    with monkeypatch.context() as meanwhile, dead_resolver(meanwhile):
        for _ in range(4):
            with pytest.raises(TimeoutError):
                addresses_of(HOST, 993, timeout=0.05)
        assert len(_waiting()) == 2

    assert addresses_of("localhost", 993, timeout=5)  # they gave their places back


def test_a_look_up_that_gets_no_thread_gives_its_place_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(lookup, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(lookup, "_places", lookup._Places())

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(lookup.threading.Thread, "start", refuse)
        for _ in range(3):
            with pytest.raises(OSError, match="no thread"):
                addresses_of(HOST, 993, timeout=0.05)

    assert addresses_of("localhost", 993, timeout=5)


def test_what_the_resolver_says_comes_as_it_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(lookup.socket, "getaddrinfo", resolve)

    with pytest.raises(socket.gaierror) as failed:
        addresses_of(HOST, 993, timeout=5)

    assert failed.value.errno == socket.EAI_NONAME


def test_an_address_needs_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup.threading, "Thread", None)

    assert addresses_of("127.0.0.1", 993, timeout=5) == [("127.0.0.1", 993)]
    assert addresses_of("::1", 993, timeout=5) == [("::1", 993)]
