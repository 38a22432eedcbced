"""Reply drafts: made in the owner's style, changed here, put into the server's drafts; nothing is ever sent."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from mailhelper_core import TONES, Draft, OwnerServices, ReplyStyle, Tone
from mailhelper_web.look.toasts import offer_undo
from mailhelper_web.owner import mine
from mailhelper_web.safety.elsewhere import asking_elsewhere

replies = Blueprint("replies", __name__, url_prefix="/replies")

PAGE = 30


@replies.get("/")
def listing() -> str:
    """List the drafts, newest first, and the owner's styles."""
    ada = mine()
    return render_template(
        "replies/list.html",
        drafts=ada.replies.list(after=request.args.get("after"), limit=PAGE),
        style=next((one for one in ada.replies.styles.list() if not one.account_id and not one.tone), ReplyStyle()),
    )


@replies.post("/draft/<int:message_id>")
def draft(message_id: int) -> Response:
    """Draft an answer to a message; one that nobody waits for gets none."""
    made = _drafted(mine(), message_id)
    if made.state == "none":
        flash(gettext("Nobody waits for an answer to this mail."), "info")
        return redirect(url_for("message.show", message_id=message_id), 303)
    return redirect(url_for("replies.show", draft_id=made.id), 303)


@replies.get("/<int:draft_id>")
def show(draft_id: int) -> str:
    """Show a draft beside the mail that it answers, and what else was drafted for that."""
    ada = mine()
    found = ada.replies.get(draft_id)
    answered = ada.messages.get(found.message_id)
    others = [one for one in ada.replies.list(message_id=found.message_id, limit=PAGE) if one.id != draft_id]
    return render_template("replies/show.html", draft=found, message=answered, tones=TONES, others=others)


@replies.post("/<int:draft_id>/tone")
def change_tone(draft_id: int) -> Response:
    """Draft the answer in another tone; what the owner wrote stays, and what nobody changed gives way."""
    ada = mine()
    before = ada.replies.get(draft_id)
    is_own = _keep_typed(ada, before)  # first: drafting may fail
    made = _drafted(ada, before.message_id)
    if made.state == "none":
        flash(gettext("Nobody waits for an answer to this mail."), "info")
        return redirect(url_for("replies.show", draft_id=draft_id), 303)
    if is_own:
        flash(gettext("What you wrote is kept as a draft of its own, beside this new one."), "info")
    elif before.state != "saved":
        ada.replies.discard(draft_id)
    return redirect(url_for("replies.show", draft_id=made.id), 303)


def _drafted(ada: OwnerServices, message_id: int) -> Draft:
    with asking_elsewhere():
        return ada.replies.draft(message_id, tone=cast("Tone", request.form.get("tone", "friendly")))


def _keep_typed(ada: OwnerServices, draft: Draft) -> bool:
    """Keep what the form says of a draft that can still be changed; say whether it holds the owner's own words."""
    if draft.state == "saved":
        return False
    body, subject = _typed_body(draft.body), request.form.get("subject") or draft.subject
    if (body, subject) == (draft.body, draft.subject):
        return draft.kept < 1
    ada.replies.edit(draft.id, body=body, subject=subject)
    return True


def _typed_body(otherwise: str = "") -> str:
    """Answer the text of the form, with line ends as they are kept."""
    return request.form.get("body", otherwise).replace("\r\n", "\n")


@replies.post("/<int:draft_id>/edit")
def edit(draft_id: int) -> Response:
    """Keep what the owner wrote; on request put it into the server's drafts."""
    ada, form = mine(), request.form
    ada.replies.edit(draft_id, body=_typed_body(), subject=form.get("subject") or None)
    if form.get("deed") == "save":
        change = ada.replies.save(draft_id)
        offer_undo(gettext("It goes into your drafts. Send it from your mail program."), change)
    else:
        flash(gettext("Saved."), "info")
    return redirect(url_for("replies.show", draft_id=draft_id), 303)


@replies.post("/<int:draft_id>/discard")
def discard(draft_id: int) -> Response:
    """Forget a draft here."""
    mine().replies.discard(draft_id)
    return redirect(url_for("replies.listing"), 303)


@replies.post("/style")
def style() -> Response:
    """Keep how the owner begins, ends and signs, for all accounts and tones."""
    form = request.form
    said = ReplyStyle(
        salutation=form.get("salutation", "").strip(),
        closing=form.get("closing", "").strip(),
        signature=form.get("signature", "").strip(),
        instructions=form.get("instructions", "").strip(),
    )
    mine().replies.styles.set(said)
    flash(gettext("Saved."), "info")
    return redirect(url_for("replies.listing"), 303)
