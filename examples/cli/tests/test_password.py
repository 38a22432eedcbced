"""Passwords come from a prompt, the environment or standard input, and from nowhere else."""

from __future__ import annotations

import io

import click
import pytest

from mailhelper_cli.main import main
from mailhelper_cli.password import VARIABLE, read_password


def test_standard_input_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "other")
    monkeypatch.setattr("sys.stdin", io.StringIO("pass word \r\nrest\n"))

    assert read_password(from_stdin=True) == "pass word "


def test_the_environment_is_used_without_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "quiet")

    assert read_password(from_stdin=False) == "quiet"


def test_without_a_terminal_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO("typed"))

    with pytest.raises(click.UsageError, match="--password-stdin"):
        read_password(from_stdin=False)


@pytest.mark.parametrize("command", ["add", "password"])
def test_no_command_takes_a_password_as_an_argument(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["account", command, "--password", "secret"]) == 2
    assert "no such option" in capsys.readouterr().err
