"""An import that was killed: what of it has arrived is seen by nobody, and goes with its owner, or after a day."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from mailhelper_core import ConflictError, MailHelper, Settings
from mailhelper_core.model.work.report import Progress
from mailhelper_core.store import tables as t
from mailhelper_core.store.lease import Lease
from mailhelper_core.store.moving import arrivals, rows
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import job_rounds, leases, overview
from tests.contract.transfer.house import CANARY, KEY


@pytest.fixture
def half_imported(archive: Path, elsewhere: MailHelper, monkeypatch: pytest.MonkeyPatch) -> MailHelper:
    """A database into which an import was killed when most of it was there."""
    monkeypatch.setattr(rows, "BATCH_ROWS", 20)

    def kill(progress: Progress) -> None:
        if progress.done * 10 > progress.total * 9:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        elsewhere.import_archive(archive, progress=kill)
    return elsewhere


def test_who_is_erased_leaves_nothing_of_an_import_that_was_killed(half_imported: MailHelper) -> None:
    assert half_imported.for_owner("bob").erase().messages == 0
    report = half_imported.for_owner(CANARY).erase()

    assert report.messages > 0
    assert _owners_and_messages(half_imported) == (["eve"], 0)


def test_an_import_that_does_not_go_on_is_erased_after_a_day_and_not_seen_before(half_imported: MailHelper) -> None:
    store = half_imported.jobs.store
    assert half_imported.admin.accounts().items == ()
    assert overview.account_states(store) == {}
    assert job_rounds.unmaintained(store, 10) == ["eve"]

    _maintain(half_imported)
    assert _owners_and_messages(half_imported)[1] > 0
    with store.begin() as connection:
        connection.execute(update(t.owners).values(created_at=t.owners.c.created_at - 86_400_000_000))
    with leases.holding(store, arrivals.resource_of(_owners_and_messages(half_imported)[0][-1]), seconds=60):
        _maintain(half_imported)  # an import of a large archive that still goes on
    assert _owners_and_messages(half_imported)[1] > 0
    _maintain(half_imported)
    assert _owners_and_messages(half_imported) == (["eve"], 0)


def test_of_two_who_take_an_archive_in_the_second_takes_nothing_away_from_the_first(
    new_url: str, exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "contents").mkdir()
    settings = Settings(database_url=new_url, key=KEY, contents=f"file://{tmp_path / 'contents'}")
    real = leases.holding

    with MailHelper(settings) as first, MailHelper(settings) as second:

        def wait_for_the_first(store: Store, resource: str, *, seconds: float) -> AbstractContextManager[Lease]:
            monkeypatch.setattr(leases, "holding", real)
            first.import_archive(exported)
            return real(store, resource, seconds=seconds)

        monkeypatch.setattr(leases, "holding", wait_for_the_first)
        with pytest.raises(ConflictError):
            second.import_archive(exported)

        ada = first.for_owner(CANARY)
        assert all(ada.messages.raw(one.id) for one in ada.search("", limit=100))


def _maintain(helper: MailHelper) -> None:
    helper.for_owner("eve").jobs.submit("maintenance")
    done = helper.jobs.run()
    assert done is not None
    assert done.state == "done"


def _owners_and_messages(helper: MailHelper) -> tuple[list[str], int]:
    with helper.jobs.store.read() as connection:
        keys = list(connection.scalars(select(t.owners.c.key)))
        return sorted(keys), int(connection.scalar(select(func.count()).select_from(t.messages)) or 0)
