"""pgvector, where the database has it: a column beside the stored octets, compared in the database.

The octets stay the truth, and every process writes them as ever: PostgreSQL makes the column of them by itself
(generated, stored). So nothing can be out of step, and a database may get the extension at any time.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import qualified
from mailhelper_core.store.search.vectors import Profile
from mailhelper_core.store.unit_of_work import UnitOfWork

COLUMN = "embedding"
_TABLE = t.embeddings.name
_HAS_TYPE = text("SELECT to_regtype('vector') IS NOT NULL AND to_regclass(:table) IS NOT NULL")
_HAS_COLUMN = text(
    "SELECT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass(:table) AND attname = :column"
    " AND NOT attisdropped) AND to_regtype('vector') IS NOT NULL"
)
# Octets are IEEE 754 single precision, the lowest first. PostgreSQL reads none from octets, so each number is put
# together from sign, exponent and mantissa; in double precision, where nothing is lost. About 1 ms for 384 numbers.
# RETURN binds the names now: a restored dump looks for them under another search_path.
_FUNCTION = """
CREATE OR REPLACE FUNCTION mailhelper_as_vector(stored bytea) RETURNS vector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN (
    SELECT array_agg(
        CASE WHEN b3 >= 128 THEN -1.0::float8 ELSE 1.0::float8 END
        * CASE WHEN e = 0 THEN m * 2.0::float8 ^ (-149) ELSE (m + 8388608) * 2.0::float8 ^ (e - 150) END
        ORDER BY i
    )::real[]::vector
    FROM (
        SELECT i, b3, (b3 & 127) * 2 + b2 / 128 AS e, (b2 & 127) * 65536 + b1 * 256 + b0 AS m
        FROM (
            SELECT i, get_byte(stored, 4 * i) AS b0, get_byte(stored, 4 * i + 1) AS b1,
                get_byte(stored, 4 * i + 2) AS b2, get_byte(stored, 4 * i + 3) AS b3
            FROM generate_series(0, octet_length(stored) / 4 - 1) AS i
        ) AS octets
    ) AS numbers
)
"""
_FUNCTION_NAME = "mailhelper_as_vector"


def prepare(connection: Connection) -> None:
    """Add the column where PostgreSQL has the extension and the table has none yet; it is filled at once.

    For a migration: bare names mean our schema. The table is locked meanwhile, about 1 ms a vector.
    """
    if connection.dialect.name != "postgresql" or not connection.scalar(_HAS_TYPE, {"table": _TABLE}):
        return
    if not connection.scalar(_HAS_COLUMN, {"table": _TABLE, "column": COLUMN}):
        connection.execute(text(_FUNCTION))
        made = f"{COLUMN} vector GENERATED ALWAYS AS (mailhelper_as_vector(vector)) STORED"
        connection.execute(text(f"ALTER TABLE {_TABLE} ADD COLUMN {made}"))


def is_there(uow: UnitOfWork) -> bool:
    """Say whether vectors can be compared in the database; the extension may have come, or gone, since last time."""
    if uow.connection.dialect.name != "postgresql":
        return False
    values = {"table": qualified(uow.connection, _TABLE), "column": COLUMN}
    return bool(uow.connection.scalar(_HAS_COLUMN, values))


def nearest(uow: UnitOfWork, profile: Profile, vector: bytes, limit: int) -> list[tuple[int, float]]:
    """Answer the messages whose vectors are most like this one (cosine, exact), best first, the newer of equals."""
    table, as_vector = (qualified(uow.connection, name) for name in (_TABLE, _FUNCTION_NAME))
    rows = uow.connection.execute(
        text(
            f"SELECT message_id, -({COLUMN} <#> (SELECT {as_vector}(:vector))) AS score FROM {table}"  # noqa: S608
            " WHERE profile_id = :profile AND octet_length(vector) = :octets"
            " ORDER BY score DESC, message_id DESC LIMIT :limit"
        ),
        {"vector": vector, "profile": profile.id, "octets": len(vector), "limit": limit},
    )
    return [(row.message_id, row.score) for row in rows]
