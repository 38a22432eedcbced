"""What a program of its own logs where MAILHELPER_LOG says so."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailhelper_core import JsonFormatter, logs_from_env


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave the loggers of the process as they were."""
    root, own = logging.getLogger(), logging.getLogger("mailhelper")
    handlers, level = list(root.handlers), own.level
    root.handlers[:] = [one for one in handlers if not isinstance(one.formatter, JsonFormatter)]
    yield
    root.handlers[:] = handlers
    own.setLevel(level)
    logging.captureWarnings(False)


def test_each_line_is_an_object_whoever_says_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert logs_from_env({"MAILHELPER_LOG": "json"})
    assert logs_from_env({"MAILHELPER_LOG": "json"})

    logging.getLogger("mailhelper.jobs").info("job %d: done", 7)
    logging.getLogger("another").info("said to nobody")
    logging.getLogger("another").warning("two\nlines")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", DeprecationWarning, stacklevel=1)

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    told = [(line["logger"], line["level"]) for line in lines]
    assert told == [("mailhelper.jobs", "info"), ("another", "warning"), ("py.warnings", "warning")]
    assert lines[1]["message"] == "two\nlines"


@pytest.mark.parametrize("environ", [{}, {"MAILHELPER_LOG": ""}, {"MAILHELPER_LOG": "text"}])
def test_without_it_nothing_changes(environ: dict[str, str]) -> None:
    before = list(logging.getLogger().handlers)

    assert not logs_from_env(environ)
    assert logging.getLogger().handlers == before


PROGRAM = """
import logging
{set_up}
from mailhelper_core import MailHelper
MailHelper("sqlite:///mail.db").close()
MailHelper("sqlite:///mail.db").close()
logging.getLogger("mailhelper.plugins").info("said")
"""


@pytest.mark.parametrize(
    ("set_up", "trace", "times"),
    [
        ("", "1", 1),
        ("", "0", 0),
        ("logging.basicConfig(format='%(message)s')", "1", 1),
        ("logging.basicConfig(format='%(message)s', level='INFO')", "1", 1),
    ],
)
def test_the_trace_is_seen_once_whatever_a_program_has_set_up(
    set_up: str, trace: str, times: int, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(set_up=set_up)],
        cwd=tmp_path, env={**os.environ, "MAILHELPER_TRACE_PLUGINS": trace}, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert done.stderr.splitlines().count("said") == times
