"""Commands on their way before the last one is answered, unless the account's owner wants none."""

from __future__ import annotations

import pytest

from mailhelper_core.server.imap import connection
from mailhelper_core.server.imap.connection import connect_imap
from mailhelper_core.server.imap.stream import Stream
from mailhelper_core.server.imap.wire import Wire
from mailhelper_core.server.url import parse_url
from mailhelper_core.testing import ImapServer


def test_the_owner_may_want_one_command_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    wishes = []

    def wire(stream: Stream, capabilities: frozenset[str], *, pipelines: bool) -> Wire:
        wishes.append(pipelines)
        return Wire(stream, capabilities, pipelines=pipelines)

    monkeypatch.setattr(connection, "Wire", wire)
    with ImapServer() as server:
        for query in ("", "?pipeline=auto", "?pipeline=never"):
            connect_imap(parse_url(server.url + query, username="ada", secret="secret")).close()

    assert wishes == [True, True, False]
