"""What reaches the terminal: nothing that mail could play tricks with, tables for people, whole fields for pipes."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from io import BytesIO, TextIOWrapper
from zoneinfo import ZoneInfo

import pytest

from mailhelper_cli.main import main
from mailhelper_cli.output import Output


def test_control_and_reordering_characters_of_mail_do_not_reach_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Output(as_json=False).say("a\x1b[31mred\x9b2J\u202egpj.exe\x07")

    assert capsys.readouterr().out == "a\ufffd[31mred\ufffd2J\ufffdgpj.exe\ufffd\n"


def test_a_table_in_a_pipe_is_fields_between_tabs_never_cut(capsys: pytest.CaptureFixture[str]) -> None:
    subject = "long " * 100

    Output(as_json=False).table({}, ("id", "subject"), [(1, subject), (2, "with\ttab\x1b")])

    assert capsys.readouterr().out == f"1\t{subject.strip()}\n2\twith tab\ufffd\n"


def test_a_table_on_a_terminal_fits_its_width(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")

    rows = [(123456, "long " * 100, "2026-01-31 10:00", "")]
    Output(as_json=False).table({}, ("id", "subject", "date", "tags"), rows, cut=("subject",))

    header, row = capsys.readouterr().out.splitlines()
    assert "subject" in header
    assert "tags" not in header
    assert "123456" in row
    assert "2026-01-31 10:00" in row
    assert "…" in row
    assert len(row) <= 60


def test_what_is_not_to_be_cut_goes_on_in_the_next_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")

    Output(as_json=False).table({}, ("name", "advice"), [("database", "a few words " * 8)])

    said = capsys.readouterr().out
    assert said.count("words") == 8
    assert all(len(line) <= 40 for line in said.splitlines()[1:])


def test_an_empty_table_says_so_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")

    Output(as_json=False).table({}, ("id",), [])

    assert capsys.readouterr().out == "nothing found\n"


def test_json_is_one_object_with_iso_times_and_sorted_sets(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(as_json=True)

    out.say("for people only")
    out.result({"at": datetime(2026, 1, 2, tzinfo=UTC), "tags": frozenset({"b", "ä", "a"})}, "a line")

    said = capsys.readouterr().out
    assert json.loads(said) == {"at": "2026-01-02T00:00:00+00:00", "tags": ["a", "b", "ä"]}
    assert said.count("\n") == 1


def test_a_column_of_times_names_their_zone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    moment = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)

    out = Output(as_json=False, zone=lambda: ZoneInfo("Europe/Berlin"))
    out.table({}, ("id", "received"), [(1, moment), (2, moment.replace(month=7))])

    said = capsys.readouterr().out
    assert "received (CEST/CET)" in said
    assert "2026-02-01 00:30" in said
    assert out.time(moment) == "2026-02-01 00:30 CET"


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-8"])
def test_what_a_terminal_cannot_show_ends_no_command(encoding, monkeypatch):
    streams = {name: TextIOWrapper(BytesIO(), encoding) for name in ("stdout", "stderr")}
    for name, stream in streams.items():
        monkeypatch.setattr(sys, name, stream)

    assert main(["n\u20ac\udcff"]) == 2
    Output(as_json=False).say("100 \u20ac \U0001f600 \udcff")

    for stream in streams.values():
        stream.flush()
        assert stream.buffer.getvalue()
