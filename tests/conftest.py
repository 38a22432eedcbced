"""Real servers for tests: one PostgreSQL and one Dovecot a run, a fresh database or user a test."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest

from mailhelper_core.store.engine import make_engine
from mailhelper_core.store.migrate import migrate
from tests.servers import dovecot as dovecot_server
from tests.servers import pgvector as pgvector_server
from tests.servers import postgres as postgres_server
from tests.servers.dovecot import Dovecot, running_dovecot
from tests.servers.kept import KeptDatabases
from tests.servers.postgres import Postgres
from tests.servers.process import MissingServerError, Running
from tests.servers.shared import acquire, stop_all

pytest.register_assert_rewrite("tests.stateful.two_way_hands", "tests.stateful.two_way_owner")  # they compare, too
_servers_folder = pytest.StashKey[Path]()


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config, servers_folder: Path) -> Postgres:
    """The run's PostgreSQL server."""
    return Postgres(_acquire(servers_folder, "postgres", postgres_server.start, pytestconfig))


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The SQLAlchemy URL of a fresh, empty database (`postgresql+psycopg://...`), dropped after the test."""
    name = postgres.create_database()
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """The name of a database on the newest schema, to copy from: a tenth of the cost of migrating."""
    name = postgres.create_database()
    engine = make_engine(postgres.url(name))
    migrate(engine)
    engine.dispose()
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file on the newest schema, to copy from."""
    path = tmp_path_factory.mktemp("template") / "mail.db"
    engine = make_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a fresh SQLite file on the newest schema."""
    path = tmp_path / "mail.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def kept_databases(postgres: Postgres, postgres_template: str) -> Iterator[KeptDatabases]:
    """The databases that the tests of this process use one after another."""
    kept = KeptDatabases(postgres, postgres_template)
    yield kept
    kept.close()


@pytest.fixture
def postgres_database(postgres: Postgres, kept_databases: KeptDatabases) -> Iterator[str]:
    """The URL of a PostgreSQL database on the newest schema, as good as new and the test's own."""
    kept = kept_databases.take()
    yield postgres.url(kept.name)
    kept_databases.give_back(kept)


@pytest.fixture(scope="session")
def pgvector(pytestconfig: pytest.Config, servers_folder: Path) -> Postgres:
    """The run's PostgreSQL server that has pgvector."""
    return Postgres(_acquire(servers_folder, "pgvector", pgvector_server.start, pytestconfig))


@pytest.fixture
def pgvector_database(pgvector: Postgres) -> Iterator[str]:
    """The URL of a fresh database with the extension, on the newest schema, dropped after the test."""
    name = pgvector.create_database()
    engine = make_engine(pgvector.url(name))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE EXTENSION vector")
    migrate(engine)
    engine.dispose()
    yield pgvector.url(name)
    pgvector.drop_database(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh database on the newest schema, once a SQLite file and once PostgreSQL."""
    name = "sqlite_database" if request.param == "sqlite" else "postgres_database"
    return str(request.getfixturevalue(name))


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def module_database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of such a database for all tests of a module, each of which is another owner in it."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("module") / "mail.db"
        yield f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), path)}"
        return
    databases: KeptDatabases = request.getfixturevalue("kept_databases")
    kept = databases.take()
    yield databases.postgres.url(kept.name)
    databases.give_back(kept)


@pytest.fixture(scope="session")
def dovecot(pytestconfig: pytest.Config, servers_folder: Path) -> Dovecot:
    """The run's Dovecot server; each test uses a user of its own (`dovecot_user`)."""
    return Dovecot(_acquire(servers_folder, "dovecot", dovecot_server.start, pytestconfig))


@pytest.fixture
def dovecot_user() -> str:
    """A user name that no other test has; its password is `tests.servers.dovecot.PASSWORD`."""
    return f"user-{uuid.uuid4().hex[:12]}"


@pytest.fixture(scope="session")
def dovecot_with(pytestconfig: pytest.Config) -> Iterator[Callable[[str], Dovecot]]:
    """Answer a Dovecot that names only the given capabilities (`"IMAP4rev1 IDLE"`); one for each set."""
    with ExitStack() as stack:

        @cache
        def start(capabilities: str) -> Dovecot:
            try:
                return stack.enter_context(running_dovecot(capabilities=capabilities))
            except MissingServerError as error:
                _give_up(error, pytestconfig)

        yield start


@pytest.fixture(scope="session")
def servers_folder(request: pytest.FixtureRequest) -> Path:
    """Where the processes of this run note which servers they share."""
    return request.config.stash[_servers_folder]


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder of shared servers, or take that of the run whose worker process this is."""
    handed_over = getattr(config, "workerinput", {}).get("servers_folder")
    config.stash[_servers_folder] = Path(handed_over or tempfile.mkdtemp(prefix="mailhelper-servers-"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the folder to a worker process of pytest-xdist."""
    node.workerinput["servers_folder"] = str(node.config.stash[_servers_folder])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the shared servers; where there are worker processes, they have all ended by now."""
    if not hasattr(config, "workerinput"):
        folder = config.stash[_servers_folder]
        stop_all(folder)
        shutil.rmtree(folder)


def _acquire(folder: Path, name: str, start: Callable[[], Running], config: pytest.Config) -> Running:
    try:
        return acquire(folder, name, start)
    except MissingServerError as error:
        _give_up(error, config)


def _give_up(error: MissingServerError, config: pytest.Config) -> NoReturn:
    if config.getoption("allow_missing_servers"):
        pytest.skip(str(error))
    pytest.fail(f"{error} (--allow-missing-servers leaves these tests out)")
