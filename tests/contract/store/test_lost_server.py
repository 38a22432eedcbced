"""A PostgreSQL that is gone without a word: the system is told to find it out, unless the URL says otherwise."""

from __future__ import annotations

import os
import socket
from contextlib import closing
from typing import Any

import pytest

from mailhelper_core.store.engine import make_engine

pytestmark = pytest.mark.servers
OPTIONS = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)


@pytest.mark.parametrize(
    ("query", "expected"),
    [("", [30, 10, 3, 60_000]), ("?keepalives_idle=7&tcp_user_timeout=9000", [7, 10, 3, 9_000])],
    ids=["by default", "as the URL says"],
)
def test_a_server_that_is_gone_is_noticed_within_a_minute(postgres_url: str, query: str, expected: list[int]) -> None:
    engine = make_engine(postgres_url + query)
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        with closing(socket.socket(fileno=os.dup(driver.fileno()))) as same:
            found = [same.getsockopt(socket.IPPROTO_TCP, option) for option in OPTIONS]
    engine.dispose()

    assert found == expected
