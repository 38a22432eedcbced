"""Preferences: language, light or dark, sessions, second factor, the token of the API."""

from __future__ import annotations

import hashlib
import secrets

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_security import auth_required
from werkzeug.wrappers import Response

from mailhelper_web.pages.actions import back
from mailhelper_web.safety.revocation import end_all_access
from mailhelper_web.safety.settings import RECENT_MINUTES
from mailhelper_web.visitor import account, log_out, users, visitor_or_none
from mailhelper_web.words.languages import LANGUAGES

preferences = Blueprint("preferences", __name__, url_prefix="/preferences")

THEMES = ("auto", "light", "dark")
_YEAR = 365 * 86_400


@preferences.get("/")
def show() -> str:
    """Show what can be chosen."""
    return render_template("preferences.html", themes=THEMES, account=account())


@preferences.get("/second-factor")
def after_second_factor() -> Response:
    """Lead whoever turned the second factor on to recovery codes, while there are none; all others back."""
    mine = account()
    needs_codes = mine.tf_totp_secret and not mine.mf_recovery_codes
    return redirect(url_for("security.mf_recovery_codes" if needs_codes else "preferences.show"))


@preferences.post("/language")
def set_language() -> Response:
    """Keep the language, for the user or for this browser."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session["language"] = chosen
        if visitor_or_none():
            account().language = chosen
            users().commit()
    return redirect(back(), 303)


@preferences.post("/theme")
def set_theme() -> Response:
    """Keep light or dark in a cookie, so that the page comes in its colors."""
    chosen = request.form.get("theme", "")
    response = redirect(back(), 303)
    if chosen in THEMES:
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        response.set_cookie("theme", chosen, max_age=_YEAR, secure=secure, httponly=True, samesite="Lax")
    return response


@preferences.post("/sessions/end")
def end_sessions() -> Response:
    """End every session of the user, this one too, and the token of the API."""
    end_all_access(account())
    log_out()
    return redirect("/login", 303)


@preferences.get("/token")
def after_password() -> Response:
    """Lead back whoever was asked for the password before a token: the button alone makes one."""
    return redirect(url_for("preferences.show"))


@preferences.post("/token")
@auth_required("session", within=RECENT_MINUTES, grace=0)
def new_token() -> Response:
    """Make the token of the API anew and show it once; only its digest is kept.

    It outlives the session: who finds one open does not get it without the password.
    """
    token = secrets.token_urlsafe(32)
    mine = account()
    mine.api_token_digest = hashlib.sha256(token.encode()).hexdigest()
    users().commit()
    return make_response(render_template("preferences.html", themes=THEMES, account=mine, token=token))


@preferences.post("/token/revoke")
def revoke_token() -> Response:
    """Forget the token of the API."""
    account().api_token_digest = None
    users().commit()
    flash(gettext("The token is no longer valid."), "info")
    return redirect(back(), 303)
