"""What plugins keep: what owners set for them, and which plugins the processes on this database have."""

from __future__ import annotations

from sqlalchemy import Column, PrimaryKeyConstraint, Table

from mailhelper_core.store.schema.types import PREFIX, Bytes, CleanText, Key, Micros, metadata, ref

plugin_settings = Table(
    f"{PREFIX}plugin_settings",
    metadata,
    ref("owner_id", "owners"),
    Column("plugin", Key, nullable=False),
    Column("name", Key, nullable=False),
    Column("value", CleanText, nullable=False),  # as the owner gave it; empty for a secret
    Column("sealed", Bytes),  # the value of a secret
    Column("secret_id", Key, nullable=False),  # additional data of the seal
    Column("updated_at", Micros, nullable=False),
    PrimaryKeyConstraint("owner_id", "plugin", "name"),
)

plugin_workers = Table(
    f"{PREFIX}plugin_workers",
    metadata,
    Column("worker", Key, nullable=False),  # host, process number, and a word drawn for each helper
    Column("fingerprint", Key, nullable=False),
    Column("plugins", CleanText, nullable=False),  # names and versions
    Column("seen_at", Micros, nullable=False),  # when it last worked
    PrimaryKeyConstraint("worker"),
)

# Nothing reads or writes it any more; code before r0024 does, so a later revision may drop it.
plugin_sets = Table(
    f"{PREFIX}plugin_sets",
    metadata,
    Column("fingerprint", Key, nullable=False),
    Column("plugins", CleanText, nullable=False),  # names and versions
    Column("seen_at", Micros, nullable=False),  # when a process with this set last worked
    PrimaryKeyConstraint("fingerprint"),
)
