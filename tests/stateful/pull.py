"""One sync for a process of its own, to be killed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import timedelta

from sqlalchemy import select

from mailhelper_core.model.source.account import Account, Endpoint
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.server.imap.connection import connect_imap
from mailhelper_core.server.imap.session import ImapSession
from mailhelper_core.settings import Settings
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.sync.service import MailSyncService
from tests.servers.dovecot import PASSWORD
from tests.unit.sync.world import START, Clock, read_account

BATCH = 25


class Watched:
    """A session that writes down whose body came."""

    def __init__(self, session: ImapSession, log: int) -> None:
        self._session, self._log = session, log

    def __getattr__(self, name: str) -> object:
        return getattr(self._session, name)

    def bodies(self, uids: UidSet) -> Iterator[tuple[int, bytes]]:
        return self.bodies_of([uids])

    def bodies_of(self, groups: Iterable[UidSet]) -> Iterator[tuple[int, bytes]]:
        for uid, raw in self._session.bodies_of(groups):
            os.write(self._log, b"%d\n" % uid)
            yield uid, raw


class WatchedSources:
    """Opens watched sessions of one Dovecot user."""

    def __init__(self, port: int, user: str, log: int) -> None:
        self._endpoint = Endpoint("imap", "127.0.0.1", port, "", user, "none", PASSWORD)
        self._log = log

    def open(self, account: Account) -> Watched:
        return Watched(connect_imap(self._endpoint), self._log)


def pull(database: str, port: int, user: str, hours: int, log: str) -> None:
    """Sync once.

    Every uid whose body came goes to the log before anything else happens with it; the hours move the clock past the
    lease that a killed process left.
    """
    store = Store.open(f"sqlite:///{database}", clock=Clock(START + timedelta(hours=hours)))
    with store.read() as connection:
        account_id = int(connection.scalar(select(t.accounts.c.id)) or 0)
    sources = WatchedSources(port, user, os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT))
    small = Settings(fetch_batch_messages=BATCH, commit_batch_messages=BATCH)
    service = MailSyncService(store, sources, store.clock, small)  # type: ignore[arg-type]
    service.sync(read_account(store, account_id))
