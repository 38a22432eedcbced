"""The first schema, as it was: later tables in the code do not change what this makes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from mailhelper_core.store.search import search_index

revision = "r0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
TEXT = sa.Text()


def upgrade() -> None:
    """Make every table, and the search index, whose module can make it anew at any time."""
    op.create_table(
        "mailhelper_leases",
        sa.Column("resource", KEY, nullable=False),
        sa.Column("holder", KEY, nullable=False),
        sa.Column("token", ID, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("resource", name=op.f("pk_mailhelper_leases")),
    )
    op.create_table(
        "mailhelper_meta",
        sa.Column("name", KEY, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mailhelper_meta")),
    )
    op.create_table(
        "mailhelper_owners",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("rule_mode", KEY, server_default="all", nullable=False),
        sa.Column("event_seq", ID, server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_owners")),
        sa.UniqueConstraint("key", name=op.f("uq_mailhelper_owners_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mailhelper_accounts",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("username", TEXT, nullable=False),
        sa.Column("options", TEXT, server_default="{}", nullable=False),
        sa.Column("secret_id", KEY, nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=True),
        sa.Column("policy", TEXT, server_default="{}", nullable=False),
        sa.Column("addresses", TEXT, server_default="", nullable=False),
        sa.Column("state", KEY, server_default="ok", nullable=False),
        sa.Column("state_code", KEY, server_default="", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_success_at", sa.BigInteger(), nullable=True),
        sa.Column("next_poll_at", sa.BigInteger(), nullable=True),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["mailhelper_owners.id"], name=op.f("fk_mailhelper_accounts_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_accounts")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_mailhelper_accounts_owner_id"), "mailhelper_accounts", ["owner_id"], unique=False)
    op.create_table(
        "mailhelper_blobs",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("size", ID, nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["mailhelper_owners.id"], name=op.f("fk_mailhelper_blobs_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_blobs")),
        sa.UniqueConstraint("owner_id", "digest", name=op.f("uq_mailhelper_blobs_owner_id_digest")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mailhelper_changes",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("note", TEXT, server_default="", nullable=False),
        sa.Column("data", TEXT, server_default="{}", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["mailhelper_owners.id"], name=op.f("fk_mailhelper_changes_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_changes")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_mailhelper_changes_owner_id_id"), "mailhelper_changes", ["owner_id", "id"], unique=False)
    op.create_table(
        "mailhelper_events",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("seq", ID, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("data", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["mailhelper_owners.id"], name=op.f("fk_mailhelper_events_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_events")),
        sa.UniqueConstraint("owner_id", "seq", name=op.f("uq_mailhelper_events_owner_id_seq")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mailhelper_tags",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("folded", KEY, nullable=False),
        sa.Column("color", KEY, server_default="", nullable=False),
        sa.Column("description", TEXT, server_default="", nullable=False),
        sa.Column("keyword", KEY, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["mailhelper_owners.id"], name=op.f("fk_mailhelper_tags_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_tags")),
        sa.UniqueConstraint("owner_id", "folded", name=op.f("uq_mailhelper_tags_owner_id_folded")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mailhelper_mailboxes",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("delimiter", TEXT, server_default="", nullable=False),
        sa.Column("role", KEY, server_default="", nullable=False),
        sa.Column("uid_validity", ID, server_default="0", nullable=False),
        sa.Column("uid_next", ID, server_default="0", nullable=False),
        sa.Column("highest_mod_seq", ID, server_default="0", nullable=False),
        sa.Column("server_messages", ID, server_default="0", nullable=False),
        sa.Column("known", TEXT, server_default="", nullable=False),
        sa.Column("left_out", TEXT, server_default="", nullable=False),
        sa.Column("window_at", sa.BigInteger(), nullable=True),
        sa.Column("is_complete", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("flags_scanned_at", sa.BigInteger(), nullable=True),
        sa.Column("permanent_keywords", TEXT, nullable=True),
        sa.Column("read_only", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.Column("last_synced_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["mailhelper_accounts.id"], name=op.f("fk_mailhelper_mailboxes_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_mailboxes")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_mailhelper_mailboxes_account_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mailhelper_messages",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("thread_id", ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("match_key", sa.LargeBinary(), nullable=False),
        sa.Column("remote_id", KEY, server_default="", nullable=False),
        sa.Column("message_id", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("from_name", TEXT, nullable=False),
        sa.Column("from_addr", TEXT, nullable=False),
        sa.Column("from_domain", KEY, nullable=False),
        sa.Column("addresses", TEXT, nullable=False),
        sa.Column("facts", TEXT, nullable=False),
        sa.Column("list_id", KEY, server_default="", nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("sort_at", sa.BigInteger(), nullable=False),
        sa.Column("size", ID, nullable=False),
        sa.Column("snippet", TEXT, nullable=False),
        sa.Column("language", KEY, nullable=True),
        sa.Column("parse_status", KEY, nullable=False),
        sa.Column("has_attachments", sa.Boolean(), nullable=False),
        sa.Column("spam", sa.Float(), nullable=True),
        sa.Column("category", KEY, nullable=True),
        sa.Column("urgency", sa.Integer(), nullable=True),
        sa.Column("importance", sa.Integer(), nullable=True),
        sa.Column("opinion_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("orphaned_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["mailhelper_accounts.id"], name=op.f("fk_mailhelper_messages_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "digest"],
            ["mailhelper_blobs.owner_id", "mailhelper_blobs.digest"],
            name=op.f("fk_mailhelper_messages_owner_id_digest"),
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["mailhelper_owners.id"], name=op.f("fk_mailhelper_messages_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_messages")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_mailhelper_messages_account_id_match_key"),
        "mailhelper_messages",
        ["account_id", "match_key"],
        unique=False,
    )
    op.create_index(
        op.f("ix_mailhelper_messages_account_id_remote_id"),
        "mailhelper_messages",
        ["account_id", "remote_id"],
        unique=False,
        sqlite_where=sa.text("remote_id <> ''"),
        postgresql_where=sa.text("remote_id <> ''"),
    )
    op.create_index(
        op.f("ix_mailhelper_messages_owner_id_digest"), "mailhelper_messages", ["owner_id", "digest"], unique=False
    )
    op.create_index(
        op.f("ix_mailhelper_messages_owner_id_sort_at_id"),
        "mailhelper_messages",
        ["owner_id", "sort_at", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_mailhelper_messages_thread_id"), "mailhelper_messages", ["thread_id"], unique=False)
    op.create_table(
        "mailhelper_rules",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("disabled_reason", TEXT, server_default="", nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("otherwise", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["mailhelper_accounts.id"], name=op.f("fk_mailhelper_rules_account_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["mailhelper_owners.id"], name=op.f("fk_mailhelper_rules_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_rules")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_mailhelper_rules_owner_id_position"), "mailhelper_rules", ["owner_id", "position"], unique=False
    )
    op.create_table(
        "mailhelper_attachments",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("part", KEY, nullable=False),
        sa.Column("filename", TEXT, nullable=False),
        sa.Column("media_type", TEXT, nullable=False),
        sa.Column("size", ID, nullable=False),
        sa.Column("content_id", TEXT, nullable=False),
        sa.Column("inline", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["mailhelper_messages.id"], name=op.f("fk_mailhelper_attachments_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_attachments")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_mailhelper_attachments_message_id"), "mailhelper_attachments", ["message_id"], unique=False
    )
    op.create_table(
        "mailhelper_corrections",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("was", TEXT, nullable=True),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("signal", KEY, nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["mailhelper_accounts.id"], name=op.f("fk_mailhelper_corrections_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["mailhelper_messages.id"], name=op.f("fk_mailhelper_corrections_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["mailhelper_owners.id"], name=op.f("fk_mailhelper_corrections_owner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_corrections")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_mailhelper_corrections_message_id"), "mailhelper_corrections", ["message_id"], unique=False
    )
    op.create_index(
        op.f("ix_mailhelper_corrections_owner_id_kind_id"),
        "mailhelper_corrections",
        ["owner_id", "kind", "id"],
        unique=False,
    )
    op.create_table(
        "mailhelper_message_refs",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("hash", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["mailhelper_accounts.id"], name=op.f("fk_mailhelper_message_refs_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["mailhelper_messages.id"], name=op.f("fk_mailhelper_message_refs_message_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "hash", "message_id", name=op.f("pk_mailhelper_message_refs")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_mailhelper_message_refs_message_id"), "mailhelper_message_refs", ["message_id"], unique=False
    )
    op.create_table(
        "mailhelper_message_tags",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("tag_id", ID, nullable=False),
        sa.Column("set_by", KEY, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("rule_revision_id", ID, nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["mailhelper_messages.id"], name=op.f("fk_mailhelper_message_tags_message_id")
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["mailhelper_tags.id"], name=op.f("fk_mailhelper_message_tags_tag_id")),
        sa.PrimaryKeyConstraint("message_id", "tag_id", name=op.f("pk_mailhelper_message_tags")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_mailhelper_message_tags_tag_id_message_id"),
        "mailhelper_message_tags",
        ["tag_id", "message_id"],
        unique=False,
    )
    op.create_table(
        "mailhelper_message_texts",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["mailhelper_messages.id"], name=op.f("fk_mailhelper_message_texts_message_id")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_mailhelper_message_texts")),
    )
    op.create_table(
        "mailhelper_opinions",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("reasons", TEXT, nullable=False),
        sa.Column("said_by", KEY, nullable=False),
        sa.Column("version", KEY, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["mailhelper_accounts.id"], name=op.f("fk_mailhelper_opinions_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["mailhelper_messages.id"], name=op.f("fk_mailhelper_opinions_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_opinions")),
        sa.UniqueConstraint(
            "account_id",
            "message_id",
            "kind",
            "said_by",
            name=op.f("uq_mailhelper_opinions_account_id_message_id_kind_said_by"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_mailhelper_opinions_message_id"), "mailhelper_opinions", ["message_id"], unique=False)
    op.create_table(
        "mailhelper_outbox",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("change_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("data", TEXT, nullable=False),
        sa.Column("inverse", TEXT, server_default="{}", nullable=False),
        sa.Column("decided_by", KEY, nullable=False),
        sa.Column("revision_id", ID, nullable=True),
        sa.Column("decided_on", TEXT, server_default="{}", nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("intent", TEXT, nullable=True),
        sa.Column("error_code", KEY, server_default="", nullable=False),
        sa.Column("undone_by", ID, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["mailhelper_accounts.id"], name=op.f("fk_mailhelper_outbox_account_id")
        ),
        sa.ForeignKeyConstraint(["change_id"], ["mailhelper_changes.id"], name=op.f("fk_mailhelper_outbox_change_id")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["mailhelper_messages.id"], name=op.f("fk_mailhelper_outbox_message_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["mailhelper_owners.id"], name=op.f("fk_mailhelper_outbox_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_outbox")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_mailhelper_outbox_account_id_state_id"),
        "mailhelper_outbox",
        ["account_id", "state", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_mailhelper_outbox_change_id"), "mailhelper_outbox", ["change_id"], unique=False)
    op.create_index(op.f("ix_mailhelper_outbox_message_id"), "mailhelper_outbox", ["message_id"], unique=False)
    op.create_table(
        "mailhelper_pending",
        sa.Column("stage", KEY, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["mailhelper_accounts.id"], name=op.f("fk_mailhelper_pending_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["mailhelper_messages.id"], name=op.f("fk_mailhelper_pending_message_id")
        ),
        sa.PrimaryKeyConstraint("stage", "account_id", "message_id", name=op.f("pk_mailhelper_pending")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_mailhelper_pending_message_id"), "mailhelper_pending", ["message_id"], unique=False)
    op.create_table(
        "mailhelper_placements",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("mailbox_id", ID, nullable=False),
        sa.Column("uid_validity", ID, nullable=False),
        sa.Column("uid", ID, nullable=True),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("mod_seq", ID, server_default="0", nullable=False),
        sa.Column("base_flags", sa.Integer(), nullable=False),
        sa.Column("base_keywords", TEXT, nullable=False),
        sa.Column("flags", sa.Integer(), nullable=False),
        sa.Column("keywords", TEXT, nullable=False),
        sa.Column("operation_id", ID, nullable=True),
        sa.Column("hidden", sa.Boolean(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["mailhelper_accounts.id"], name=op.f("fk_mailhelper_placements_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["mailbox_id"], ["mailhelper_mailboxes.id"], name=op.f("fk_mailhelper_placements_mailbox_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["mailhelper_messages.id"], name=op.f("fk_mailhelper_placements_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_placements")),
        sa.UniqueConstraint(
            "account_id",
            "mailbox_id",
            "uid_validity",
            "uid",
            name=op.f("uq_mailhelper_placements_account_id_mailbox_id_uid_validity_uid"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_mailhelper_placements_message_id"), "mailhelper_placements", ["message_id"], unique=False)
    op.create_table(
        "mailhelper_rule_revisions",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("rule_id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("when_text", TEXT, nullable=False),
        sa.Column("then_json", TEXT, nullable=False),
        sa.Column("source_text", TEXT, nullable=True),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["mailhelper_rules.id"], name=op.f("fk_mailhelper_rule_revisions_rule_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_rule_revisions")),
        sa.UniqueConstraint("rule_id", "revision", name=op.f("uq_mailhelper_rule_revisions_rule_id_revision")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mailhelper_rule_hits",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("rule_id", ID, nullable=False),
        sa.Column("revision_id", ID, nullable=False),
        sa.Column("change_id", ID, nullable=False),
        sa.Column("trace", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("reversed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["mailhelper_accounts.id"], name=op.f("fk_mailhelper_rule_hits_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["mailhelper_messages.id"], name=op.f("fk_mailhelper_rule_hits_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["mailhelper_rule_revisions.id"], name=op.f("fk_mailhelper_rule_hits_revision_id")
        ),
        sa.ForeignKeyConstraint(["rule_id"], ["mailhelper_rules.id"], name=op.f("fk_mailhelper_rule_hits_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_rule_hits")),
        sa.UniqueConstraint(
            "account_id",
            "message_id",
            "revision_id",
            name=op.f("uq_mailhelper_rule_hits_account_id_message_id_revision_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_mailhelper_rule_hits_change_id"), "mailhelper_rule_hits", ["change_id"], unique=False)
    op.create_index(
        op.f("ix_mailhelper_rule_hits_rule_id_message_id"),
        "mailhelper_rule_hits",
        ["rule_id", "message_id"],
        unique=False,
    )
    search_index.create(op.get_bind())
