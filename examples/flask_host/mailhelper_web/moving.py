"""Moving house: users and their roles into another database, with the numbers by which their mail is theirs."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import Connection, Table, func, insert, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError

from mailhelper_core import ConfigError, ConflictError
from mailhelper_web.database import Base, open_database
from mailhelper_web.safety.sessions import StoredSession
from mailhelper_web.users import User

# Who was logged in logs in again.
_LEFT = StoredSession.__tablename__


@click.command("copy-users")
@click.argument("source")
@click.argument("target")
def copy_users_command(source: str, target: str) -> None:
    """Copy users and roles from the database SOURCE into TARGET, both given by URL; `mailhelper db copy` copies mail.

    Nobody may register meanwhile. Keep MAILHELPER_WEB_SECRET, or its file: passwords and second factors go by it.
    """
    try:
        click.echo(f"{copy_users(source, target)} users were copied")
    except (ConfigError, ConflictError, SQLAlchemyError) as error:
        told = str(error) if isinstance(error, ConfigError | ConflictError) else type(error).__name__
        raise click.ClickException(told) from error


def copy_users(source: str, target: str) -> int:
    """Copy all users with their numbers, all or nothing, and answer how many.

    Raises ConfigError where SOURCE is no file, ConflictError where TARGET has users.
    """
    file = make_url(source)
    if file.get_backend_name() == "sqlite" and not Path(file.database or "").is_file():
        raise ConfigError("There is no database at SOURCE; nothing was copied.")
    ours, theirs = open_database(source), open_database(target)
    try:
        with ours.connect() as there, theirs.begin() as here:
            if here.scalar(select(User.id).limit(1)) is not None:
                raise ConflictError("There are users at TARGET already; nothing was copied.", code="target_used")
            tables = [table for table in Base.metadata.sorted_tables if table.name != _LEFT]
            counts = {table.name: _copy(table, there, here) for table in tables}
    finally:
        ours.dispose()
        theirs.dispose()
    return counts[User.__tablename__]


def _copy(table: Table, there: Connection, here: Connection) -> int:
    rows = [dict(row) for row in there.execute(select(table)).mappings()]
    if rows:
        here.execute(insert(table), rows)
    if "id" in table.c:
        _go_on_behind(table, here, _last_number(table, there))
    return len(rows)


def _last_number(table: Table, connection: Connection) -> int:
    """Answer the highest number that was ever given: another user with it would be shown the mail of the one before."""
    highest = int(connection.scalar(select(func.max(table.c.id))) or 0)
    if connection.dialect.name == "sqlite":
        given = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        # A table without AUTOINCREMENT has no row there.
        return max(highest, int(connection.scalar(given, {"name": table.name}) or 0))
    row = connection.execute(text(f"SELECT last_value, is_called FROM {_sequence(table, connection)}")).one()  # noqa: S608 - our name, quoted by PostgreSQL
    return max(highest, int(row[0]) if row[1] else 0)


def _go_on_behind(table: Table, connection: Connection, number: int) -> None:
    if number == 0:
        return
    if connection.dialect.name == "postgresql":
        named = {"name": _sequence(table, connection), "number": number}
        connection.execute(text("SELECT setval(CAST(:name AS regclass), :number)"), named)
        return
    known = text("UPDATE sqlite_sequence SET seq = :number WHERE name = :name")
    if not connection.execute(known, {"name": table.name, "number": number}).rowcount and _is_numbered(table):
        new = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)")
        connection.execute(new, {"name": table.name, "number": number})


def _is_numbered(table: Table) -> bool:
    """Say whether SQLite keeps the table's highest number."""
    return bool(table.dialect_options["sqlite"]["autoincrement"])


def _sequence(table: Table, connection: Connection) -> str:
    return str(connection.scalar(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": table.name}))
