"""One delivery for a process of its own, to be killed."""

from __future__ import annotations

import os
from datetime import timedelta

from sqlalchemy import select

from mailhelper_core.actions.service import ActionService
from mailhelper_core.model.source.account import Account, Endpoint
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.server.imap.connection import connect_imap
from mailhelper_core.settings import Settings
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
from tests.servers.dovecot import PASSWORD
from tests.unit.sync.world import OWNER, START, Clock, read_account

BATCH = 5
CHANGING = ("store", "move", "copy", "append", "expunge")


class Watched:
    """A session that writes down what it is about to change."""

    def __init__(self, session: MailSession, log: int) -> None:
        self._session, self._log = session, log

    def __getattr__(self, name: str) -> object:
        if name in CHANGING:
            os.write(self._log, f"{name}\n".encode())
        return getattr(self._session, name)


class UserSources:
    """Opens sessions of one Dovecot user; with a log, watched ones."""

    def __init__(self, port: int, user: str, log: str = "") -> None:
        self._endpoint = Endpoint("imap", "127.0.0.1", port, "", user, "none", PASSWORD)
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT) if log else 0

    def open(self, account: Account) -> MailSession:
        session = connect_imap(self._endpoint)
        return Watched(session, self._log) if self._log else session  # type: ignore[return-value]


def deliver(database: str, port: int, user: str, hours: int, log: str) -> None:
    """Deliver once, in small commands; the hours move the clock past what a killed process left waiting."""
    store = Store.open(f"sqlite:///{database}", clock=Clock(START + timedelta(hours=hours)))
    with store.read() as connection:
        account_id = int(connection.scalar(select(t.accounts.c.id)) or 0)
    sources = UserSources(port, user, log)
    service = ActionService(store.for_owner(OWNER), sources, Settings(commit_batch_messages=BATCH))
    service.deliver(read_account(store, account_id))
