"""What is kept when a message is erased: what its owner taught, without the message."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Table

from mailhelper_core.store.schema.types import PREFIX, Bytes, CleanText, Key, Micros, id_column, metadata, ref

kept_corrections = Table(
    f"{PREFIX}kept_corrections",
    metadata,
    id_column(),
    ref("owner_id", "owners"),
    ref("account_id", "accounts"),
    Column("kind", Key, nullable=False),
    Column("value", CleanText, nullable=False),
    Column("weight", Float, nullable=False),
    Column("features", Bytes, nullable=False),  # hashes of words, see model/fingerprint
    Column("created_at", Micros, nullable=False),  # when it was said
    Index(None, "owner_id", "kind", "id"),
    Index(None, "account_id"),
    sqlite_autoincrement=True,
)
