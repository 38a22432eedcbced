"""Learning: what the owner taught, as hashed features with answers, the models made of it, and what was observed."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, PrimaryKeyConstraint, Table, UniqueConstraint

from mailhelper_core.store.schema.types import (
    PREFIX,
    BigInt,
    Bytes,
    CleanText,
    Key,
    Micros,
    id_column,
    metadata,
    ref,
)

# No reference to messages: what was taught outlives them, as hashes that cannot be read.
learn_features = Table(
    f"{PREFIX}learn_features",
    metadata,
    ref("owner_id", "owners"),
    Column("message_id", BigInt, nullable=False),
    Column("schema", Integer, nullable=False),
    Column("features", Bytes, nullable=False),
    PrimaryKeyConstraint("owner_id", "message_id"),
)

learn_examples = Table(
    f"{PREFIX}learn_examples",
    metadata,
    ref("owner_id", "owners"),
    Column("kind", Key, nullable=False),
    Column("message_id", BigInt, nullable=False),
    Column("correction_id", BigInt, nullable=False),  # the order in which they are learned
    Column("value", CleanText, nullable=False),
    Column("weight", Float, nullable=False),
    PrimaryKeyConstraint("owner_id", "kind", "message_id"),
    Index(None, "owner_id", "kind", "correction_id"),
)

learned_models = Table(
    f"{PREFIX}learned_models",
    metadata,
    id_column(),
    ref("owner_id", "owners"),
    Column("task", Key, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", Key, nullable=False),  # shadow, live, retired
    Column("examples", Integer, nullable=False),
    Column("through", BigInt, nullable=False),  # the newest correction it has learned from
    Column("accuracy", Float),  # on examples held back, NULL: not measured
    Column("data", Bytes, nullable=False),  # a cache: the examples can make it again
    Column("created_at", Micros, nullable=False),
    UniqueConstraint("owner_id", "task", "revision"),
    sqlite_autoincrement=True,
)

# What owners who consent add to the shared prior; `erase` and the end of consent delete the row, and with it its part.
shared_deltas = Table(
    f"{PREFIX}shared_deltas",
    metadata,
    ref("owner_id", "owners"),
    Column("task", Key, nullable=False),
    Column("data", Bytes, nullable=False),
    Column("created_at", Micros, nullable=False),
    PrimaryKeyConstraint("owner_id", "task"),
)

# What another mail program changed, until the learner has read it.
observations = Table(
    f"{PREFIX}observations",
    metadata,
    id_column(),
    ref("owner_id", "owners"),
    Column("account_id", BigInt, nullable=False),
    Column("message_id", BigInt, nullable=False),
    Column("mailbox_id", BigInt, nullable=False),
    Column("kind", Key, nullable=False),  # arrived, left, keywords
    Column("before_flags", BigInt, nullable=False),
    Column("before_keywords", CleanText, nullable=False),
    Column("after_flags", BigInt, nullable=False),
    Column("after_keywords", CleanText, nullable=False),
    Column("created_at", Micros, nullable=False),
    Index(None, "owner_id", "id"),
    sqlite_autoincrement=True,
)

learn_cursors = Table(
    f"{PREFIX}learn_cursors",
    metadata,
    ref("owner_id", "owners"),
    Column("outbox_id", BigInt, nullable=False),  # the last command of the owner that was read
    PrimaryKeyConstraint("owner_id"),
)
