"""Entries that wait for what a sync will find: nobody logs in for them again and again meanwhile."""

from __future__ import annotations

from mailhelper_core import Account, MailHelper, OwnerServices
from mailhelper_core.testing import ImapServer
from tests.contract.jobs.conftest import Clock

TICK_SECONDS = 5.0


def test_an_entry_that_waits_for_a_sync_costs_no_login_at_each_tick(
    helper: MailHelper, ada: OwnerServices, account: Account, server: ImapServer, clock: Clock
) -> None:
    ada.sync(account.id)
    inbox = server.store.user("ada").mailbox("INBOX")
    lost = [message.id for message in ada.search("in:inbox", limit=50)]
    inbox.expunge(inbox.uids)
    ada.messages.add_keyword(lost[:1], "$work")
    server.log.clear()

    for _ in range(40):
        clock.advance(TICK_SECONDS)
        helper.jobs.tick()
        while helper.jobs.run(kinds={"deliver"}):
            pass

    [entry] = ada.outbox.pending()
    assert (entry.state, entry.error_code) == ("waiting", "gone")
    assert server.log.names.count("LOGIN") + server.log.names.count("AUTHENTICATE") <= 2


def test_it_is_tried_again_as_soon_as_a_sync_has_ended(
    helper: MailHelper, ada: OwnerServices, account: Account, server: ImapServer, clock: Clock
) -> None:
    ada.sync(account.id)
    user = server.store.user("ada")
    first = ada.search("in:inbox", limit=1).items[0].id
    user.mailbox("INBOX").move(user.mailbox("INBOX").uids, user.create("Elsewhere"))
    ada.messages.add_keyword([first], "$work")
    ada.outbox.deliver(account.id)
    before = [entry.error_code for entry in ada.outbox.pending()]
    clock.advance(TICK_SECONDS)

    ada.sync(account.id)
    clock.advance(TICK_SECONDS)
    helper.jobs.tick()
    while helper.jobs.run(kinds={"deliver"}):
        pass

    assert before == ["gone"]
    assert ada.outbox.pending() == ()
    assert ada.messages.get(first).keywords >= {"$work"}
