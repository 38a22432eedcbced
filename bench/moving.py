"""Moving house: a SQLite file of 100,000 messages into PostgreSQL, every row compared."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from bench.measure import child
from tests.servers.postgres import running_postgres

COPIED = 100_000
TABLES = ("blobs", "message_texts", "messages", "opinions", "placements")


def figures() -> Iterator[Figure]:
    """Yield the figures of one copy."""
    with running_postgres() as postgres, tempfile.TemporaryDirectory(prefix="mailhelper-moving-") as folder:
        found = child("load.copy", Path(folder), postgres.url(postgres.create_database()), COPIED)
    rate = found["rows"] / found["wall"]
    value = f"{rate:,.0f} rows/s ({found['rows']:,.0f} rows, {found['wall']:.0f} s wall, {found['cpu']:.0f} s CPU)"
    name = f"SQLite to PostgreSQL, {COPIED:,} messages, every row compared"
    yield Figure(name, ">= 3,000 rows/s, all equal", value, "", rate >= 3_000 and found["verified"] == found["rows"])
    sizes = ", ".join(f"{table} {found[table]:,.0f}" for table in TABLES)
    yield Figure("octets a row there, with indexes", "", sizes, "")
