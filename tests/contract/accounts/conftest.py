"""An owner on a fresh database, and a server with a little mail; tests that need others say so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailhelper_core import Account, MailHelper, OwnerServices
from mailhelper_core.testing import ImapServer, MailboxGenerator

KEY = b"k" * 32


@pytest.fixture
def helper(database_url: str) -> Iterator[MailHelper]:
    """The engine on a fresh database."""
    with MailHelper(database_url, key=KEY) as made:
        yield made


@pytest.fixture
def ada(helper: MailHelper) -> OwnerServices:
    """An owner without accounts."""
    return helper.for_owner("ada")


@pytest.fixture
def server() -> Iterator[ImapServer]:
    """A server that lets ada in, with a little mail."""
    with ImapServer(users={"ada": "secret"}) as running:
        MailboxGenerator(seed=7).fill(running.store.user("ada"), count=5)
        yield running


@pytest.fixture
def account(ada: OwnerServices, server: ImapServer) -> Account:
    """Ada's account on that server."""
    return ada.accounts.add(server.url, username="ada", password="secret")
