"""The full-text index of SQLite merges its segments when it is told to, in transactions of their own."""

from __future__ import annotations

from alembic import op

from mailhelper_core.store.search import segments

revision = "r0022"
down_revision = "r0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change settings of the index; no row of it."""
    segments.configure(op.get_bind())
