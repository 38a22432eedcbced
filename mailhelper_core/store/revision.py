"""Which schema this code needs, and whether a database has it; imports no Alembic."""

from __future__ import annotations

import re

from sqlalchemy import Connection, column, inspect, select, table

from mailhelper_core.errors import SchemaError
from mailhelper_core.store import tables as t
from mailhelper_core.store.engine import require_utf8

# The newest file in migrations/versions.
HEAD = "r0033"
# Raised with each release that an older schema or an older program would misread.
CODE_REVISION = 1
VERSION_TABLE = f"{t.PREFIX}alembic_version"
MIN_CODE_REVISION = "min_code_revision"
# Stands in `meta` while a database is filled from another.
UNFINISHED_COPY = "unfinished_copy"

_versions = table(VERSION_TABLE, column("version_num"))
_REVISION = re.compile(r"r\d{4}")


def database_revision(connection: Connection, schema: str | None = None) -> str | None:
    """Answer the schema revision of a database, None when it has no tables of ours."""
    if not inspect(connection).has_table(VERSION_TABLE, schema=schema):
        return None
    versions = table(VERSION_TABLE, column("version_num"), schema=schema) if schema else _versions
    found: str | None = connection.scalar(select(versions.c.version_num))
    return found


def is_newer(revision: str) -> bool:
    """Say whether a revision is of a later release than this code; raise SchemaError for what is none of ours."""
    if _REVISION.fullmatch(revision) is None:
        raise unknown_revision()
    return revision > HEAD


def unknown_revision() -> SchemaError:
    """Answer the error for a database whose revision no release has made."""
    problem = f"{VERSION_TABLE} names no revision of mailhelper's schema; restore a backup of the database."
    return SchemaError(problem, code="schema_damaged")


def require_code(connection: Connection) -> None:
    """Raise SchemaError when the database has been upgraded for newer programs than this one."""
    needed = connection.scalar(select(t.meta.c.value).where(t.meta.c.name == MIN_CODE_REVISION))
    if int(needed or 0) > CODE_REVISION:
        raise SchemaError("The database needs a newer mailhelper; upgrade this program.", code="code_too_old")


def require_current(connection: Connection, schema: str | None = None) -> None:
    """Raise SchemaError when the database is older than this code, or needs newer code; ConfigError for its encoding.

    A newer schema whose min_code_revision this code meets is fine (two-step rule).
    """
    require_utf8(connection)
    revision = database_revision(connection, schema)
    if revision is None:
        raise SchemaError("The database has no mailhelper tables.", code="schema_missing")
    require_code(connection)
    if connection.scalar(select(t.meta.c.value).where(t.meta.c.name == UNFINISHED_COPY)) is not None:
        raise SchemaError("This database is an unfinished copy; let `copy_to` end it.", code="copy_unfinished")
    if not is_newer(revision) and revision != HEAD:
        raise SchemaError(f"The database is at {revision}, this code needs {HEAD}.")
