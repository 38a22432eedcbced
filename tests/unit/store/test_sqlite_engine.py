"""A SQLite file that several open at once, before it is in WAL."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from mailhelper_core.store import engine as engines
from mailhelper_core.store.engine import close_engine, make_engine


def test_a_new_file_that_another_writes_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "mail.db"
    engine = make_engine(f"sqlite:///{path}")
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        end = threading.Timer(0.2, other.execute, ("COMMIT",))
        end.start()
        try:
            with engine.connect() as connection:
                assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        finally:
            end.join()
            close_engine(engine)


def test_one_that_never_ends_is_told_as_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_SECONDS", 0.1)
    path = tmp_path / "mail.db"
    engine = make_engine(f"sqlite:///{path}")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            engine.connect()
    close_engine(engine)


def test_as_many_threads_as_were_asked_for_have_a_connection(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'mail.db'}", pool_size=8)

    with ExitStack() as stack:
        for _ in range(3 * 8):
            stack.enter_context(engine.connect())
        assert engine.pool.checkedout() == 24  # type: ignore[attr-defined]
    close_engine(engine)
