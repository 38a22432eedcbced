"""Model providers: consent, pseudonyms, the ledger, vectors, styles and drafts of replies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0008"
down_revision = "r0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
TEXT = sa.Text()


def upgrade() -> None:
    """Add eight tables and one column; nothing that is there changes."""
    op.add_column("mailhelper_messages", sa.Column("provider_kinds", KEY, server_default="", nullable=False))
    _egress_owners()
    _egress_consents()
    _egress_pseudonyms()
    _egress_log()
    _embedding_profiles()
    _embeddings()
    _reply_styles()
    _drafts()


def _egress_owners() -> None:
    op.create_table(
        "mailhelper_egress_owners",
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("limit_tokens", ID, nullable=False),
        sa.Column("limit_cost", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["mailhelper_owners.id"], name=op.f("fk_mailhelper_egress_owners_owner_id")
        ),
        sa.PrimaryKeyConstraint("owner_id", name=op.f("pk_mailhelper_egress_owners")),
    )


def _egress_consents() -> None:
    op.create_table(
        "mailhelper_egress_consents",
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("purpose", KEY, nullable=False),
        sa.Column("provider", KEY, nullable=False),
        sa.Column("level", KEY, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["mailhelper_accounts.id"], name=op.f("fk_mailhelper_egress_consents_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["mailhelper_owners.id"], name=op.f("fk_mailhelper_egress_consents_owner_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "purpose", name=op.f("pk_mailhelper_egress_consents")),
    )


def _egress_pseudonyms() -> None:
    op.create_table(
        "mailhelper_egress_pseudonyms",
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("thread_id", ID, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["mailhelper_owners.id"], name=op.f("fk_mailhelper_egress_pseudonyms_owner_id")
        ),
        sa.PrimaryKeyConstraint(
            "owner_id", "thread_id", "kind", "number", name=op.f("pk_mailhelper_egress_pseudonyms")
        ),
    )


def _egress_log() -> None:
    op.create_table(
        "mailhelper_egress_log",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("purpose", KEY, nullable=False),
        sa.Column("provider", KEY, nullable=False),
        sa.Column("model", KEY, nullable=False),
        sa.Column("level", KEY, nullable=False),
        sa.Column("digest", KEY, nullable=False),
        sa.Column("octets", ID, nullable=False),
        sa.Column("redactions", TEXT, nullable=False),
        sa.Column("tokens_in", ID, nullable=False),
        sa.Column("tokens_out", ID, nullable=False),
        sa.Column("cost", ID, nullable=False),
        sa.Column("outcome", KEY, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["mailhelper_owners.id"], name=op.f("fk_mailhelper_egress_log_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_egress_log")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_mailhelper_egress_log_owner_id_created_at"), "mailhelper_egress_log", ["owner_id", "created_at"]
    )


def _embedding_profiles() -> None:
    op.create_table(
        "mailhelper_embedding_profiles",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("version", KEY, nullable=False),
        sa.Column("dimension", sa.Integer(), nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("fitted", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["mailhelper_owners.id"], name=op.f("fk_mailhelper_embedding_profiles_owner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_embedding_profiles")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_mailhelper_embedding_profiles_owner_id_state"), "mailhelper_embedding_profiles", ["owner_id", "state"]
    )


def _embeddings() -> None:
    op.create_table(
        "mailhelper_embeddings",
        sa.Column("profile_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["mailhelper_accounts.id"], name=op.f("fk_mailhelper_embeddings_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["mailhelper_messages.id"], name=op.f("fk_mailhelper_embeddings_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["mailhelper_embedding_profiles.id"], name=op.f("fk_mailhelper_embeddings_profile_id")
        ),
        sa.PrimaryKeyConstraint("profile_id", "message_id", name=op.f("pk_mailhelper_embeddings")),
    )
    op.create_index(op.f("ix_mailhelper_embeddings_message_id"), "mailhelper_embeddings", ["message_id"])


def _reply_styles() -> None:
    op.create_table(
        "mailhelper_reply_styles",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("tone", KEY, nullable=False),
        sa.Column("language", KEY, nullable=False),
        sa.Column("salutation", TEXT, nullable=False),
        sa.Column("closing", TEXT, nullable=False),
        sa.Column("signature", TEXT, nullable=False),
        sa.Column("instructions", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["mailhelper_owners.id"], name=op.f("fk_mailhelper_reply_styles_owner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_reply_styles")),
        sa.UniqueConstraint(
            "owner_id",
            "account_id",
            "tone",
            "language",
            name=op.f("uq_mailhelper_reply_styles_owner_id_account_id_tone_language"),
        ),
        sqlite_autoincrement=True,
    )


def _drafts() -> None:
    op.create_table(
        "mailhelper_drafts",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("tone", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("language", KEY, server_default="", nullable=False),
        sa.Column("mail_type", KEY, server_default="", nullable=False),
        sa.Column("subject", TEXT, server_default="", nullable=False),
        sa.Column("body", TEXT, server_default="", nullable=False),
        sa.Column("made", TEXT, server_default="", nullable=False),
        sa.Column("made_by", KEY, server_default="", nullable=False),
        sa.Column("change_id", ID, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["mailhelper_accounts.id"], name=op.f("fk_mailhelper_drafts_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["mailhelper_messages.id"], name=op.f("fk_mailhelper_drafts_message_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["mailhelper_owners.id"], name=op.f("fk_mailhelper_drafts_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_drafts")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_mailhelper_drafts_owner_id_state_id"), "mailhelper_drafts", ["owner_id", "state", "id"])
    op.create_index(op.f("ix_mailhelper_drafts_message_id"), "mailhelper_drafts", ["message_id"])
