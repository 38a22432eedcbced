"""The start page: what is urgent and important, in nine fields."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from mailhelper_core import GroupCounts, OwnerServices, priority_score, traffic_light
from mailhelper_web.charts import Bar, bars
from mailhelper_web.filters import category_name
from mailhelper_web.owner import mine

home = Blueprint("home", __name__)

LEVELS = (3, 2, 1)
# What asks for attention: spam and what was put away do not.
OPEN = "in:inbox -spam:yes"


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
    accounts = ada.accounts.list()
    if not accounts:
        return render_template("welcome.html")
    chosen = request.args.get("account", type=int)
    scope = f"{OPEN} account:{chosen}" if chosen else OPEN
    counts = ada.counts(scope, by=("urgency", "importance"))
    return render_template(
        "home.html",
        accounts=accounts,
        chosen=chosen,
        matrix=_matrix(counts, scope),
        undecided=sum(number for (urgency, importance), number in counts.items() if not (urgency and importance)),
        scope=scope,
        unread=ada.count(f"{scope} is:unread"),
        categories=_categories(ada, scope),
        recent=ada.search(f"{scope} priority:red", limit=5),
    )


def _matrix(counts: GroupCounts, scope: str) -> list[list[Cell]]:
    """Answer rows of urgency, columns of importance, the most pressing first."""
    return [
        [
            Cell(
                counts.get((urgency, importance), 0),
                traffic_light(priority_score(urgency, importance)),
                f"{scope} urgency:{urgency} importance:{importance}",
            )
            for importance in LEVELS
        ]
        for urgency in LEVELS
    ]


def _categories(ada: OwnerServices, scope: str) -> tuple[Bar, ...]:
    counts = ada.counts(scope, by=("category",))
    named = [(str(name), number) for (name,), number in counts.items() if name]
    named.sort(key=lambda one: (-one[1], one[0]))
    return bars([(category_name(name), number, f"{scope} category:{name}") for name, number in named])
