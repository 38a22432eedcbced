"""A journey whose thinking takes longer than the lease of its account: what it did is told all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import update

from mailhelper_core import Classifier, MailHelper, OwnerServices, Rule, Settings, each, hookimpl
from mailhelper_core.store import tables as t
from mailhelper_core.store.work import leases
from mailhelper_core.testing import ImapServer, MailboxGenerator

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
MAILS = 3


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with ImapServer(users={"ada": "secret"}) as running:
        MailboxGenerator(seed=7).fill(running.store.user("ada"), count=MAILS)
        yield running


@pytest.fixture
def meanwhile() -> list[Callable[[], object]]:
    """What happens while a message is thought about; done once."""
    return []


@pytest.fixture
def ada(database_url: str, server: ImapServer, meanwhile: list[Callable[[], object]]) -> Iterator[OwnerServices]:
    @each
    def slow(message: Any) -> None:
        if meanwhile:
            meanwhile.pop()()

    @hookimpl
    def register_classifiers() -> list[Classifier]:
        return [Classifier("slow", slow)]

    plugin = SimpleNamespace(__name__="slow", register_classifiers=register_classifiers)
    with MailHelper(Settings(database_url, key=KEY), plugins=[plugin]) as helper:
        ada = helper.for_owner("ada")
        account = ada.accounts.add(server.url, username="ada", password="secret")
        ada.rules.save(Rule("seen", "", [("addflag", "flagged")]))

        def take_over() -> None:
            """Another process finds the lease expired."""
            store = helper.jobs.store
            with store.begin() as connection:
                connection.execute(update(t.leases).values(expires_at=1))
            leases.acquire(store, f"account:{account.id}", seconds=60.0)

        meanwhile.append(take_over)
        yield ada


def test_what_was_done_is_told_and_who_has_the_account_now_delivers(ada: OwnerServices, server: ImapServer) -> None:
    report = ada.run(1)

    assert (report.sync.new, report.process.processed, report.rules.hits) == (MAILS, MAILS, MAILS)
    assert [(note.where, note.code) for note in report.deliver.errors] == [("account:1", "lease_lost")]
    assert (report.deliver.delivered, report.deliver.waiting) == (0, MAILS)
    assert not any("\\Flagged" in one.flags for one in server.store.user("ada").mailbox("INBOX").messages)
