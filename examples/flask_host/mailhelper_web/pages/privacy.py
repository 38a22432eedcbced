"""What may leave this server: consents for model providers, who makes vectors, the budget, every call that was made."""

from __future__ import annotations

from typing import Literal, cast, get_args

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from mailhelper_core import TONES, ConfigError, ConsentError, InvalidError, OwnerServices, Tone
from mailhelper_web.owner import helper, mine
from mailhelper_web.parts.meaning import PROVIDER

privacy = Blueprint("privacy", __name__, url_prefix="/privacy")

Purpose = Literal["classify", "summarize", "reply", "embed"]
Level = Literal["pseudonyms", "strict", "none"]
LEDGER = 30
# Of drafts of replies; empty: the mail's own.
LANGUAGES = ("", "de", "en")


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
        vectors=ada.vectors.status(),
        makers=_makers(ada),
    )


@privacy.post("/consent")
def consent() -> Response:
    """Let mail of one account leave for one purpose, or take that back."""
    form, ada = request.form, mine()
    account_id, purpose = form.get("account", 0, type=int), cast("Purpose", form.get("purpose", ""))
    if form.get("word") == "allow":
        level = cast("Level", form.get("level", ""))
        try:
            ada.egress.consent(account_id, purpose, provider=form.get("provider", ""), level=level)
        except ConfigError:  # the extra is not installed
            flash(
                gettext("This server cannot replace names and numbers yet; the administrator can change that."), "error"
            )
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


@privacy.post("/vectors")
def vectors() -> Response:
    """Let somebody else make the vectors of search by meaning; those that are there answer until all are made."""
    ada, name = mine(), request.form.get("maker", "")
    allowed = {f"{PROVIDER}{one.provider}" for one in ada.egress.consents() if one.purpose == "embed"}
    if name not in _makers(ada):
        raise BadRequest
    if name.startswith(PROVIDER) and name not in allowed:
        flash(gettext("Allow “Search by meaning” for an account first; without it nothing leaves."), "error")
        return redirect(url_for("privacy.overview"), 303)
    try:
        ada.vectors.use(name)
    except InvalidError:
        flash(gettext("%(name)s cannot do this.", name=name.removeprefix(PROVIDER)), "error")
        return redirect(url_for("privacy.overview"), 303)
    for account in ada.accounts.list():
        ada.jobs.submit("embed", account_id=account.id)
    flash(gettext("Search by meaning is made anew; until then the old one answers."), "info")
    return redirect(url_for("privacy.overview"), 303)


@privacy.get("/preview/<int:message_id>")
def preview(message_id: int) -> str:
    """Show exactly what would be sent about a message; nothing is."""
    ada = mine()
    asked = cast("Purpose", request.args.get("purpose", "") or _allowed(ada, message_id))
    purposes = get_args(Purpose) if ada.egress.providers() else ()
    tone, language = cast("Tone", request.args.get("tone", "friendly")), request.args.get("language", "")
    shown = {"message_id": message_id, "purpose": asked, "purposes": purposes, "tone": tone, "language": language}
    shown |= {"tones": TONES, "languages": LANGUAGES}
    try:
        found = ada.egress.preview(message_id, asked, tone=tone, language=language)
    except ConsentError as error:
        return render_template("privacy/preview.html", refused=error, **shown)
    return render_template("privacy/preview.html", found=found, **shown)


def _allowed(ada: OwnerServices, message_id: int) -> Purpose:
    """Answer the first purpose that is allowed for the message's account, so that the page has something to show."""
    account_id = ada.messages.get(message_id).account_id
    given = {one.purpose for one in ada.egress.consents() if one.account_id == account_id}
    known: tuple[Purpose, ...] = get_args(Purpose)
    return next((one for one in known if one in given), known[0])


def _makers(ada: OwnerServices) -> tuple[str, ...]:
    """Answer who can make vectors: embedders on this server first, then providers."""
    contributions = (one.partition(":") for plugin in helper().plugins for one in plugin.provides)
    here = [name for kind, _, name in contributions if kind == "embedders"]
    return (*here, *(f"{PROVIDER}{name}" for name in ada.egress.providers()))
