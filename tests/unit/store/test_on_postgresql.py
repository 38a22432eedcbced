"""PostgreSQL's part of the tables: not in a process on SQLite, whole where an engine of PostgreSQL is made."""

from __future__ import annotations

import subprocess
import sys

from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex

from mailhelper_core.store import tables as t
from mailhelper_core.store.engine import make_engine


def test_a_process_on_sqlite_does_not_load_the_dialect_of_postgresql() -> None:
    program = "import sys; from mailhelper_core import MailHelper; MailHelper('sqlite:///mail.db').for_owner('ada')"
    program += "; print([name for name in sys.modules if 'postgresql.base' in name])"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_an_engine_of_postgresql_knows_the_conditions_of_indexes_and_what_they_cover() -> None:
    make_engine("postgresql://nobody@localhost/none").dispose()
    made = {
        str(index.name): str(CreateIndex(index).compile(dialect=postgresql.dialect()))
        for table in t.metadata.tables.values()
        for index in table.indexes
    }

    assert made["uq_mailhelper_jobs_queued"].endswith(" WHERE state = 'queued'")
    assert made["ix_mailhelper_messages_counted"].endswith(" INCLUDE (id) WHERE account_id <> 0")
    assert "WHERE" not in made["ix_mailhelper_messages_thread_id"]
