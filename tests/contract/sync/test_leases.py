"""Leases on both databases: one holder at a time, fencing, expiry."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from mailhelper_core.errors import BusyError
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import leases

ACCOUNT = "account:1"


def expire(store: Store) -> None:
    with store.begin() as connection:
        connection.execute(update(t.leases).values(expires_at=1))


def test_a_second_holder_is_told_how_long_the_first_still_has(store: Store) -> None:
    leases.acquire(store, ACCOUNT, seconds=20)

    with pytest.raises(BusyError) as caught:
        leases.acquire(store, ACCOUNT, seconds=20)

    assert caught.value.retry_after == pytest.approx(20, abs=2)
    assert caught.value.transient


def test_a_lease_given_back_is_free_at_once(store: Store) -> None:
    with leases.holding(store, ACCOUNT, seconds=20) as first:
        pass

    assert leases.acquire(store, ACCOUNT, seconds=20).token == first.token + 1


def test_an_expired_lease_is_taken_over_with_a_higher_token(store: Store) -> None:
    first = leases.acquire(store, ACCOUNT, seconds=20)
    expire(store)

    second = leases.acquire(store, ACCOUNT, seconds=20)

    assert second.token == first.token + 1
    assert second.holder != first.holder


def test_whoever_lost_the_lease_writes_nothing(store: Store) -> None:
    first = leases.acquire(store, ACCOUNT, seconds=20)
    expire(store)
    leases.acquire(store, ACCOUNT, seconds=20)

    with pytest.raises(BusyError) as caught, store.for_owner("ada").begin(first):
        pytest.fail("the transaction must not begin")

    assert caught.value.code == "lease_lost"


def test_whoever_lost_the_lease_cannot_renew_or_release_it(store: Store) -> None:
    first = leases.acquire(store, ACCOUNT, seconds=20)
    expire(store)
    leases.acquire(store, ACCOUNT, seconds=20)

    leases.release(store, first)

    with pytest.raises(BusyError):
        leases.renew(store, first)
    with pytest.raises(BusyError):
        leases.acquire(store, ACCOUNT, seconds=20)


def test_a_write_transaction_renews_the_lease(store: Store) -> None:
    lease = leases.acquire(store, ACCOUNT, seconds=20)
    expire(store)

    with store.for_owner("ada").begin(lease):
        pass

    with pytest.raises(BusyError):
        leases.acquire(store, ACCOUNT, seconds=20)


def test_leases_of_different_resources_do_not_meet(store: Store) -> None:
    leases.acquire(store, ACCOUNT, seconds=20)

    assert leases.acquire(store, "account:2", seconds=20).token == 1


def test_of_many_at_once_exactly_one_gets_the_lease(store: Store) -> None:
    def attempt(_: int) -> bool:
        try:
            leases.acquire(store, ACCOUNT, seconds=20)
        except BusyError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1
