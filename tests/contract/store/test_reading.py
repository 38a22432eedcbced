"""Reads that share one transaction: whose they are, what they see, and what is refused within."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event

from mailhelper_core import ConfigError, MailHelper, OwnerServices
from mailhelper_core.store.unit_of_work import OwnerStore, Store
from tests.contract.store.test_unit_of_work import add_account, names


@pytest.fixture
def begun(store: Store) -> list[object]:
    """The transactions that were begun from now on."""
    found: list[object] = []
    store.ensure_prepared()
    event.listen(store.engine, "begin", found.append)
    return found


def add(owner: OwnerStore, name: str = "home") -> None:
    with owner.begin() as uow:
        add_account(uow, name)


def test_reads_share_one_transaction(store: Store, begun: list[object]) -> None:
    ada = store.for_owner("ada")

    with ada.reading():
        assert (names(ada), names(store.for_owner("ada"))) == ([], [])
        with ada.reading():
            assert names(ada) == []
        assert names(ada) == []
    assert len(begun) == 1

    names(ada)

    assert len(begun) == 2


def test_what_is_written_meanwhile_is_seen_behind_it(store: Store) -> None:
    ada = store.for_owner("ada")
    add(ada)

    with ada.reading():
        before = names(ada)
        add(ada, "work")
        within = names(ada)

    assert before == ["home"]
    # PostgreSQL shows each statement what is committed.
    assert within == (["home"] if store.engine.dialect.name == "sqlite" else ["home", "work"])
    assert names(ada) == ["home", "work"]


def test_another_owner_and_another_thread_read_by_themselves(store: Store, begun: list[object]) -> None:
    ada, eve = store.for_owner("ada"), store.for_owner("eve")
    add(ada)
    begun.clear()

    with ada.reading(), ThreadPoolExecutor(1) as threads:
        assert names(eve) == []
        assert threads.submit(names, ada).result() == ["home"]
        with eve.reading():
            assert (names(eve), names(ada)) == ([], ["home"])
        assert names(ada) == ["home"]

    assert len(begun) == 5


def test_it_ends_with_an_error_too(store: Store, begun: list[object]) -> None:
    ada = store.for_owner("ada")

    with pytest.raises(ZeroDivisionError), ada.reading():
        raise ZeroDivisionError
    names(ada)

    assert len(begun) == 2


def test_joined_to_the_hosts_transaction_it_changes_nothing(store: Store) -> None:
    add(store.for_owner("ada"))

    with store.writer() as connection, connection.begin():
        ada = store.for_owner("ada", connection=connection)
        with ada.reading():
            add(ada, "work")
            assert names(ada) == ["home", "work"]


@pytest.fixture
def services(database_url: str) -> Iterator[OwnerServices]:
    """The services of Ada."""
    with MailHelper(database_url, key=b"k" * 32) as helper:
        yield helper.for_owner("ada")


def test_a_page_is_read_as_of_one_moment(services: OwnerServices) -> None:
    with services.reading():
        before = services.tags.list()
        services.tags.create("Bills")
        within = services.tags.list()

    assert within == before == ()
    assert [tag.name for tag in services.tags.list()] == ["Bills"]


def test_long_calls_are_refused_within(services: OwnerServices) -> None:
    account = services.accounts.add("imap://127.0.0.1:1", username="ada", password="secret")

    with services.reading():
        for call in (services.sync, services.run, services.process):
            with pytest.raises(ConfigError, match="reading"):
                call(account.id)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_child_that_is_forked_within_reads_by_itself(store: Store) -> None:
    ada = store.for_owner("ada")
    add(ada)

    with ada.reading():
        pid = os.fork()
        if pid == 0:
            code = 1
            try:  # whatever happens, the child must not go on as a second test run
                code = 0 if not ada.is_joined and names(ada) == ["home"] else 2
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert names(ada) == ["home"]
