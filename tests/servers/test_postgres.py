"""PostgreSQL as the tests get it: real, fresh for each test, shared by a run."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.servers.postgres import Postgres, running_postgres


def test_a_test_gets_an_empty_database_of_its_own(postgres_url: str) -> None:
    with _connect(postgres_url) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        connection.execute("CREATE TABLE left_behind (id int)")

    assert tables == (0,)
    assert postgres_url.startswith("postgresql+psycopg://")


def test_a_database_can_be_copied_from_a_template(postgres: Postgres) -> None:
    template = postgres.create_database()
    with _connect(postgres.url(template)) as connection:
        connection.execute("CREATE TABLE ready (id int)")

    copy = postgres.create_database(template=template)

    with _connect(postgres.url(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM ready").fetchone() == (0,)
    postgres.drop_database(copy)
    postgres.drop_database(template)


def test_a_stopped_server_answers_no_more_and_leaves_no_files(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("postgres")  # says it when PostgreSQL is not installed

    with running_postgres() as server:
        url = server.url()
        _connect(url).close()

    with pytest.raises(psycopg.OperationalError):
        _connect(url)
    assert not Path(server.running.directory).exists()


def _connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", ""))
