"""The start page: what is urgent and important, in nine fields; what it is about, and how much comes in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mailhelper_core import GroupCounts, OwnerServices, priority_score, traffic_light
from mailhelper_web.look.charts import Bar, Column, bars, days
from mailhelper_web.owner import mine
from mailhelper_web.parts.news import mark_seen, unseen
from mailhelper_web.parts.waiting import waiting_steps
from mailhelper_web.visitor import visitor
from mailhelper_web.words.names import category_name

home = Blueprint("home", __name__)

LEVELS = (3, 2, 1)
LIGHTS = ("red", "yellow", "green")
# What asks for attention: spam and what was put away do not.
OPEN = "in:inbox -spam:yes"
DAYS = 14


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of the matrix: how many, which colour, and the query that lists them."""

    count: int
    light: str
    query: str


@home.get("/")
def start() -> str | Response:
    """Show the matrix of one account or of all."""
    ada = mine()
    with ada.reading():
        accounts = ada.accounts.list()
        found = _found(ada) if accounts else {}
    return render_template("home.html", accounts=accounts, **found) if accounts else render_template("welcome.html")


@home.post("/seen")
def seen() -> Response:
    """Show no more of what happened up to the place that the form names."""
    mark_seen(mine(), visitor().id, request.form.get("through", ""))
    return redirect(url_for("home.start"), 303)


def _found(ada: OwnerServices) -> dict[str, object]:
    chosen = request.args.get("account", type=int)
    only = f" account:{chosen}" if chosen else ""
    scope = OPEN + only
    counts = ada.counts(scope, by=("urgency", "importance", "category"))
    matrix = _matrix(counts, scope)
    lights = {light: sum(cell.count for row in matrix for cell in row if cell.light == light) for light in LIGHTS}
    # Where nothing is red, looking for it would read everything.
    recent = tuple(ada.search(f"{scope} priority:red", limit=5)) if lights["red"] else ()
    return {
        "chosen": chosen,
        "scope": scope,
        "matrix": matrix,
        "lights": lights,
        "undecided": sum(number for (urgency, importance, _), number in counts.items() if not (urgency and importance)),
        "categories": _categories(counts, scope),
        "days": _days(ada, only),
        "unread": ada.count(f"{scope} is:unread"),
        "waiting": waiting_steps(ada),
        "news": unseen(ada, visitor().id),
        "recent": recent,
        "sure": ada.opinions.sureness([one.id for one in recent]),
    }


def _matrix(counts: GroupCounts, scope: str) -> list[list[Cell]]:
    """Answer rows of urgency, columns of importance, the most pressing first."""
    numbers: Counter[tuple[object, object]] = Counter()
    for (urgency, importance, _), number in counts.items():
        numbers[urgency, importance] += number
    return [
        [
            Cell(
                numbers[urgency, importance],
                traffic_light(priority_score(urgency, importance)),
                f"{scope} urgency:{urgency} importance:{importance}",
            )
            for importance in LEVELS
        ]
        for urgency in LEVELS
    ]


def _categories(counts: GroupCounts, scope: str) -> tuple[Bar, ...]:
    numbers: Counter[str] = Counter()
    for (*_, category), number in counts.items():
        if category:
            numbers[str(category)] += number
    named = sorted(numbers.items(), key=lambda one: (-one[1], one[0]))
    return bars([(category_name(name), number, f"{scope} category:{name}") for name, number in named])


def _days(ada: OwnerServices, only: str) -> tuple[Column, ...]:
    scope = f"-in:sent -spam:yes{only}"
    counts = ada.counts(f"{scope} newer_than:{DAYS}d", by=("day",))
    numbers = {str(day): number for (day,), number in counts.items()}
    return days(numbers, until=datetime.now(UTC).date(), count=DAYS, scope=scope)
