"""What the planner has sampled of an erased owner goes also beside a host's views and a host's transactions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, event, select

from mailhelper_core import MailHelper
from mailhelper_core.store import tables as t
from mailhelper_core.store.engine import make_engine
from mailhelper_core.store.moving import statistics
from tests.contract.transfer.house import CANARY, canaries, rows_of, sample

VIEW = f"CREATE VIEW host_messages AS SELECT id, subject FROM {t.messages.name}"
TRIGGER = f"""
CREATE FUNCTION host_hears() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a row'; END $$;
CREATE TRIGGER host_hears BEFORE INSERT ON {t.accounts.name} FOR EACH ROW EXECUTE FUNCTION host_hears()
"""


@pytest.fixture
def host(database_url: str) -> Iterator[Engine]:
    """The host's own way to the database, whose view goes behind the test: a copy has none."""
    engine = make_engine(database_url)
    yield engine
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP VIEW IF EXISTS host_messages")
    engine.dispose()


def test_a_hosts_view_keeps_no_sample(
    house: MailHelper, database_url: str, host: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with host.begin() as connection:
        connection.exec_driver_sql(VIEW)
    house.for_owner("bob").erase()
    sample(database_url)
    sampled = [one for one in canaries(database_url, CANARY) if one.startswith(f"pg_stats: {t.messages.name}.")]
    assert host.dialect.name != "postgresql" or len(sampled) >= 2

    house.for_owner(CANARY).erase()

    assert canaries(database_url, CANARY) == []
    assert [one for one in caplog.records if one.name == "mailhelper.store"] == []
    assert set(rows_of(database_url, owner="").values()) == {0}, "nobody has seen the row that was sampled"
    with host.connect() as connection:
        assert connection.scalars(select(t.messages.c.id)).all() == []
        assert connection.scalars(select(t.owners.c.id)).all() == []


@pytest.mark.servers
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_hosts_trigger_hears_of_no_row_and_keeps_the_samples_of_what_it_names(
    house: MailHelper, database_url: str, host: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with host.begin() as connection:
        connection.exec_driver_sql(VIEW)
        connection.exec_driver_sql(TRIGGER)
    house.for_owner("bob").erase()
    sample(database_url)

    house.for_owner(CANARY).erase()

    assert canaries(database_url, CANARY) == [f"pg_stats: {t.messages.name}.subject"]
    [line] = [one.getMessage() for one in caplog.records if one.name == "mailhelper.store"]
    assert f"{t.messages.name} (subject) stays" in line
    assert line.endswith(": NotSupportedError")


@pytest.mark.servers
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nobody_queues_for_long_behind_what_waits_for_a_table(
    house: MailHelper, database_url: str, host: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    house.for_owner("bob").erase()
    sample(database_url)
    store = house._wiring.store
    waits: list[str] = []

    @event.listens_for(store.engine, "before_cursor_execute")
    def heard(*called: object) -> None:
        statement = str(called[2])
        if "lock_timeout" in statement:
            waits.append(statement)
        elif statement.startswith("ALTER TABLE") and statement.split()[2].endswith(t.messages.name):
            asked.append(waits[-1])

    asked: list[str] = []
    with host.connect() as reading:
        reading.exec_driver_sql(f"LOCK TABLE {t.messages.name} IN ACCESS SHARE MODE")
        house.for_owner(CANARY).erase()

    assert asked == ["SET LOCAL lock_timeout = 200"] * 2
    assert {one.split(".")[0] for one in canaries(database_url, CANARY)} == {f"pg_stats: {t.messages.name}"}
    lines = [one.getMessage() for one in caplog.records if one.name == "mailhelper.store"]
    assert [one for one in lines if f"{t.messages.name} (" in one and one.endswith(": row_locked")]

    statistics.forget(store)
    assert canaries(database_url, CANARY) == []
