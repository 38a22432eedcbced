"""What a new database is told about in the log: one line of ours, none of Alembic's; a host's own Alembic is heard."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from mailhelper_core.store.unheard import unheard

PROGRAM = """
import logging
logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
from mailhelper_core import MailHelper, Settings
for _ in range(2):
    with MailHelper(Settings("sqlite:///mail.db", plugins=())) as helper:
        helper.migrate()
"""


def test_a_new_database_is_one_line_in_the_log_of_a_program_that_hears_everything(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)

    (schema,) = [line for line in done.stderr.splitlines() if "plugin tables" not in line]
    assert schema.startswith("mailhelper.schema: the schema was brought from nothing to r0")
    assert "alembic" not in done.stderr


def test_warnings_another_thread_and_what_comes_later_are_heard(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    alembic = logging.getLogger("alembic.runtime.migration")

    with unheard():
        alembic.info("ours")
        alembic.warning("warned")
        another = Thread(target=alembic.info, args=("the host's",))
        another.start()
        another.join()
    alembic.info("later")

    assert caplog.messages == ["warned", "the host's", "later"]
