"""Pigeonhole's sieve-test, in a directory of this run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.process import MissingServerError
from tests.servers.sieve import Pigeonhole
from tests.servers.sieve import pigeonhole as opened


@pytest.fixture(scope="module")
def pigeonhole(pytestconfig: pytest.Config) -> Iterator[Pigeonhole]:
    """The peer."""
    yield from started(pytestconfig)


def started(pytestconfig: pytest.Config, mailbox: str = "", special_use: str = "") -> Iterator[Pigeonhole]:
    """The peer, where a mailbox of a special use may be there."""
    try:
        with opened(mailbox, special_use) as peer:
            yield peer
    except MissingServerError as error:
        if pytestconfig.getoption("allow_missing_servers"):
            pytest.skip(str(error))
        pytest.fail(f"{error} (--allow-missing-servers leaves these tests out)")
