"""What is said about a draft stays with it: who reads it later knows why a template wrote it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0027"
down_revision = "r0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column; code before it writes drafts that say nothing."""
    op.add_column("mailhelper_drafts", sa.Column("note", sa.Text(), nullable=False, server_default=""))
