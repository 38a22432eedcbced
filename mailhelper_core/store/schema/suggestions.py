"""Tags that are learned and proposed: examples for and against, and the queue of suggestions."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, PrimaryKeyConstraint, Table, UniqueConstraint

from mailhelper_core.store.schema.types import PREFIX, BigInt, CleanText, Key, Micros, id_column, metadata, ref

# What the owner said of a tag on a message, which setting and taking off a tag alone cannot say.
tag_examples = Table(
    f"{PREFIX}tag_examples",
    metadata,
    ref("tag_id", "tags"),
    ref("message_id", "messages"),
    Column("is_positive", Boolean, nullable=False),
    Column("actor", CleanText, nullable=False),
    Column("created_at", Micros, nullable=False),
    PrimaryKeyConstraint("tag_id", "message_id"),
    Index(None, "message_id"),
    sqlite_with_rowid=False,
)

tag_suggestions = Table(
    f"{PREFIX}tag_suggestions",
    metadata,
    id_column(),
    ref("owner_id", "owners"),
    Column("name", CleanText, nullable=False),
    Column("folded", Key, nullable=False),  # the name as it is compared
    Column("state", Key, nullable=False),  # waiting, accepted, merged, rejected
    Column("merged_into", BigInt),  # the tag that is meant by the name
    Column("created_at", Micros, nullable=False),
    Column("updated_at", Micros, nullable=False),
    UniqueConstraint("owner_id", "folded"),
    sqlite_autoincrement=True,
)

suggested_tags = Table(
    f"{PREFIX}suggested_tags",
    metadata,
    ref("suggestion_id", "tag_suggestions"),
    ref("message_id", "messages"),
    Column("confidence", Float, nullable=False),
    Column("said_by", Key, nullable=False),
    Column("created_at", Micros, nullable=False),
    PrimaryKeyConstraint("suggestion_id", "message_id"),
    Index(None, "message_id"),
    sqlite_with_rowid=False,
)
