"""What was done, newest first: every change with its mail and its steps, and a way to take it back."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request

from mailhelper_core import Change, OwnerServices
from mailhelper_web.owner import mine
from mailhelper_web.parts.acts import SEEN
from mailhelper_web.parts.subjects import subjects_of

history = Blueprint("history", __name__, url_prefix="/history")

PAGE = 30
# So many messages of a change are named; of more it says how many.
NAMED = 3
# So many times a page looks further while it has found little besides messages that were opened.
LOOKS = 5


@dataclass(frozen=True, slots=True)
class About:
    """Which messages a change is about: the first of them, and how many more."""

    named: tuple[int, ...]
    more: int


@history.get("/")
def listing() -> str:
    """List what was decided, by whom, and how far each step got; what was only opened on request.

    With a question, what its owner has said of it alone.
    """
    ada = mine()
    with_opened = request.args.get("opened") == "1"
    question = request.args.get("said", "")
    changes, older, left_out = _look(ada, request.args.get("after"), with_opened=with_opened, question=question)
    about = {one.id: _about(one) for one in changes}
    subjects = subjects_of(ada, (message_id for one in about.values() for message_id in one.named))
    return render_template(
        "history.html",
        changes=changes,
        older=older,
        left_out=left_out,
        with_opened=with_opened,
        question=question,
        about=about,
        subjects=subjects,
    )


def _look(
    ada: OwnerServices, after: str | None, *, with_opened: bool, question: str
) -> tuple[list[Change], str | None, int]:
    """Answer a page of changes, where the next begins, and how many were left out because they only opened mail."""
    found: list[Change] = []
    left_out = 0
    for _ in range(LOOKS):
        page = ada.changes(after=after, limit=PAGE)
        told = [one for one in page if with_opened or not _is_opening(one)]
        left_out += len(page.items) - len(told)
        found += [one for one in told if not question or any(said.kind == question for said in one.corrected)]
        after = page.next
        if after is None or len(found) >= PAGE // 2:
            break
    return found, after, left_out


def _is_opening(change: Change) -> bool:
    """Say whether one message was marked read and nothing else: each that is opened is."""
    is_reading = change.kind == "add_keyword" and change.note == SEEN
    return is_reading and change.state == "applied" and len(change.entries) == 1


def _about(change: Change) -> About:
    """Answer the messages of the steps; a correction has none, and what was said of which message instead."""
    of_steps = (entry.operation.message_id for entry in change.entries)
    ids = tuple(dict.fromkeys((*of_steps, *(one.message_id for one in change.corrected))))
    return About(ids[:NAMED], len(ids[NAMED:]))
