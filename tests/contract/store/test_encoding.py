"""A PostgreSQL database that cannot hold all letters is refused with a way out, before anything is made in it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import inspect

from mailhelper_core import ConfigError, MailHelper, Settings
from mailhelper_core.store.engine import make_engine
from tests.contract.jobs.conftest import KEY
from tests.servers.postgres import Postgres

pytestmark = pytest.mark.servers


@pytest.fixture(params=["SQL_ASCII", "LATIN1"])
def url(request: pytest.FixtureRequest, postgres: Postgres) -> Iterator[str]:
    """A database as Debian makes it where no locale is set, or one of old."""
    name = f"test_{request.param.lower()}"
    words = f"CREATE DATABASE {name} ENCODING '{request.param}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    with psycopg.connect(postgres.url().replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(words)
    yield postgres.url(name)
    postgres.drop_database(name)


def test_a_database_of_another_encoding_is_refused_with_a_way_out(url: str) -> None:
    with MailHelper(Settings(url, key=KEY)) as helper:
        with pytest.raises(ConfigError, match="createdb --encoding=UTF8") as refused:
            helper.migrate()
        (looked,) = (item for item in helper.check().items if item.name == "database")

    assert (refused.value.code, refused.value.transient) == ("database_encoding", False)
    assert (looked.ok, looked.found) == (False, "database_encoding")
    engine = make_engine(url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
