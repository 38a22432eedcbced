"""Which keywords a mailbox keeps is heard when it is opened first, and whenever something is delivered to it."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from mailhelper_core import MailHelper
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.testing import ImapServer
from tests.contract.sync.servers import ImapSources, ServerWorld
from tests.unit.sync.world import Clock, add_account, fill

# What the bundled server keeps besides.
SYSTEM = "\\Answered \\Deleted \\Draft \\Flagged \\Seen"


@pytest.mark.parametrize(("kept", "noted"), [(None, None), (["$Junk"], f"$Junk {SYSTEM}"), ((), SYSTEM)])
def test_the_first_sync_notes_what_a_mailbox_keeps_and_later_ones_only_read(
    store: Store, clock: Clock, kept: list[str] | None, noted: str | None
) -> None:
    with ImapServer(permanent_keywords=kept) as server:
        world = ServerWorld(store, ImapSources(server), add_account(store), clock, server=server)
        fill(world.inbox, range(2))

        world.sync()
        first = server.log.names
        server.log.clear()
        fill(world.inbox, range(2, 4))
        world.sync()

        b = t.mailboxes.c
        assert world.rows(select(b.permanent_keywords).where(b.name == "INBOX")) == [(noted,)]
        assert ("SELECT" in first, "SELECT" in server.log.names) == (True, False)


def test_a_delivery_notes_what_a_mailbox_keeps_by_now(database_url: str) -> None:
    with ImapServer() as server, MailHelper(database_url, key=b"k" * 32) as helper:
        [uid] = fill(server.store.user("ada").mailbox("INBOX"), range(1))
        ada = helper.for_owner("ada")
        account = ada.accounts.add(server.url, username="ada", password="secret")
        ada.sync(account.id)
        helper._wiring.store.ensure_prepared()
        with helper._wiring.store.for_owner("ada").begin() as uow:
            uow.execute(update(t.mailboxes).values(permanent_keywords="$Junk"))

        ada.messages.add_keyword([one.id for one in ada.search("")], "\\Flagged")
        ada.outbox.deliver(account.id)

        ada.tags.create("Work")
        ada.tags.mirror("Work", "work")
        assert not ada.tags.get("Work").local_only
        assert "\\Flagged" in server.store.user("ada").mailbox("INBOX").get(uid).flags


@pytest.mark.parametrize(
    ("kept", "is_local"), [(["\\Seen", "\\Flagged"], True), (["\\Seen", "work"], False), (None, False)]
)
def test_a_tag_is_mirrored_only_where_a_mailbox_keeps_its_keyword(
    database_url: str, kept: list[str] | None, is_local: bool
) -> None:
    with ImapServer(permanent_keywords=kept) as server, MailHelper(database_url, key=b"k" * 32) as helper:
        fill(server.store.user("ada").mailbox("INBOX"), range(2))
        ada = helper.for_owner("ada")
        account = ada.accounts.add(server.url, username="ada", password="secret")
        ada.sync(account.id)

        ada.tags.create("Work")
        ada.tags.mirror("Work", "work")

        assert ada.tags.get("Work").local_only is is_local
