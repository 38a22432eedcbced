"""What indexes have on PostgreSQL: told late, for SQLAlchemy loads a database's whole dialect to be told.

That is 3 MB in each process, which one on SQLite does without.
"""

from __future__ import annotations

from sqlalchemy import MetaData

# The name in an index's `info` under which the options stand that PostgreSQL alone has.
ON_POSTGRESQL = "mailhelper_postgresql"


def complete(metadata: MetaData) -> None:
    """Give the indexes the conditions that they have on SQLite, and what they have beside; again is as once."""
    for table in metadata.tables.values():
        for index in table.indexes:
            options = index.dialect_options["postgresql"]
            options["where"] = index.dialect_options["sqlite"]["where"]
            for name, value in index.info.get(ON_POSTGRESQL, {}).items():
                options[name] = value
