"""A whole database moves: every row is there and equal, numbering goes on, a break costs nothing, rest is asked for."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from mailhelper_core import BusyError, ConflictError, MailHelper, SchemaError
from mailhelper_core.jobs.service import JobService
from mailhelper_core.model.work.report import Progress
from mailhelper_core.store import tables as t
from mailhelper_core.store.moving import catalog, rows
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import leases
from tests.contract.transfer.conftest import Open
from tests.contract.transfer.house import CANARY
from tests.contract.transfer.planted import plant

# The copy waits for its own index.
KEPT = {t.jobs: t.jobs.c.kind != "index", t.pending: t.pending.c.stage != "index"}


def test_every_row_is_there_and_equal(
    house: MailHelper, database_url: str, postgres_url: str, tmp_path: Path, open_helper: Open
) -> None:
    nothing_yet = postgres_url if database_url.startswith("sqlite") else f"sqlite:///{tmp_path / 'new.db'}"
    plant(database_url, CANARY, CANARY)

    report = house.copy_to(nothing_yet)

    copy = open_helper(nothing_yet)
    assert report.verified == report.copied == report.rows > 200
    with house._wiring.store.read() as ours, copy._wiring.store.read() as theirs:
        for table in catalog.copied():
            kept = KEPT.get(table)
            assert list(rows.read(ours, table, where=kept)) == list(rows.read(theirs, table, where=kept))


def test_the_copy_works_on_with_ids_that_were_never_used(house: MailHelper, other_url: str, open_helper: Open) -> None:
    gone = house.for_owner("bob").tags.create("gone")
    house.for_owner("bob").tags.delete("gone")
    house.copy_to(other_url)
    copy = open_helper(other_url)
    bob = copy.for_owner("bob")

    made = bob.tags.create("new")
    while copy.jobs.run(kinds=("index",)):
        pass

    assert made.id == gone.id + 1
    assert [m.id for m in bob.search("", limit=99)] == [m.id for m in house.for_owner("bob").search("", limit=99)]
    assert [m.subject for m in copy.for_owner(CANARY).search(CANARY)] == [f"the {CANARY} sings"]


def test_a_break_at_any_batch_is_gone_on_from(
    house: MailHelper, other_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "BATCH_ROWS", 40)
    calls = written = 0

    class Killed(Exception):
        pass

    def kill(progress: Progress) -> None:
        nonlocal calls
        calls += 1
        if progress.stage == "copy" and calls == 50:
            calls = 0
            raise Killed

    for _ in range(50):
        try:
            report = house.copy_to(other_url, progress=kill)
            break
        except Killed:
            written += 1

    assert written
    assert report.copied < report.rows == report.verified


def test_who_is_killed_right_behind_the_hand_over_has_asked_for_the_index(
    house: MailHelper, other_url: str, open_helper: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(JobService, "submit", kill)
    with suppress(KeyboardInterrupt):
        house.copy_to(other_url)

    there = open_helper(other_url)
    for owner in (CANARY, "bob"):
        assert "index" in [job.kind for job in there.for_owner(owner).jobs.list(state="queued")]


def test_an_unfinished_copy_is_refused_by_programs(house: MailHelper, other_url: str, open_helper: Open) -> None:
    house.copy_to(other_url, cancel=lambda: True)

    with pytest.raises(SchemaError) as refused:
        open_helper(other_url).for_owner("bob").accounts.list()
    assert refused.value.code == "copy_unfinished"

    assert house.copy_to(other_url).verified
    assert open_helper(other_url).for_owner("bob").accounts.list()


def test_a_dry_run_counts_and_writes_nothing(house: MailHelper, other_url: str, open_helper: Open) -> None:
    report = house.copy_to(other_url, dry_run=True)

    assert report.dry_run
    assert report.rows == house.copy_to(other_url).rows


def test_a_target_that_is_used_is_left_alone(house: MailHelper, other_url: str, open_helper: Open) -> None:
    other = open_helper(other_url)
    other.for_owner("eve").tags.create("mine")

    with pytest.raises(ConflictError) as refused:
        house.copy_to(other_url)

    assert refused.value.code == "target_used"
    assert [tag.name for tag in other.for_owner("eve").tags.list()] == ["mine"]


def test_a_dry_run_refuses_a_target_that_is_used_and_makes_no_file(
    house: MailHelper, other_url: str, open_helper: Open, tmp_path: Path
) -> None:
    open_helper(other_url).for_owner("eve").tags.create("mine")

    with pytest.raises(ConflictError) as refused:
        house.copy_to(other_url, dry_run=True)

    assert refused.value.code == "target_used"
    assert house.copy_to(f"sqlite:///{tmp_path / 'none.db'}", dry_run=True).rows
    assert not (tmp_path / "none.db").exists()


def test_nobody_copies_a_database_that_is_worked_on(house: MailHelper, other_url: str) -> None:
    with leases.holding(house._wiring.store, "account:1", seconds=20), pytest.raises(BusyError) as refused:
        house.copy_to(other_url)

    assert refused.value.code == "source_busy"
    assert refused.value.transient


def test_a_row_that_differs_is_named(house: MailHelper, other_url: str) -> None:
    house.copy_to(other_url, cancel=lambda: True)
    target = Store.open(other_url)
    with house._wiring.store.read() as connection:
        owner = dict(connection.execute(select(t.owners).order_by(t.owners.c.id).limit(1)).mappings().one())
    with target.begin() as connection:
        connection.execute(insert(t.owners).values(owner | {"rule_mode": "first"}))

    with pytest.raises(ConflictError, match="Row 1 of owners differs") as refused:
        house.copy_to(other_url)

    assert refused.value.code == "copy_differs"
    with target.begin() as connection:
        connection.execute(update(t.owners).values(rule_mode=owner["rule_mode"]))
    assert house.copy_to(other_url).verified
    target.close()


@pytest.mark.parametrize("stage", ["copy", "verify"])
def test_what_somebody_writes_meanwhile_is_not_lost_silently(
    house: MailHelper, other_url: str, open_helper: Open, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    clicked: list[int] = []
    monkeypatch.setattr(rows, "BATCH_ROWS", 40)
    bob = house.for_owner("bob")
    id_ = bob.search("", limit=1).items[0].id

    def click(progress: Progress) -> None:
        if progress.stage == stage and progress.done > progress.total // 2 and not clicked:
            clicked.append(bob.opinions.correct([id_], category="finance").id)

    with pytest.raises(ConflictError) as refused:
        house.copy_to(other_url, progress=click)

    assert (refused.value.code, len(clicked)) == ("copy_differs", 1)
    with pytest.raises(SchemaError):
        open_helper(other_url).for_owner("bob").accounts.list()
