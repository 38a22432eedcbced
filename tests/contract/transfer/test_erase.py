"""An owner is erased: no canary stays anywhere, others keep all they have, and the owner may come back."""

from __future__ import annotations

import shutil
import threading
from collections import defaultdict
from pathlib import Path
from time import sleep

import pytest
from sqlalchemy import select

from mailhelper_core import BusyError, MailHelper
from mailhelper_core.store import tables as t
from mailhelper_core.store.moving import erasing
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import leases
from mailhelper_core.testing import ImapServer
from mailhelper_core.transfer import erase
from tests.contract.transfer.conftest import Open
from tests.contract.transfer.house import CANARY, canaries, columns_of, fill, rows_of, sample
from tests.contract.transfer.planted import plant


def test_no_canary_stays_in_any_table_index_model_or_blob(house: MailHelper, database_url: str) -> None:
    plant(database_url, CANARY, CANARY)
    before = rows_of(database_url, owner=CANARY)
    assert min(before.values()) > 0, "a table that was empty proves nothing"
    assert len(canaries(database_url, CANARY)) >= 31, "a canary that was nowhere proves nothing"
    sample(database_url)
    bob = rows_of(database_url, owner="bob")

    report = house.for_owner(CANARY).erase()

    assert report.messages == 13
    assert canaries(database_url, CANARY) == []
    assert set(rows_of(database_url, owner=CANARY).values()) == {0}
    assert rows_of(database_url, owner="bob") == bob


def test_what_a_planner_has_sampled_is_sampled_anew(house: MailHelper, database_url: str) -> None:
    plant(database_url, CANARY, CANARY)
    sample(database_url)
    sampled = [one for one in canaries(database_url, CANARY) if one.startswith("pg_stats")]
    types = columns_of(database_url)

    house.for_owner(CANARY).erase()

    assert database_url.startswith("sqlite") or len(sampled) >= 20
    assert not [one for one in canaries(database_url, CANARY) if one.startswith("pg_stats")]
    assert columns_of(database_url) == types


def test_nothing_that_was_shown_stays_in_memory(house: MailHelper) -> None:
    ada = house.for_owner(CANARY)
    ada.messages.html(ada.search("", limit=1)[0].id)
    kept = house._wiring.shown
    assert len(kept._kept) == 1

    ada.erase()

    assert len(kept._kept) == kept._characters == 0


def test_erasing_renews_every_lease_that_it_holds(house: MailHelper, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that thinks has a lane of its own: it must not begin while a long erasing is under way."""
    step, ends = erasing.erase_messages, defaultdict(list)

    def watched(uow: UnitOfWork, account_id: int, limit: int) -> int:
        rows = select(t.leases.c.resource, t.leases.c.expires_at).where(t.leases.c.expires_at > 0)
        for resource, expires_at in uow.execute(rows):
            ends[resource].append(expires_at)
        sleep(0.01)
        return step(uow, account_id, limit)

    monkeypatch.setattr(erase, "BATCH_MESSAGES", 5)
    monkeypatch.setattr(erasing, "erase_messages", watched)
    house.for_owner(CANARY).erase()

    assert len(ends) >= 2
    assert all(len(set(times)) == len(times) >= 2 for times in ends.values())


def test_a_sqlite_file_and_its_log_forget_the_octets(house_file: Path, tmp_path: Path, open_helper: Open) -> None:
    path = Path(shutil.copy(house_file, tmp_path / "mail.db"))
    helper = open_helper(f"sqlite:///{path}")
    ada = helper.for_owner(CANARY)
    ada.tags.create(f"in the log: {CANARY}")
    with helper._wiring.store.read() as connection:
        mine = (
            select(t.blobs.c.data).join(t.owners, t.owners.c.id == t.blobs.c.owner_id).where(t.owners.c.key == CANARY)
        )
        blobs = [bytes(data)[:40] for data in connection.scalars(mine)]

    report = ada.erase()

    octets = path.read_bytes() + path.with_name("mail.db-wal").read_bytes()
    assert report.is_wiped
    assert CANARY.encode() not in octets
    assert not [blob for blob in blobs if blob in octets]


def test_an_erased_owner_may_begin_anew_also_where_the_old_one_was_known(
    house: MailHelper, database_url: str, open_helper: Open, server: ImapServer
) -> None:
    other = open_helper(database_url)
    other.for_owner(CANARY).tags.create("known here")

    house.for_owner(CANARY).erase()
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the database says of an owner that went
        other.for_owner(CANARY).tags.create("too late")

    assert other.for_owner(CANARY).tags.list() == ()
    fill(other, CANARY, server, user="ada")
    assert len(house.for_owner(CANARY).search("", limit=100)) == 12


def test_who_works_is_waited_for_and_work_that_waits_is_ended(
    house: MailHelper, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = house.for_owner(CANARY)
    account = ada.accounts.list()[0]
    lease = leases.acquire(house._wiring.store, f"account:{account.id}:mind", seconds=20)
    monkeypatch.setattr(erase, "WAIT_SECONDS", 0.2)

    with pytest.raises(BusyError):
        ada.erase()
    assert {job.state for job in ada.jobs.list()} == {"cancelled"}
    assert ada.accounts.get(account.id).state == "paused"

    monkeypatch.setattr(erase, "WAIT_SECONDS", 30.0)
    threading.Timer(0.3, leases.release, (house._wiring.store, lease)).start()
    assert ada.erase().messages == 13


def test_what_comes_while_an_owner_is_erased_goes_too(house: MailHelper, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, end = house.for_owner(CANARY), erasing.erase_owner

    def click_first(*arguments: object) -> None:
        monkeypatch.setattr(erasing, "erase_owner", end)
        end(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(erasing, "erase_owner", click_first)
    monkeypatch.setattr(erasing, "erase_some", _clicking(ada, erasing.erase_some))

    ada.erase()

    assert house.for_owner(CANARY).tags.list() == ()


def _clicking(ada: object, step: object) -> object:
    clicks = iter(["late tag"])

    def erase_some(uow: object, table: object, limit: int) -> object:
        done = step(uow, table, limit)  # type: ignore[operator]
        if table is t.tags and (name := next(clicks, "")):
            uow.execute(t.tags.insert().values(owner_id=uow.owner_id, name=name, folded=name, created_at=1))  # type: ignore[attr-defined]
        return done

    return erase_some
