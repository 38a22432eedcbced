"""Charts as numbers for inline SVG: no script, no style attribute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mailhelper_core import CurvePoint

# The width of the longest bar, in units of the drawing.
FULL = 100.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, number, width of FULL, and the query behind it."""

    name: str
    number: int
    width: float
    query: str = ""


def bars(rows: Sequence[tuple[str, int, str]]) -> tuple[Bar, ...]:
    """Answer bars as wide as their share of the longest."""
    longest = max((number for _, number, _ in rows), default=0)
    return tuple(
        Bar(name, number, round(FULL * number / longest, 1) if longest else 0, query) for name, number, query in rows
    )


@dataclass(frozen=True, slots=True)
class Column:
    """One day of a chart: how many, how high of HEIGHT, where from the left, and the query behind it."""

    day: date
    number: int
    x: float
    height: float
    query: str


# The drawing of days, in its own units; a day is wide enough for a number below it on a phone.
DAY_WIDTH, HEIGHT = 20, 60.0


def days(numbers: Mapping[str, int], *, until: date, count: int, scope: str) -> tuple[Column, ...]:
    """Answer a column for each of the last days, the newest at the right; `numbers` are by ISO date."""
    dates = [until - timedelta(days=ago) for ago in reversed(range(count))]
    most = max((numbers.get(day.isoformat(), 0) for day in dates), default=0)
    return tuple(_column(day, numbers.get(day.isoformat(), 0), at, most, scope) for at, day in enumerate(dates))


def _column(day: date, number: int, at: int, most: int, scope: str) -> Column:
    height = round(HEIGHT * number / most, 1) if most else 0.0
    following = (day + timedelta(days=1)).isoformat()
    return Column(day, number, at * DAY_WIDTH, height, f"{scope} after:{day.isoformat()} before:{following}".strip())


@dataclass(frozen=True, slots=True)
class Dot:
    """One point of a curve: where it is drawn, how many examples, and the share of right answers."""

    x: float
    y: float
    examples: int
    share: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve: its points, the line through them, and how high the line without learning lies."""

    dots: tuple[Dot, ...]
    line: str
    base: float


# The drawing of a curve, in its own units.
CURVE_WIDTH, CURVE_HEIGHT = 300.0, 120.0


def curve(points: Sequence[CurvePoint], baseline: float) -> Curve | None:
    """Answer the curve of points that grow to the right, from nothing right at the foot; None for less than two."""
    if len(points) < 2:
        return None
    most = max(point.x for point in points)
    dots = tuple(
        Dot(round(CURVE_WIDTH * point.x / most, 1), _height(point.y), round(point.x), point.y) for point in points
    )
    return Curve(dots, " ".join(f"{dot.x},{dot.y}" for dot in dots), _height(baseline))


def shares(points: Sequence[CurvePoint]) -> Curve | None:
    """Answer the curve of points that are shares both ways, from 0 to 1; None without any."""
    dots = tuple(Dot(round(CURVE_WIDTH * point.x, 1), _height(point.y), point.count, point.y) for point in points)
    return Curve(dots, " ".join(f"{dot.x},{dot.y}" for dot in dots), 0.0) if dots else None


def _height(share: float) -> float:
    return round(CURVE_HEIGHT * (1 - share), 1)
