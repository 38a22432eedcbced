"""The mailboxes of one account and of all, counted, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailhelper_core import MailHelper, NotFoundError
from mailhelper_core.testing import ImapServer

LETTER = b"Message-ID: <%d@x.example>\r\nSubject: a letter\r\n\r\nx\r\n"


@pytest.fixture
def server() -> Iterator[ImapServer]:
    """Two users with a mailbox `Own`; that of the first holds three letters, one read."""
    with ImapServer(users={"ada": "secret", "bob": "secret"}) as running:
        for user in ("ada", "bob"):
            running.store.user(user).create("Own")
        for number in range(3):
            flags = ["\\Seen"] if number == 0 else []
            running.store.user("ada").mailbox("Own").append(LETTER % number, flags=flags)
        yield running


def test_the_mailboxes_of_all_accounts_are_those_of_each(helper: MailHelper, server: ImapServer) -> None:
    ada = helper.for_owner("ada")
    accounts = [ada.accounts.add(server.url, username=name, password="secret") for name in ("ada", "bob")]
    for account in accounts:
        ada.sync(account.id)

    every = ada.accounts.mailboxes()

    assert every == tuple(box for account in accounts for box in ada.accounts.mailboxes(account.id))
    counts = {(box.account_id, box.name): (box.messages, box.unread) for box in every}
    assert counts[accounts[0].id, "Own"] == (3, 2)
    assert counts[accounts[1].id, "Own"] == (0, 0)
    assert every[0].name == "INBOX"


def test_another_owners_mailboxes_are_not_among_them(helper: MailHelper, server: ImapServer) -> None:
    ada, eve = helper.for_owner("ada"), helper.for_owner("eve")
    account = ada.accounts.add(server.url, username="ada", password="secret")
    ada.sync(account.id)

    assert eve.accounts.mailboxes() == ()
    with pytest.raises(NotFoundError):
        eve.accounts.mailboxes(account.id)
