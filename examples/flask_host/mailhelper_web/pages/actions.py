"""What the owner does to mail: one form, many messages, one change that can be undone."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import ngettext
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from mailhelper_web.look.toasts import offer_undo
from mailhelper_web.owner import mine
from mailhelper_web.parts.acts import ACTS

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
    if ids and (argument or name not in NAMED):
        change = action(mine(), ids, argument)
        offer_undo(ngettext("%(num)s message changed.", "%(num)s messages changed.", len(ids)), change)
    return redirect(back(), 303)


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
