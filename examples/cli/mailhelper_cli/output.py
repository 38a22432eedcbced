"""How results reach the terminal: tables and lines for people, one JSON object for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mailhelper_cli.widths import share

# What mail may not send to a terminal: control characters but TAB and LF, and characters that reorder a line.
_CONTROLS = [code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"]
_UNSAFE = dict.fromkeys([*_CONTROLS, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\ufffd")
_GAP = 2
NOTHING = "nothing found"


def _this_machines() -> None:
    """Answer what `datetime.astimezone` takes for the zone of this machine."""


class Output:
    """Writes results; as JSON nothing but one object goes to standard output."""

    def __init__(self, *, as_json: bool, zone: Callable[[], tzinfo | None] = _this_machines) -> None:
        self.as_json = as_json
        self._zone = zone  # asked for when there is a time to show
        self._console = Console(highlight=False)

    def result(self, value: Mapping[str, object], *lines: str) -> None:
        """Print the object, or the lines that say the same to a person."""
        if self.as_json:
            click.echo(json.dumps(value, default=_plain))
        for line in lines:
            self.say(line)

    def table(
        self,
        value: Mapping[str, object],
        columns: Sequence[str],
        rows: Iterable[Sequence[object]],
        *,
        cut: Collection[str] = (),
        empty: str = NOTHING,
    ) -> None:
        """Print the object; or a table on a terminal, and elsewhere lines of fields between TABs, never cut.

        Where `next` of the object says that there is more, people are told on standard error how to go on.
        """
        if self.as_json:
            self.result(value)
            return
        if self._console.is_terminal:
            self.aligned(columns, rows, cut=cut, empty=empty)
        else:
            for row in rows:
                click.echo("\t".join(" ".join(self._cell(cell).plain.split()) for cell in row))
        if value.get("next"):
            click.echo(f"there is more: --after {value['next']}", err=True)

    def say(self, text: str = "") -> None:
        """Print a line for people only."""
        if not self.as_json:
            click.echo(_safe(text))

    def time(self, moment: datetime) -> str:
        """Answer a time as the owner's clock shows it, with the name of its zone."""
        return f"{moment.astimezone(self._zone()):%Y-%m-%d %H:%M %Z}"

    def title(self, text: str) -> None:
        """Print the heading of a section, for people only."""
        if not self.as_json:
            self._console.print(Text(f"\n{_safe(text)}", style="bold"))

    def aligned(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[object]],
        *,
        cut: Collection[str] = (),
        empty: str = NOTHING,
    ) -> None:
        """Print a table for people only: numbers to the right, columns of `cut` on one line, empty ones left out."""
        values = list(rows)
        lines = [[self._cell(cell) for cell in row] for row in values]
        if not lines:
            self.say(empty)
        elif not self.as_json:
            named = [self._heading(name, cells) for name, cells in zip(columns, zip(*values, strict=True), strict=True)]
            cut = [heading for heading, name in zip(named, columns, strict=True) if name in cut]
            self._console.print(self._drawn(named, list(zip(*lines, strict=True)), cut))

    def _heading(self, name: str, cells: Sequence[object]) -> str:
        """Answer a column's heading: one of times says in which zone they are."""
        moments = [cell for cell in cells if isinstance(cell, datetime)]
        zones = {f"{moment.astimezone(self._zone()):%Z}" for moment in moments}  # CET in winter, CEST in summer
        return f"{name} ({'/'.join(sorted(zones))})" if zones else name

    def _cell(self, value: object) -> Text:
        if isinstance(value, Text):
            return Text(_safe(value.plain), style=value.style)
        if isinstance(value, datetime):
            return Text(f"{value.astimezone(self._zone()):%Y-%m-%d %H:%M}")
        return Text(_safe(_words(value)))

    def _drawn(self, columns: Sequence[str], cells: Sequence[Sequence[Text]], cut: Collection[str]) -> Table:
        shown = [(name, column) for name, column in zip(columns, cells, strict=True) if any(column)]
        natural = [max(Text(name).cell_len, *(cell.cell_len for cell in column)) for name, column in shown]
        widths = share(natural, self._console.width - _GAP * (len(shown) - 1))
        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, _GAP, 0, 0))
        for (name, column), width in zip(shown, widths, strict=True):
            table.add_column(
                name,
                justify="right" if all(cell.plain.isdigit() for cell in column) else "left",
                no_wrap=name in cut,
                overflow="ellipsis" if name in cut else "fold",
                width=width,
            )
        for row in zip(*(column for _, column in shown), strict=True):
            table.add_row(*row)
        return table


def counted(number: int, one: str, many: str = "") -> str:
    """Answer `1 message`, `2 messages`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def _words(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(sorted(map(str, value)))
    return str(value)


def _safe(text: str) -> str:
    return text.translate(_UNSAFE)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
