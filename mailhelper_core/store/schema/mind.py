"""Opinions and decisions: what classifiers and the owner said, tags, rules and their hits."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, PrimaryKeyConstraint, Table, UniqueConstraint, text

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

_SCHEDULED = text("next_run_at IS NOT NULL")

opinions = Table(
    f"{PREFIX}opinions",
    metadata,
    id_column(),
    ref("account_id", "accounts"),
    ref("message_id", "messages"),
    Column("kind", Key, nullable=False),
    Column("value", CleanText, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("reasons", CleanText, nullable=False),  # JSON array of texts
    Column("said_by", Key, nullable=False),
    Column("version", Key, nullable=False),
    Column("created_at", Micros, nullable=False),
    UniqueConstraint("account_id", "message_id", "kind", "said_by"),
    Index(None, "message_id"),
    sqlite_autoincrement=True,
)

corrections = Table(
    f"{PREFIX}corrections",
    metadata,
    id_column(),
    ref("owner_id", "owners"),
    ref("account_id", "accounts"),
    ref("message_id", "messages"),
    Column("kind", Key, nullable=False),
    Column("was", CleanText),
    Column("value", CleanText, nullable=False),
    Column("signal", Key, nullable=False),
    Column("weight", Float, nullable=False),
    Column("actor", CleanText, nullable=False),
    Column("created_at", Micros, nullable=False),
    Column("undone_at", Micros),
    Index(None, "message_id"),
    Index(None, "owner_id", "kind", "id"),
    sqlite_autoincrement=True,
)

tags = Table(
    f"{PREFIX}tags",
    metadata,
    id_column(),
    ref("owner_id", "owners"),
    Column("name", CleanText, nullable=False),
    Column("folded", Key, nullable=False),  # the name as it is compared
    Column("color", Key, nullable=False, server_default=""),
    Column("description", CleanText, nullable=False, server_default=""),
    Column("keyword", Key),  # the IMAP keyword that mirrors it, NULL: none
    Column("created_at", Micros, nullable=False),
    UniqueConstraint("owner_id", "folded"),
    sqlite_autoincrement=True,
)

message_tags = Table(
    f"{PREFIX}message_tags",
    metadata,
    ref("message_id", "messages"),
    ref("tag_id", "tags"),
    Column("set_by", Key, nullable=False),  # owner, rule, classifier
    Column("actor", CleanText, nullable=False),
    Column("rule_revision_id", BigInt),
    Column("confidence", Float),
    Column("created_at", Micros, nullable=False),
    Column("mirrored", Boolean, nullable=False, server_default="0"),  # its keyword was seen on the server
    PrimaryKeyConstraint("message_id", "tag_id"),
    Index(None, "tag_id", "message_id"),
    sqlite_with_rowid=False,
)

rules = Table(
    f"{PREFIX}rules",
    metadata,
    id_column(),
    ref("owner_id", "owners"),
    Column("name", CleanText, nullable=False),
    Column("position", Integer, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("disabled_reason", CleanText, nullable=False, server_default=""),
    ref("account_id", "accounts", nullable=True),
    Column("otherwise", Boolean, nullable=False, server_default="0"),
    Column("delay", Key, nullable=False, server_default=""),  # 30d: acts on mail of that age
    Column("propose", Boolean, nullable=False, server_default="0"),  # asks before it acts
    Column("schedule", Key, nullable=False, server_default=""),  # daily 02:00: acts then, on all that it matches
    Column("next_run_at", Micros),  # by its schedule; NULL without one, or while it is switched off
    Column("due_at", Micros),  # the time that has come, until it has acted
    Column("revision", Integer, nullable=False),
    Column("deleted_at", Micros),
    Index(None, "owner_id", "position"),
    Index("ix_mailhelper_rules_next_run", "next_run_at", sqlite_where=_SCHEDULED),
    sqlite_autoincrement=True,
)

rule_revisions = Table(
    f"{PREFIX}rule_revisions",
    metadata,
    id_column(),
    ref("rule_id", "rules"),
    Column("revision", Integer, nullable=False),
    Column("when_text", CleanText, nullable=False),
    Column("then_json", CleanText, nullable=False),  # JSON array of [name, argument, {named}]
    Column("source_text", CleanText),  # what was imported, verbatim
    Column("actor", CleanText, nullable=False),
    Column("created_at", Micros, nullable=False),
    UniqueConstraint("rule_id", "revision"),
    sqlite_autoincrement=True,
)

rule_hits = Table(
    f"{PREFIX}rule_hits",
    metadata,
    id_column(),
    ref("account_id", "accounts"),
    ref("message_id", "messages"),
    ref("rule_id", "rules"),
    ref("revision_id", "rule_revisions"),
    Column("change_id", BigInt, nullable=False),
    Column("trace", CleanText, nullable=False),  # JSON array of [condition, saw, matched]
    Column("created_at", Micros, nullable=False),
    Column("reversed_at", Micros),  # the owner took it back: never acted on again
    UniqueConstraint("account_id", "message_id", "revision_id"),
    Index(None, "rule_id", "message_id"),
    Index(None, "change_id"),
    sqlite_autoincrement=True,
)
