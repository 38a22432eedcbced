"""Jobs: one row a piece of work in the background, and whose turn it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0002"
down_revision = "r0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
TEXT = sa.Text()
QUEUED = sa.text("state = 'queued'")
RUNNING = sa.text("state = 'running'")
UNFINISHED = sa.text("state IN ('waiting', 'claimed')")


def upgrade() -> None:
    """Add two tables, and an index of what waits for delivery; nothing that is there changes."""
    op.create_table(
        "mailhelper_jobs",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("resource", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("stage", KEY, server_default="", nullable=False),
        sa.Column("done", ID, server_default="0", nullable=False),
        sa.Column("total", ID, server_default="0", nullable=False),
        sa.Column("cursor", TEXT, server_default="", nullable=False),
        sa.Column("result", TEXT, server_default="{}", nullable=False),
        sa.Column("item", TEXT, server_default="", nullable=False),
        sa.Column("skipped", TEXT, server_default="[]", nullable=False),
        sa.Column("claims", ID, server_default="0", nullable=False),
        sa.Column("token", ID, server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cancel", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("rung_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error_code", KEY, server_default="", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("heartbeat_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["mailhelper_owners.id"], name=op.f("fk_mailhelper_jobs_owner_id")),
        sa.ForeignKeyConstraint(["account_id"], ["mailhelper_accounts.id"], name=op.f("fk_mailhelper_jobs_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_jobs")),
        sqlite_autoincrement=True,
    )
    jobs = "mailhelper_jobs"
    op.create_index(
        "uq_mailhelper_jobs_queued",
        jobs,
        ["resource", "kind"],
        unique=True,
        sqlite_where=QUEUED,
        postgresql_where=QUEUED,
    )
    op.create_index(
        "ix_mailhelper_jobs_due", jobs, ["not_before", "id"], unique=False, sqlite_where=QUEUED, postgresql_where=QUEUED
    )
    op.create_index(
        "ix_mailhelper_jobs_running", jobs, ["id"], unique=False, sqlite_where=RUNNING, postgresql_where=RUNNING
    )
    op.create_index(op.f("ix_mailhelper_jobs_owner_id_id"), jobs, ["owner_id", "id"], unique=False)
    op.create_index(op.f("ix_mailhelper_jobs_account_id"), jobs, ["account_id"], unique=False)
    op.create_index(op.f("ix_mailhelper_jobs_finished_at"), jobs, ["finished_at"], unique=False)
    op.create_table(
        "mailhelper_job_turns",
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("served_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", name=op.f("pk_mailhelper_job_turns")),
    )
    op.create_index(
        "ix_mailhelper_outbox_unfinished",
        "mailhelper_outbox",
        ["account_id"],
        unique=False,
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    )
