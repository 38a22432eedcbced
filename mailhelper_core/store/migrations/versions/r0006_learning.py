"""Learning: examples with their features, models, and what was observed at the server."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0006"
down_revision = "r0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
TEXT = sa.Text()


def upgrade() -> None:
    """Add five tables; nothing that is there changes."""
    _examples()
    _models()
    _observed()


def _owner(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    name = op.f(f"fk_mailhelper_{table}_owner_id")
    return sa.Column("owner_id", ID, nullable=False), sa.ForeignKeyConstraint(
        ["owner_id"], ["mailhelper_owners.id"], name=name
    )


def _examples() -> None:
    op.create_table(
        "mailhelper_learn_features",
        *_owner("learn_features"),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("schema", sa.Integer(), nullable=False),
        sa.Column("features", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "message_id", name=op.f("pk_mailhelper_learn_features")),
    )
    op.create_table(
        "mailhelper_learn_examples",
        *_owner("learn_examples"),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("correction_id", ID, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "kind", "message_id", name=op.f("pk_mailhelper_learn_examples")),
    )
    op.create_index(
        op.f("ix_mailhelper_learn_examples_owner_id_kind_correction_id"),
        "mailhelper_learn_examples",
        ["owner_id", "kind", "correction_id"],
    )
    op.create_table(
        "mailhelper_learn_cursors",
        *_owner("learn_cursors"),
        sa.Column("outbox_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("owner_id", name=op.f("pk_mailhelper_learn_cursors")),
    )


def _models() -> None:
    op.create_table(
        "mailhelper_learned_models",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        *_owner("learned_models"),
        sa.Column("task", KEY, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("examples", sa.Integer(), nullable=False),
        sa.Column("through", ID, nullable=False),
        sa.Column("accuracy", sa.Float(), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_learned_models")),
        sa.UniqueConstraint(
            "owner_id", "task", "revision", name=op.f("uq_mailhelper_learned_models_owner_id_task_revision")
        ),
        sqlite_autoincrement=True,
    )


def _observed() -> None:
    op.create_table(
        "mailhelper_observations",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        *_owner("observations"),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("mailbox_id", ID, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("before_flags", ID, nullable=False),
        sa.Column("before_keywords", TEXT, nullable=False),
        sa.Column("after_flags", ID, nullable=False),
        sa.Column("after_keywords", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailhelper_observations")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_mailhelper_observations_owner_id_id"), "mailhelper_observations", ["owner_id", "id"])
