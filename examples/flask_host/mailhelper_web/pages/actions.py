"""What the owner does to mail: one form, many messages, one change that can be undone."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from mailhelper_core import Change, OwnerServices
from mailhelper_web.look.toasts import offer_undo
from mailhelper_web.owner import mine
from mailhelper_web.parts.acts import ACTS
from mailhelper_web.parts.subjects import messages_of
from mailhelper_web.words.changes import touched
from mailhelper_web.words.outcomes import LEVELS, outcome
from mailhelper_web.words.wording import role_name

actions = Blueprint("actions", __name__)

# A form of the list holds its page; more ids are a mistake or an attack.
MAX_MESSAGES = 500
# What does nothing while its field is empty.
NAMED = frozenset(("tag", "move", "copy", "category"))


@actions.post("/actions")
def act() -> Response:
    """Do one thing to the messages that the form names."""
    name, _, argument = request.form.get("act", "").partition(":")
    action = ACTS.get(name)
    if action is None:
        raise BadRequest("There is no such action.")
    ids = request.form.getlist("id", type=int)[:MAX_MESSAGES]
    argument = argument or request.form.get(f"{name}_argument", "").strip()
    if not ids:
        flash(gettext("Choose messages first."), "info")
    elif argument or name not in NAMED:
        ada = mine()
        before = _level_before(ada, name, ids)
        tell(action(ada, ids, argument), name, argument, before)
        if name == "not-spam":
            _take_out_of_junk(ada, ids)
    return redirect(back(), 303)


def tell(change: Change, name: str, argument: str = "", before: str = "") -> None:
    """Say what a deed did, with the way back; one that changed nothing has none."""
    number = touched(change)
    if number:
        offer_undo(outcome(name, number, argument, before), change)
    else:
        flash(gettext("It was so already; nothing is changed."), "info")


def _take_out_of_junk(ada: OwnerServices, ids: list[int]) -> None:
    """Move what is no spam out of the junk into its account's inbox: a change of its own, to be undone alone."""
    by_account: dict[int, list[int]] = {}
    for message in messages_of(ada, ids).values():
        if any(place.role == "junk" for place in message.places):
            by_account.setdefault(message.account_id, []).append(message.id)
    for account_id, found in by_account.items():
        inbox = next((box.name for box in ada.accounts.mailboxes(account_id) if box.role == "inbox"), "")
        if inbox:
            tell(ada.messages.move(found, inbox), "move", role_name("inbox"))


def _level_before(ada: OwnerServices, name: str, ids: list[int]) -> str:
    """Answer the level that a single message has before it is corrected, empty where none is asked or known."""
    if name not in LEVELS or len(ids) != 1:
        return ""
    message = ada.messages.get(ids[0])
    level = message.urgency if name == "urgency" else message.importance
    return str(level or "")


@actions.post("/undo/<int:change_id>")
def undo(change_id: int) -> Response:
    """Take a change back, on the server too; what was touched since stays."""
    report = mine().undo(change_id)
    flash(ngettext("Undone: %(num)s step.", "Undone: %(num)s steps.", report.undone), "info")
    if report.left:
        flash(
            ngettext("%(num)s was changed since and stays.", "%(num)s were changed since and stay.", report.left),
            "info",
        )
    return redirect(back(), 303)


def back() -> str:
    """Answer the page of this host that a form came from; never another host's."""
    target = request.form.get("next", "")
    # Browsers leave out tabs and line breaks: `/<tab>/host` is another host too.
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if is_ours else url_for("home.start")
