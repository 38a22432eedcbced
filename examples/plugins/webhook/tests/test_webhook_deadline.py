"""A service holds a delivery no longer than it may, however it answers."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from threading import Thread

import mailhelper_webhook as plugin
import pytest

from mailhelper_core import Context, Effect, ServerError


def test_an_answer_that_drips_has_one_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin, "TIMEOUT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=drip, args=(listener,))
        thread.start()
        url, began = f"http://127.0.0.1:{listener.getsockname()[1]}/", time.monotonic()

        with pytest.raises(ServerError) as late:
            plugin.deliver(Effect(1, "webhook", "{}"), Context("ada", settings={"url": url, "key": "shared"}))

        assert (late.value.code, late.value.transient) == ("timeout", True)
        assert time.monotonic() - began < 10
        thread.join()


def drip(listener: socket.socket) -> None:
    """Answer well, but for a header that does not end for 20 seconds."""
    with listener.accept()[0] as wire, suppress(OSError):
        wire.sendall(b"HTTP/1.1 204 No Content\r\n")
        for number in range(200):
            wire.sendall(b"x-%d: y\r\n" % number)
            time.sleep(0.1)
