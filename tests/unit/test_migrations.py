"""Migrations are one chain: each has a number of its own and follows the one before."""

from __future__ import annotations

from pathlib import Path

from alembic.script import ScriptDirectory

from mailhelper_core.store import migrations
from mailhelper_core.store.revision import HEAD


def test_migrations_are_one_chain_that_ends_at_the_head_of_the_code() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))

    chain = [script.revision for script in scripts.walk_revisions()]

    assert chain == [f"r{number:04}" for number in range(len(chain), 0, -1)]
    assert chain[0] == HEAD
    assert len(chain) == len(list(Path(migrations.__file__).parent.glob("versions/r*.py")))
