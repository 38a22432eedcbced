"""One transaction contract on both databases: what is committed, who owns it, and who joins whom."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from mailhelper_core.errors import BusyError, ConfigError
from mailhelper_core.model.source.account import AccountPolicy
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import insert_rows, reserve_ids
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.unit_of_work import OwnerStore, Store, UnitOfWork
from mailhelper_core.store.work import leases

POLICY = AccountPolicy()


def add_account(uow: UnitOfWork, name: str = "home") -> int:
    given = {"options": {}, "policy": POLICY, "addresses": frozenset()}
    return accounts.add(uow, "imap://localhost", name=name, username="ada", **given)


def add_and_fail(owner: OwnerStore) -> None:
    with owner.begin() as uow:
        add_account(uow)
        raise ZeroDivisionError


def names(owner: OwnerStore) -> list[str]:
    with owner.read() as uow:
        return [account.name for account in accounts.every(uow, owner.owner)]


def test_a_clean_exit_commits(store: Store) -> None:
    ada = store.for_owner("ada")

    with ada.begin() as uow:
        add_account(uow)

    assert names(ada) == ["home"]


def test_an_error_rolls_everything_back_even_the_owner(store: Store) -> None:
    ada = store.for_owner("ada")

    with pytest.raises(ZeroDivisionError):
        add_and_fail(ada)

    assert names(ada) == []
    with store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(t.owners)) == 0
    with ada.begin() as uow:
        add_account(uow)
    assert names(ada) == ["home"]


def test_owners_do_not_see_each_other(store: Store) -> None:
    ada, eve = store.for_owner("ada"), store.for_owner("eve")
    with ada.begin() as uow:
        add_account(uow)

    assert names(eve) == []


@pytest.mark.parametrize("owner", [7, None, "", "a\x00b", b"ada"])
def test_an_owner_is_a_non_empty_str(store: Store, owner: object) -> None:
    with pytest.raises(TypeError, match="str"):
        store.for_owner(owner)  # type: ignore[arg-type]


def test_a_lost_lease_writes_nothing(store: Store) -> None:
    ada = store.for_owner("ada")
    lease = leases.acquire(store, "account:1", seconds=0.0)
    leases.acquire(store, "account:1", seconds=20.0)

    with pytest.raises(BusyError) as lost, ada.begin(lease) as uow:
        add_account(uow)

    assert lost.value.code == "lease_lost"
    assert names(ada) == []


def test_joined_to_the_hosts_transaction_nothing_is_committed(store: Store) -> None:
    with store.begin() as connection:
        joined = store.for_owner("ada", connection=connection)
        with joined.begin() as uow:
            add_account(uow)
        assert names(joined) == ["home"]
        connection.rollback()

    assert names(store.for_owner("ada")) == []


def test_a_failed_call_leaves_the_hosts_transaction_usable(store: Store) -> None:
    with store.begin() as connection:
        joined = store.for_owner("ada", connection=connection)
        with joined.begin() as uow:
            add_account(uow, "kept")
        with pytest.raises(ZeroDivisionError):
            add_and_fail(joined)

    assert names(store.for_owner("ada")) == ["kept"]


def test_long_calls_refuse_the_hosts_transaction(store: Store) -> None:
    with store.begin() as connection, pytest.raises(ConfigError, match="sync"):
        store.for_owner("ada", connection=connection).require_own_transaction("sync")


def test_text_that_a_database_refuses_is_cleaned_on_both_paths(store: Store) -> None:
    ada = store.for_owner("ada")
    with ada.begin() as uow:
        add_account(uow, "nul\x00 and \udcff")
        insert_rows(uow.connection, t.meta, ("name", "value"), [("bulk", "nul\x00 and \udcff")])

    assert names(ada) == ["nul and \ufffd"]
    with store.read() as connection:
        assert connection.scalar(select(t.meta.c.value).where(t.meta.c.name == "bulk")) == "nul and \ufffd"


def test_reserved_ids_are_new_and_never_given_again(store: Store) -> None:
    columns = ("id", "owner_id", "name", "url", "username", "secret_id", "created_at")
    ada = store.for_owner("ada")

    with ada.begin() as uow:
        first = list(reserve_ids(uow.connection, t.accounts, 3))
        rows = [(id_, uow.owner_id, "a", "u", "n", "s", 0) for id_ in first]
        insert_rows(uow.connection, t.accounts, columns, rows)
        uow.execute(t.accounts.delete())
    with ada.begin() as uow:
        added = add_account(uow)

    assert len(set(first)) == 3
    assert added not in first


def test_a_bulk_insert_can_skip_what_exists(store: Store) -> None:
    with store.begin() as connection:
        for value in ("one", "two"):
            insert_rows(connection, t.meta, ("name", "value"), [("key", value)], or_ignore=True)

    with store.read() as connection:
        assert connection.scalar(select(t.meta.c.value).where(t.meta.c.name == "key")) == "one"


def test_a_connection_that_is_out_while_the_store_closes_is_closed_when_it_comes_back(store: Store) -> None:
    with store.read() as connection:
        raw = connection.connection.dbapi_connection
        store.close()
        assert connection.scalar(select(1)) == 1

    with pytest.raises(Exception, match="closed"):
        raw.cursor().execute("SELECT 1")  # type: ignore[union-attr]


def test_a_store_that_was_closed_can_be_used_again(store: Store) -> None:
    store.close()

    with store.read() as connection:
        assert connection.scalar(select(1)) == 1


def test_a_store_that_was_closed_keeps_no_connection_of_who_goes_on(store: Store) -> None:
    """As a thread does that a hanging provider lets go after the end."""
    store.close()
    with store.read() as connection:
        raw = connection.connection.dbapi_connection

    with pytest.raises(Exception, match="closed"):
        raw.cursor().execute("SELECT 1")  # type: ignore[union-attr]
