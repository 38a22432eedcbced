"""PostgreSQL databases that tests use one after another: to empty one costs a fifth of making and dropping one."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from tests.servers.postgres import Postgres

# Dead rows and pages make reads slower, and a planner that has seen them plans otherwise.
USES = 50
# A backend ends a moment after its client has gone.
GOODBYE_SECONDS = 0.2
# What a test may change beside rows: tables, columns, functions, triggers, what the planner has noted, and settings.
_CATALOGS = ("pg_class", "pg_attribute", "pg_proc", "pg_trigger", "pg_constraint", "pg_statistic", "pg_db_role_setting")
_SHAPE = "SELECT " + ", ".join(f"(SELECT (count(*), max(xmin::text::bigint)) FROM {name})" for name in _CATALOGS)
_SEQUENCES = "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence"
_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"


@dataclass
class KeptDatabase:
    """A database, a connection that stays open, and what it was when it was new."""

    name: str
    connection: psycopg.Connection[tuple[object, ...]]
    shape: object
    filled: dict[str, bytes]
    look: str
    uses: int = 0

    @classmethod
    def on(cls, name: str, address: str) -> KeptDatabase:
        """Connect, and note what stands in a new database."""
        connection = psycopg.connect(address, autocommit=True)
        tables = [str(row[0]) for row in connection.execute(_TABLES)]
        parts = [sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(one, sql.Identifier(one)) for one in tables]
        look = sql.SQL(" UNION ALL ").join(parts).as_string(connection)
        made = cls(name, connection, connection.execute(_SHAPE).fetchone(), {}, look)
        made.filled = {table: made.content(table) for table in made.tables_with_rows()}
        return made

    def tables_with_rows(self) -> list[str]:
        """Name the tables that are not empty."""
        return [str(row[0]) for row in self.connection.execute(self.look)]

    def content(self, table: str) -> bytes:
        """Answer the rows of a table, as COPY writes them."""
        with self.connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as rows:
            return b"".join(bytes(row) for row in rows)

    def empty(self) -> bool:
        """Make the database what it was; False where somebody still uses it or changed more than rows."""
        self.uses += 1
        if self.uses >= USES or not self._is_left() or self.connection.execute(_SHAPE).fetchone() != self.shape:
            return False
        now = self.tables_with_rows()
        changed = [table for table in {*now, *self.filled} if self.filled.get(table) != self._content_if_filled(table)]
        # Without the foreign keys' checks, in any order.
        deletes = [sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in changed]
        words = sql.SQL("; ").join([sql.SQL("SET LOCAL session_replication_role = replica"), *deletes])
        with self.connection.transaction():
            self.connection.execute(words)
            for table in changed:
                if table in self.filled:
                    self._write(table, self.filled[table])
            self.connection.execute(_SEQUENCES)
        return True

    def _is_left(self) -> bool:
        until = time.monotonic() + GOODBYE_SECONDS
        while self.connection.execute(_OTHERS).fetchone() != (0,):
            if time.monotonic() > until:
                return False
            time.sleep(0.002)
        return True

    def _content_if_filled(self, table: str) -> bytes | None:
        # Of a table that was empty at first it is enough that it is not now.
        return self.content(table) if table in self.filled else b""

    def _write(self, table: str, rows: bytes) -> None:
        with self.connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
            copy.write(rows)


@dataclass
class KeptDatabases:
    """The databases of one process that nobody uses at the moment."""

    postgres: Postgres
    template: str
    free: list[KeptDatabase] = field(default_factory=list)

    def take(self) -> KeptDatabase:
        """Answer a database on the newest schema without rows."""
        if self.free:
            return self.free.pop()
        name = self.postgres.create_database(template=self.template)
        return KeptDatabase.on(name, self.postgres.url(name).replace("+psycopg", ""))

    def give_back(self, kept: KeptDatabase) -> None:
        """Keep it for the next test, or drop it where it cannot be made as it was."""
        try:
            if kept.empty():
                self.free.append(kept)
                return
        except psycopg.Error:
            pass  # a test restarts the server, or ends all connections
        kept.connection.close()
        self.postgres.drop_database(kept.name)

    def close(self) -> None:
        """Close what is still open; the databases go with the server."""
        for kept in self.free:
            kept.connection.close()
