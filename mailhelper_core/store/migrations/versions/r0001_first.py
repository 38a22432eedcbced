"""The first schema."""

from __future__ import annotations

from alembic import op

from mailhelper_core.store import search_index
from mailhelper_core.store.tables import metadata

revision = "r0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table, and the search index."""
    metadata.create_all(op.get_bind())
    search_index.create(op.get_bind())
