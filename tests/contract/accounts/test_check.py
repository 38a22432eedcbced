"""The check of an account on both databases: it finds fault where a sync would, and not elsewhere."""

from __future__ import annotations

import pytest

from mailhelper_core import Account, OwnerServices, ServerError
from mailhelper_core.model.source.held import MAX_STRIKES
from mailhelper_core.testing import Answer, Fault, ImapServer, Interrupt, Lines

OPENS = ("EXAMINE", "SELECT", "STATUS")


def refuse(server: ImapServer, answer: Answer | Interrupt, name: str) -> None:
    server.faults.add(*(Fault(one, answer, times=None, having=name) for one in OPENS))


def test_an_inbox_in_use_is_no_account_that_is_broken(ada: OwnerServices, server: ImapServer, account: Account) -> None:
    refuse(server, Answer("NO", "In use", "INUSE"), "INBOX")

    assert ada.accounts.check(account.id).ok


def test_an_inbox_that_was_given_up_is_named_and_not_opened(
    ada: OwnerServices, server: ImapServer, account: Account
) -> None:
    refuse(server, Interrupt("line", after=3), "INBOX")
    with pytest.raises(ServerError):
        ada.sync(account.id)
    for _ in range(MAX_STRIKES):
        ada.sync(account.id)

    check = ada.accounts.check(account.id)

    assert check.ok
    assert ("INBOX", "breaks_connection") in check.not_synced


@pytest.mark.parametrize("without", [(), ("LIST-STATUS",)])
def test_what_no_sync_is_let_into_is_named_with_the_servers_reason(
    ada: OwnerServices, without: tuple[str, ...]
) -> None:
    with ImapServer(users={"ada": "secret"}, without=without) as server:
        user = server.store.user("ada")
        user.create("Empty")
        for name in ("Theirs", "Busy", "Odd \x01"):
            user.create(name).append(b"Subject: one\r\n\r\nText.\r\n")
        refuse(server, Answer("NO", "Not yours", "NOPERM"), "Theirs")
        refuse(server, Answer("NO", "In use", "INUSE"), "Busy")
        account = ada.accounts.add(server.url, username="ada", password="secret")
        before = ada.accounts.check(account.id).not_synced
        ada.sync(account.id)

        after = ada.accounts.check(account.id).not_synced

    assert before == (("Odd ", "odd_name"),)
    assert set(after) == {("Odd ", "odd_name"), ("Theirs", "no_permission")}


@pytest.mark.parametrize(("name", "shown"), [("a\nb", "a\nb"), ("a\rb", "a\nb"), ("x" * 2_401, "x" * 2_401)])
def test_a_name_that_not_every_database_finds_is_named(
    ada: OwnerServices, server: ImapServer, account: Account, name: str, shown: str
) -> None:
    server.store.user("ada").create(name)

    check = ada.accounts.check(account.id)

    assert check.ok
    assert check.not_synced == ((shown, "odd_name"),)


def test_a_server_that_lets_nothing_be_opened_is_told(ada: OwnerServices, server: ImapServer, account: Account) -> None:
    refuse(server, Answer("NO", "Unsafe login"), "")

    check = ada.accounts.check(account.id)

    assert (check.ok, check.code) == (False, "rejected")


def test_a_server_that_lists_no_mailbox_is_not_well(ada: OwnerServices, server: ImapServer, account: Account) -> None:
    server.faults.add(Fault("LIST", Lines(b"LIST"), times=None))

    check = ada.accounts.check(account.id)

    assert (check.ok, check.code, check.state) == (False, "no_mailboxes", "unreachable")


def test_a_server_that_leaves_uid_next_out_is_well_and_synced(
    ada: OwnerServices, server: ImapServer, account: Account
) -> None:
    server.faults.add(*(Fault(one, Lines(b"UIDNEXT", b"X-NEXT"), times=None) for one in (*OPENS, "LIST")))

    assert ada.accounts.check(account.id).ok
    assert ada.sync(account.id).errors == ()
