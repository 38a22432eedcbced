"""A sync over a socket that is cut at a line of the server, then resumed, ends as one that was never cut."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.contract.sync.servers import WITHOUT
from tests.stateful.cut_replies import HISTORIES, cut_everywhere
from tests.stateful.interruption import FileShelf


@pytest.fixture
def files(sqlite_template: Path, tmp_path: Path) -> FileShelf:
    """A shelf of SQLite files, with a migrated one."""
    shutil.copy(sqlite_template, tmp_path / "migrated.db")
    return FileShelf(tmp_path)


# Of each family every thirteenth line, each time from another on: some sixty cuts.
@pytest.mark.parametrize(("family", "first"), [("qresync", 0), ("condstore", 4), ("neither", 9)])
def test_what_is_cut_at_a_reply_ends_as_if_it_was_not(files: FileShelf, family: str, first: int) -> None:
    assert cut_everywhere(files, family, "later", step=13, first=first) >= 15


@pytest.mark.full
@pytest.mark.parametrize("family", WITHOUT)
def test_every_reply_of_a_history_ends_so_too(files: FileShelf, family: str) -> None:
    points = {name: cut_everywhere(files, family, name, step=1 if name == "later" else 5) for name in HISTORIES}

    print(f"{sum(points.values())} replies cut: {points}")
    assert sum(points.values()) >= 300
