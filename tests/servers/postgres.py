"""A real PostgreSQL in a temporary directory, as fast as a server may be that nobody will miss."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tests.servers.process import (
    MissingServerError,
    Running,
    choose_user,
    free_port,
    new_directory,
    run_as,
    stop,
)

SUPERUSER = "mailhelper"
PACKAGE = "postgresql"
START_ATTEMPTS = 3  # another process may take the free port first
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",  # two workers with pools, threads and left-over connections
    "shared_buffers": "32MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running PostgreSQL server."""

    running: Running

    def url(self, database: str = "postgres") -> str:
        """Answer the SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://{SUPERUSER}@127.0.0.1:{self.running.port}/{database}"

    def create_database(self, *, template: str = "template1") -> str:
        """Create a database as a copy of the template, and answer its name."""
        name = f"test_{uuid.uuid4().hex}"
        words = "CREATE DATABASE {} TEMPLATE {}"
        if self._version() >= 15:
            words += " STRATEGY FILE_COPY"  # 27 ms instead of 62 for an empty template
        self._execute(sql.SQL(words).format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def restart(self) -> None:
        """End all connections, and start again on the same port."""
        command = [f"{find_programs()}/pg_ctl", "-D", f"{self.running.directory}/data", "-m", "fast", "-w", "restart"]
        log = ["-l", f"{self.running.directory}/log"]
        run_as(self.running.user, [*command, *log], cwd=Path(self.running.directory))

    def _version(self) -> int:
        return int((Path(self.running.directory) / "data" / "PG_VERSION").read_text())

    def _execute(self, statement: sql.Composed) -> None:
        address = f"postgresql://{SUPERUSER}@127.0.0.1:{self.running.port}/postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)


def find_programs() -> Path:
    """Answer the folder of initdb and pg_ctl, the newest version first."""
    debian = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()]
    if debian:
        return max(debian, key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0))
    found = shutil.which("initdb")
    if found is None:
        raise MissingServerError(f"PostgreSQL (apt-get install {PACKAGE})")
    return Path(found).parent


def start() -> Running:
    """Make a cluster, start it on a free loopback port and wait until it answers."""
    programs, user = find_programs(), choose_user("postgres")
    with new_directory("mailhelper-postgres-", user) as directory:
        return start_in(directory, programs, user)


def start_in(directory: Path, programs: Path, user: str) -> Running:
    """Do so with these programs, in a directory of the user's own."""
    make_cluster = [f"{programs}/initdb", "-D", f"{directory}/data", "-U", SUPERUSER, "--no-sync"]
    run_as(user, [*make_cluster, "-A", "trust", "-E", "UTF8", "--locale=C"], cwd=directory)
    port = _start_cluster(programs, directory, user)
    pid = int((directory / "data" / "postmaster.pid").read_text().split()[0])
    return Running(pid=pid, port=port, user=user, directory=str(directory))


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start PostgreSQL, and stop and remove it at the end."""
    running = start()
    try:
        yield Postgres(running)
    finally:
        stop(running)


def _start_cluster(programs: Path, directory: Path, user: str) -> int:
    """Start the server and answer its port."""
    control = [f"{programs}/pg_ctl", "-D", f"{directory}/data", "-l", f"{directory}/log", "-w"]
    options = "".join(f" -c {name}={value}" for name, value in OPTIONS.items())
    for _ in range(START_ATTEMPTS):
        port = free_port()
        words = f"-p {port} -c unix_socket_directories={directory}{options}"
        try:
            run_as(user, [*control, "-o", words, "start"], cwd=directory)
        except RuntimeError:
            continue
        return port
    raise RuntimeError(f"PostgreSQL does not start; its log says: {(directory / 'log').read_text()}")
