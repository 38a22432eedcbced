"""PluginTables: tables that a plugin brings along, beside ours in the same database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

# Before the plugin's own name: a host's Alembic leaves out whatever begins like our tables.
PREFIX = "mailhelper_x_"

# How tables stand to the revisions that a plugin has: never made, not yet migrated, or migrated by a version of it that
# has revisions which this one does not know.
Standing = Literal["missing", "behind", "current", "newer"]


@dataclass(frozen=True, slots=True)
class PluginTables:
    """Tables of a plugin: their SQLAlchemy MetaData, and the folder of their Alembic revisions, `package:folder`.

    Their names begin with `mailhelper_x_NAME_`. `migrate()` brings them up to date; nothing ever drops them.
    """

    name: str
    metadata: Any = field(repr=False)  # sqlalchemy.MetaData, which this layer does not know
    migrations: str

    @property
    def prefix(self) -> str:
        """How the names of the tables begin."""
        return f"{PREFIX}{self.name.replace('-', '_')}_"

    @property
    def version_table(self) -> str:
        """Where Alembic keeps the revision of these tables."""
        return f"{self.prefix}alembic_version"

    def strangers(self) -> list[str]:
        """Answer the tables whose names begin otherwise."""
        return sorted(name for name in self.metadata.tables if not name.startswith(self.prefix))
