"""An account is removed some messages at a time on both databases; what a stop has left goes with the next call."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, event, func, select

from mailhelper_core import Account, MailHelper, NotFoundError, OwnerServices, ReplyStyle
from mailhelper_core.accounts import removal
from mailhelper_core.accounts.removal import BATCH
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import OwnerStore
from mailhelper_core.testing import ImapServer, MailboxGenerator

MAILS = 2 * BATCH + 10


class StoppedError(Exception):
    """The process ends here."""


@pytest.fixture
def server() -> Iterator[ImapServer]:
    """A server with more mail than one transaction removes, and another user's."""
    with ImapServer(users={"ada": "secret", "bob": "secret"}) as running:
        MailboxGenerator(seed=7).fill(running.store.user("ada"), count=MAILS)
        MailboxGenerator(seed=8).fill(running.store.user("bob"), count=3)
        yield running


def commits(helper: MailHelper) -> list[int]:
    """Count the commits from now on."""
    found: list[int] = []

    def on_commit(_: Connection) -> None:
        found.append(len(found) + 1)

    event.listen(helper.jobs.store.engine, "commit", on_commit)
    return found


def left(helper: MailHelper) -> dict[str, int]:
    with helper.jobs.store.read() as connection:
        tables = (t.messages, t.placements, t.observations, t.pending, t.message_texts, t.leases)
        return {one.name: connection.scalar(select(func.count()).select_from(one)) or 0 for one in tables}


def test_no_transaction_removes_more_than_a_batch(
    helper: MailHelper, ada: OwnerServices, server: ImapServer, account: Account
) -> None:
    other = helper.for_owner("bob").accounts.add(server.url, username="bob", password="secret")
    helper.for_owner("bob").sync(other.id)
    before = left(helper)
    ada.sync(account.id)
    for box in server.store.user("ada").mailboxes:
        box.add_flags(box.uids, ["\\Flagged"])
    ada.sync(account.id)
    done = commits(helper)

    ada.accounts.remove(account.id)

    assert len(done) >= MAILS // BATCH + 2
    assert left(helper) == before
    assert ada.accounts.list() == ()


def test_what_a_stop_has_left_goes_with_the_next_call(
    helper: MailHelper, ada: OwnerServices, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada.sync(account.id)
    step, steps = removal._remove_some, iter(range(2))

    def stop_at_the_third(owner: OwnerStore, account_id: int) -> int:
        if next(steps, None) is None:
            raise StoppedError
        return step(owner, account_id)

    monkeypatch.setattr(removal, "_remove_some", stop_at_the_third)
    with pytest.raises(StoppedError):
        ada.accounts.remove(account.id)
    monkeypatch.undo()

    assert (ada.accounts.get(account.id).state, 0 < ada.count("") < MAILS) == ("paused", True)
    ada.accounts.remove(account.id)
    assert (ada.count(""), left(helper)["mailhelper_messages"]) == (0, 0)
    with pytest.raises(NotFoundError):
        ada.accounts.remove(account.id)


def test_the_styles_of_an_account_go_with_it_and_those_of_all_accounts_stay(
    ada: OwnerServices, account: Account
) -> None:
    for_all = ada.replies.styles.set(ReplyStyle(signature="Ada"))
    ada.replies.styles.set(ReplyStyle(account.id, signature="Ada Lovelace, 12 St James's Square"))

    ada.accounts.remove(account.id)

    assert ada.replies.styles.list() == (for_all,)
