"""Progress goes to standard error: bars on a terminal, a few lines elsewhere, nothing beside JSON."""

from __future__ import annotations

import pytest

from mailhelper_cli.progress import PLAIN_EVERY_MESSAGES, progress
from mailhelper_core import Progress


def _work(*, silent: bool) -> None:
    with progress(silent=silent) as on_step:
        for done in range(0, 1201, 50):
            if on_step is not None:
                on_step(Progress("sync", done, 1200))
        if on_step is not None:
            on_step(Progress("index", 0, 0))


def test_without_a_terminal_there_are_lines_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    _work(silent=False)

    said = capsys.readouterr()
    assert said.out == ""
    assert PLAIN_EVERY_MESSAGES == 500
    assert said.err.splitlines() == [f"sync: {done} of 1200" for done in (0, 500, 1000, 1200)]


def test_on_a_terminal_there_are_bars_that_go_away(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")

    _work(silent=False)

    said = capsys.readouterr()
    assert said.out == ""
    assert "1200/1200" in said.err
    assert said.err.rstrip().endswith("\x1b[2K")


def test_beside_json_there_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    _work(silent=True)

    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")
