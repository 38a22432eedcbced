"""--json is understood wherever it stands among the options, also when the usage is wrong."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys

import pytest

from mailhelper_cli.failures import FAILED
from mailhelper_cli.main import COMMANDS, main
from mailhelper_cli.request import wants_json


@pytest.mark.parametrize("words", [["--json", "list"], ["list", "--json"], ["list", "--json", "--", "x"]])
def test_json_may_stand_before_or_behind_the_command(words: list[str]) -> None:
    assert wants_json(words)


def test_json_behind_two_dashes_is_an_argument() -> None:
    assert not wants_json(["search", "--", "--json"])


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_that_names_json(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    assert "--json" in capsys.readouterr().out


def test_wrong_usage_is_one_line_with_advice(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["show", "abc"])

    said = capsys.readouterr()
    assert code == 2
    assert said.out == ""
    assert said.err == (
        "mailhelper: invalid value for 'MESSAGE': 'abc' is not a valid integer (see `mailhelper show --help`)\n"
    )


def test_wrong_usage_is_json_when_json_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--json", "show", "--no-such-option"])

    said = capsys.readouterr()
    assert code == 2
    assert said.out == ""
    assert json.loads(said.err)["error"] == "usage"


@pytest.mark.parametrize("words", [[], ["account"], ["rule"]])
def test_without_a_command_the_help_is_shown(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err.startswith("Usage: mailhelper")


def test_an_unknown_command_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fly"]) == 2
    assert "no such command 'fly'" in capsys.readouterr().err


@pytest.mark.parametrize("owner", ["", " ", "ad\x01a", "ada\udcff"])
def test_an_owner_without_a_name_is_wrong_usage(owner: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--owner", owner, "list"]) == 2
    assert "--owner" in capsys.readouterr().err


def test_a_reader_that_has_seen_enough_ends_the_command_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    code = "import sys; from mailhelper_cli.main import main; sys.exit(main(['plugins', '--json']))"
    with os.fdopen(writing, "wb") as closed:
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, stdout=closed, stderr=subprocess.PIPE, text=True, check=False)

    assert (done.returncode, done.stderr) == (FAILED, "")


def test_output_that_cannot_be_written_is_said_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def write(self, _: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    said = io.StringIO()
    monkeypatch.setattr(sys, "stdout", Full())
    monkeypatch.setattr(sys, "stderr", said)

    assert main(["--version"]) == FAILED
    assert said.getvalue() == "mailhelper: the system said: No space left on device\n"


def test_an_acronym_at_the_beginning_of_a_message_keeps_its_capitals(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--database", "sqlite://", "list"])

    assert capsys.readouterr().err.startswith("mailhelper: SQLite in memory")
