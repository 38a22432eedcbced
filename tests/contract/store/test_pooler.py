"""A pooler in transaction mode: the next transaction meets a session that knows none of the driver's statements."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, create_engine, event

from mailhelper_core import ConfigError, MailHelper, Settings
from mailhelper_core.store.engine import make_engine
from tests.contract.transfer.house import KEY

pytestmark = pytest.mark.servers
OFTEN = 12  # psycopg prepares what it is given for the sixth time


def pooled(engine: Engine) -> Engine:
    """Let each transaction of an engine meet another session."""

    @event.listens_for(engine, "checkin")
    def forget(connection: object, _: object) -> None:
        connection.rollback()  # type: ignore[attr-defined]
        connection.autocommit = True  # type: ignore[attr-defined]
        connection.execute("DEALLOCATE ALL", prepare=False)  # type: ignore[attr-defined]
        connection.autocommit = False  # type: ignore[attr-defined]

    return engine


def use(helper: MailHelper) -> None:
    """Do the same often."""
    ada = helper.for_owner("ada")
    for _ in range(OFTEN):
        ada.jobs.list()
        helper.jobs.tick()


def test_our_own_engine_works_behind_it(postgres_database: str) -> None:
    with MailHelper(Settings(postgres_database, key=KEY)) as helper:
        pooled(helper.jobs.store.engine)

        use(helper)


def test_of_an_engine_that_prepares_it_is_said_what_to_do(postgres_database: str) -> None:
    engine = pooled(create_engine(make_engine(postgres_database).url))
    with MailHelper(engine=engine, key=KEY) as helper, pytest.raises(ConfigError, match="prepare_threshold") as refused:
        use(helper)

    assert refused.value.code == "prepared_statement"
    assert "SELECT" not in str(refused.value)
    engine.dispose()
