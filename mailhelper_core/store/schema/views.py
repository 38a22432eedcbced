"""What an owner arranged: saved searches, what waits for rules with a delay, and threads put right by hand."""

from __future__ import annotations

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, UniqueConstraint

from mailhelper_core.store.schema.types import PREFIX, BigInt, CleanText, Key, Micros, id_column, metadata, ref

saved_searches = Table(
    f"{PREFIX}saved_searches",
    metadata,
    id_column(),
    ref("owner_id", "owners"),
    Column("name", CleanText, nullable=False),
    Column("folded", Key, nullable=False),  # the name as it is compared
    Column("query", CleanText, nullable=False),
    Column("sort", Key, nullable=False),
    Column("created_at", Micros, nullable=False),
    Column("updated_at", Micros, nullable=False),
    UniqueConstraint("owner_id", "folded"),
    sqlite_autoincrement=True,
)

# Messages that are too young for a rule: looked at again from not_before on.
rule_waits = Table(
    f"{PREFIX}rule_waits",
    metadata,
    ref("account_id", "accounts"),
    ref("message_id", "messages"),
    Column("not_before", Micros, nullable=False),
    PrimaryKeyConstraint("account_id", "message_id"),
    Index(None, "account_id", "not_before"),
    Index(None, "message_id"),
    sqlite_with_rowid=False,
)

# Answers that name nothing they answer: found by their subject when what they answer arrives later.
thread_replies = Table(
    f"{PREFIX}thread_replies",
    metadata,
    ref("account_id", "accounts"),
    Column("hash", BigInt, nullable=False),  # 64 bits of the subject without Re:
    ref("message_id", "messages"),
    PrimaryKeyConstraint("account_id", "hash", "message_id"),
    Index(None, "message_id"),
    sqlite_with_rowid=False,
)

# Messages that the owner split off: they are joined to no thread of another group.
thread_groups = Table(
    f"{PREFIX}thread_groups",
    metadata,
    ref("account_id", "accounts"),
    ref("message_id", "messages"),
    Column("group_id", BigInt, nullable=False),
    PrimaryKeyConstraint("message_id"),
    Index(None, "account_id", "group_id"),
)
