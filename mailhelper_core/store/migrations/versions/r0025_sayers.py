"""Whose opinions make what is effective, by account: a classifier that goes is noticed."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "r0025"
down_revision = "r0024"
branch_labels = None
depends_on = None

# What stands beside opinions, and makes nothing effective.
EXTRACT = "extract"


def upgrade() -> None:
    """Add a column, and fill it with who has said something; code before it works as it did."""
    op.add_column("mailhelper_accounts", sa.Column("sayers", sa.Text()))
    opinions, accounts = _table("opinions", "account_id", "said_by"), _table("accounts", "id", "sayers")
    connection, said = op.get_bind(), dict[int, dict[str, int]]()
    for account_id, said_by in connection.execute(sa.select(opinions.c.account_id, opinions.c.said_by).distinct()):
        if said_by != EXTRACT:
            said.setdefault(account_id, {})[said_by] = 0
    for account_id, names in said.items():
        here = sa.update(accounts).where(accounts.c.id == account_id)
        connection.execute(here.values(sayers=json.dumps(names, sort_keys=True)))


def _table(name: str, *columns: str) -> sa.Table:
    return sa.Table(f"mailhelper_{name}", sa.MetaData(), *(sa.Column(column) for column in columns))
