"""What may leave this server: consents for model providers, the month's budget, every call that was made."""

from __future__ import annotations

from typing import Literal, cast, get_args

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from mailhelper_core import ConsentError, InvalidError
from mailhelper_web.owner import mine

privacy = Blueprint("privacy", __name__, url_prefix="/privacy")

Purpose = Literal["classify", "summarize", "reply", "embed"]
Level = Literal["pseudonyms", "strict", "none"]
LEDGER = 30


@privacy.get("/")
def overview() -> str:
    """Show what is allowed, what it may cost, and what left."""
    ada = mine()
    return render_template(
        "privacy/overview.html",
        accounts=ada.accounts.list(),
        consents={(one.account_id, one.purpose): one for one in ada.egress.consents()},
        providers=ada.egress.providers(),
        budget=ada.egress.budget(),
        ledger=ada.egress.ledger(after=request.args.get("after"), limit=LEDGER),
        purposes=get_args(Purpose),
        levels=get_args(Level),
    )


@privacy.post("/consent")
def consent() -> Response:
    """Let mail of one account leave for one purpose, or take that back."""
    form, ada = request.form, mine()
    account_id, purpose = form.get("account", 0, type=int), cast("Purpose", form.get("purpose", ""))
    if form.get("word") == "allow":
        level = cast("Level", form.get("level", ""))
        ada.egress.consent(account_id, purpose, provider=form.get("provider", ""), level=level)
    else:
        ada.egress.withdraw(account_id, purpose)
        flash(gettext("Nothing more leaves for this."), "info")
    return redirect(url_for("privacy.overview"), 303)


@privacy.post("/budget")
def budget() -> Response:
    """Set what providers may take in a month; at the limit they are not asked any more."""
    tokens = request.form.get("tokens", type=int)
    if tokens is None or tokens < 0:
        raise InvalidError(gettext("A limit is a number."), code="budget")
    mine().egress.budget(tokens=tokens)
    flash(gettext("Saved."), "info")
    return redirect(url_for("privacy.overview"), 303)


@privacy.get("/preview/<int:message_id>")
def preview(message_id: int) -> str:
    """Show exactly what would be sent about a message; nothing is."""
    purpose = cast("Purpose", request.args.get("purpose", "classify"))
    try:
        found = mine().egress.preview(message_id, purpose)
    except ConsentError as error:
        return render_template("privacy/preview.html", message_id=message_id, purpose=purpose, refused=error)
    return render_template("privacy/preview.html", message_id=message_id, purpose=purpose, found=found)
