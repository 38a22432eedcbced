"""Deeds and bookkeeping: changes, the outbox, events, leases, and what still has to be done."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table, UniqueConstraint, text

from mailhelper_core.store.schema.types import (
    PREFIX,
    BigInt,
    CleanText,
    Key,
    Micros,
    id_column,
    metadata,
    ref,
)

_UNFINISHED = text("state IN ('waiting', 'claimed')")

changes = Table(
    f"{PREFIX}changes",
    metadata,
    id_column(),
    ref("owner_id", "owners"),
    Column("kind", Key, nullable=False),
    Column("actor", CleanText, nullable=False),
    Column("state", Key, nullable=False),
    Column("note", CleanText, nullable=False, server_default=""),
    Column("data", CleanText, nullable=False, server_default="{}"),  # JSON: what undo needs besides the entries
    Column("created_at", Micros, nullable=False),
    Index(None, "owner_id", "id"),
    sqlite_autoincrement=True,
)

outbox = Table(
    f"{PREFIX}outbox",
    metadata,
    id_column(),
    ref("owner_id", "owners"),
    ref("account_id", "accounts"),
    ref("change_id", "changes"),
    ref("message_id", "messages"),
    Column("kind", Key, nullable=False),
    Column("data", CleanText, nullable=False),  # JSON object: the Operation's fields
    Column("inverse", CleanText, nullable=False, server_default="{}"),  # JSON object: what undo needs
    Column("decided_by", Key, nullable=False),  # owner or rule: who wins against the server differs
    Column("revision_id", BigInt),  # the rule revision that decided
    Column("decided_on", CleanText, nullable=False, server_default="{}"),  # JSON: mailbox id -> mod_seq seen
    # JSON list: the keywords of the places that were seen, joined by blanks
    Column("decided_keywords", CleanText, nullable=False, server_default="[]"),
    Column("state", Key, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", Micros),
    Column("intent", CleanText),  # JSON: where a copy will appear, written before COPY, MOVE or APPEND
    Column("error_code", Key, nullable=False, server_default=""),
    Column("undone_by", BigInt),  # the change that took it back
    Column("created_at", Micros, nullable=False),
    Column("updated_at", Micros, nullable=False),
    Index(None, "account_id", "state", "id"),
    Index(None, "change_id"),
    Index(None, "message_id"),
    Index("ix_mailhelper_outbox_unfinished", "account_id", sqlite_where=_UNFINISHED),
    sqlite_autoincrement=True,
)

events = Table(
    f"{PREFIX}events",
    metadata,
    id_column(),
    ref("owner_id", "owners"),
    Column("seq", BigInt, nullable=False),
    Column("kind", Key, nullable=False),
    Column("data", CleanText, nullable=False),  # JSON object of ids and counts
    Column("created_at", Micros, nullable=False),
    UniqueConstraint("owner_id", "seq"),
    sqlite_autoincrement=True,
)

leases = Table(
    f"{PREFIX}leases",
    metadata,
    Column("resource", Key, nullable=False),
    Column("holder", Key, nullable=False),
    Column("token", BigInt, nullable=False),
    Column("expires_at", Micros, nullable=False),
    PrimaryKeyConstraint("resource"),
)

pending = Table(
    f"{PREFIX}pending",
    metadata,
    Column("stage", Key, nullable=False),
    ref("account_id", "accounts"),
    ref("message_id", "messages"),
    PrimaryKeyConstraint("stage", "account_id", "message_id"),
    Index(None, "message_id"),
    sqlite_with_rowid=False,
)

# A host on which somebody listens, or did and has not said that it ends; one that ends in order takes its row along.
watchers = Table(
    f"{PREFIX}watchers",
    metadata,
    Column("host", Key, nullable=False),
    Column("seen_at", Micros, nullable=False),  # by the clock that leases go by
    PrimaryKeyConstraint("host"),
)

meta = Table(
    f"{PREFIX}meta",
    metadata,
    Column("name", Key, nullable=False),
    Column("value", CleanText, nullable=False),
    PrimaryKeyConstraint("name"),
)
