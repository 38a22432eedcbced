"""Where a machine keeps its databases: each example has one of its own, copied from one that was migrated."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.postgres import Postgres


@dataclass
class Ground:
    """A folder with `mail.db` in it, or a PostgreSQL server and the name of a template."""

    folder: Path | None = None
    postgres: Postgres | None = None
    template: str = ""
    made: list[str] = field(default_factory=list)

    def new_database(self) -> str:
        """Make a database and answer its address."""
        if self.postgres is not None:
            self.made.append(self.postgres.create_database(template=self.template))
            return self.postgres.url(self.made[-1])
        assert self.folder is not None
        self.made.append(tempfile.mkdtemp(dir=self.folder))
        shutil.copy(self.folder / "mail.db", self.made[-1])
        return f"sqlite:///{self.made[-1]}/mail.db"

    def drop_database(self) -> None:
        """Remove the one that was made last."""
        if self.postgres is not None:
            self.postgres.drop_database(self.made.pop())
        else:
            shutil.rmtree(self.made.pop())
