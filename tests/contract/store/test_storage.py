"""How PostgreSQL stores long values: what is compressed already as it is, text with lz4."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from mailhelper_core.store.engine import make_engine

pytestmark = pytest.mark.servers
EXTERNAL, LZ4 = "e", "l"
_HOW = text(
    "SELECT attstorage, attcompression FROM pg_attribute WHERE attrelid = CAST(:of AS regclass) AND attname = :n"
)


@pytest.mark.parametrize(
    ("table", "column", "storage", "compression"),
    [
        ("mailhelper_blobs", "data", EXTERNAL, ""),
        ("mailhelper_search", "vector", EXTERNAL, ""),
        ("mailhelper_message_texts", "text", "x", LZ4),
    ],
)
def test_a_long_column_is_stored_as_was_measured_to_be_best(
    postgres_database: str, table: str, column: str, storage: str, compression: str
) -> None:
    engine = make_engine(postgres_database)
    with engine.connect() as connection:
        found = connection.execute(_HOW, {"of": table, "n": column}).one()
    engine.dispose()

    assert tuple(found) == (storage, compression)
