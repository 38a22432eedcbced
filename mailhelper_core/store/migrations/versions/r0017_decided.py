"""What a rule saw of a message's keywords, so that its decision can be held against them where the message went."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0017"
down_revision = "r0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column with a default; what was decided before is carried out as it was until now."""
    op.add_column("mailhelper_outbox", sa.Column("decided_keywords", sa.Text(), server_default="[]", nullable=False))
