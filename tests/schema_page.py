"""Writes docs/reference/database.md and its drawing from the tables: `python -m tests.schema_page`; a test compares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Column, Table

from mailhelper_core.store import tables as t

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
PAGE = REFERENCE / "database.md"
PICTURE = REFERENCE / "database.svg"
INTRODUCTION = """# Database

Our tables begin with `mailhelper_` and lie beside a host's own, on SQLite and PostgreSQL alike. They are ours to
change: programs use the [API](api.md). Times are microseconds since 1970 in UTC, ids are never used again, nothing
cascades. Tables that plugins bring along begin with `mailhelper_x_`. Left out of the drawing: references to owners and
accounts, which nearly all tables have.

![The tables and what refers to what](database.svg)
"""
# Geometry of the drawing: a grid of boxes.
COLUMNS, WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 5, 168, 34, 34, 30, 12


def page() -> str:
    """Answer the page: a section for each table, in the order of their names."""
    return INTRODUCTION + "".join(_section(table) for table in _tables())


def picture() -> str:
    """Answer the drawing: boxes in a grid, the most connected first; lines between them."""
    pairs = [(table, other) for table in _tables() for other in _edges(table)]
    degree = Counter(table for pair in pairs for table in pair)
    order = sorted(_tables(), key=lambda table: (-degree[table], table.name))
    place = {table: _place(number) for number, table in enumerate(order)}
    rows = -(-len(order) // COLUMNS)
    width, height = 2 * MARGIN + COLUMNS * (WIDTH + GAP_X) - GAP_X, 2 * MARGIN + rows * (HEIGHT + GAP_Y) - GAP_Y
    lines = [_line(place[table], place[other]) for table, other in pairs]
    boxes = [_box(place[table], table) for table in order]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'aria-label="Tables and their references" font-family="sans-serif" font-size="12">\n'
        "<style>rect{fill:#f4f6f8;stroke:#5b6b7b}text{fill:#1b2733}path{stroke:#9fb0c0;fill:none}</style>\n"
        + "\n".join([*lines, *boxes])
        + "\n</svg>\n"
    )


def write() -> None:
    """Write both files."""
    PAGE.write_text(page(), encoding="utf-8")
    PICTURE.write_text(picture(), encoding="utf-8")


def _tables() -> list[Table]:
    return sorted(t.metadata.tables.values(), key=lambda table: table.name)


def _section(table: Table) -> str:
    keys = ", ".join(f"`{column.name}`" for column in table.primary_key.columns)
    head = f"\n## {table.name}\n\nKey: {keys}.\n\n| column | type | refers to |\n|---|---|---|\n"
    return head + "".join(_row(column) for column in table.columns)


def _row(column: Column[object]) -> str:
    refers = ", ".join(sorted(f"`{key.column.table.name}`" for key in column.foreign_keys))
    kind = type(column.type).__name__.replace("CleanText", "Text").replace("LargeBinary", "octets")
    return f"| `{column.name}` | {kind}{' or NULL' if column.nullable else ''} | {refers} |\n"


def _edges(table: Table) -> list[Table]:
    found = {key.column.table for column in table.columns for key in column.foreign_keys}
    return sorted((one for one in found if one not in (t.owners, t.accounts, table)), key=lambda one: one.name)


def _place(number: int) -> tuple[int, int]:
    return MARGIN + number % COLUMNS * (WIDTH + GAP_X), MARGIN + number // COLUMNS * (HEIGHT + GAP_Y)


def _box(at: tuple[int, int], table: Table) -> str:
    x, y = at
    name = table.name.removeprefix(t.PREFIX)
    return (
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>'
        f'<text x="{x + WIDTH / 2:g}" y="{y + HEIGHT / 2 + 4:g}" text-anchor="middle">{name}</text>'
    )


def _line(start: Sequence[int], end: Sequence[int]) -> str:
    (x1, y1), (x2, y2) = (_middle(start), _middle(end))
    bend = (y1 + y2) / 2 + (GAP_Y if y1 == y2 else 0)
    return f'<path d="M{x1:g} {y1:g} C{x1:g} {bend:g} {x2:g} {bend:g} {x2:g} {y2:g}"/>'


def _middle(at: Sequence[int]) -> tuple[float, float]:
    return at[0] + WIDTH / 2, at[1] + HEIGHT / 2


if __name__ == "__main__":
    write()
