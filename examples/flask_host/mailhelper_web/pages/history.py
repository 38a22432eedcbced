"""What was done, newest first: every change with its mail and its steps, and a way to take it back."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request

from mailhelper_core import Change
from mailhelper_web.owner import mine
from mailhelper_web.parts.subjects import subjects_of

history = Blueprint("history", __name__, url_prefix="/history")

PAGE = 30
# So many messages of a change are named; of more it says how many.
NAMED = 3


@dataclass(frozen=True, slots=True)
class About:
    """Which messages a change is about: the first of them, and how many more."""

    named: tuple[int, ...]
    more: int


@history.get("/")
def listing() -> str:
    """List what was decided, by whom, and how far each step got."""
    ada = mine()
    changes = ada.changes(after=request.args.get("after"), limit=PAGE)
    about = {one.id: _about(one) for one in changes}
    subjects = subjects_of(ada, (message_id for one in about.values() for message_id in one.named))
    return render_template("history.html", changes=changes, about=about, subjects=subjects)


def _about(change: Change) -> About:
    """Answer the messages of the steps; a correction has none, and says itself how many it is about."""
    ids = tuple(dict.fromkeys(entry.operation.message_id for entry in change.entries))
    return About(ids[:NAMED], len(ids[NAMED:]))
