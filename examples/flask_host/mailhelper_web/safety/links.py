"""Addresses that an operator hands on where a host sends no mail: an invitation to register, a new password."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app, render_template, request, session, url_for
from flask_security.recoverable import generate_reset_password_token
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select

from mailhelper_web.config import Config
from mailhelper_web.users import User
from mailhelper_web.visitor import users

INVITATION_SECONDS = 7 * 86_400
_INVITATION = "invitation"


def add_links(app: Flask, config: Config, secret: str) -> None:
    """Let only who is invited register, where the operator wants that; tell honestly how a password comes back."""
    app.extensions["invitations"] = URLSafeTimedSerializer(secret, salt=_INVITATION)
    app.view_functions["security.forgot_password"] = _forgotten
    app.jinja_env.globals["invited_address"] = invited_address
    if config.registration == "invited":
        app.before_request(_check_invitation)


def invitation_path(email: str) -> str:
    """Answer the address that lets one person register within a week; an account that is there ends it."""
    return url_for("security.register", invitation=_invitations().dumps(email.strip().lower()))


def reset_path(user: User) -> str:
    """Answer the address that lets a user choose another password, once and within a day."""
    return url_for("security.reset_password", token=generate_reset_password_token(user))  # type: ignore[no-untyped-call]


def invited_address() -> str:
    """Answer whom the invitation of this session is for, empty for none that counts."""
    try:
        found = _invitations().loads(str(session.get(_INVITATION, "")), max_age=INVITATION_SECONDS)
    except BadSignature:
        return ""
    return str(found)


def _check_invitation() -> tuple[str, int] | None:
    """Refuse to register whoever is not invited; the first user is the operator, and needs no invitation."""
    if request.endpoint != "security.register":
        return None
    if _INVITATION in request.args:
        session[_INVITATION] = request.args[_INVITATION]
    invited = invited_address()
    is_theirs = request.method != "POST" or _typed_address() == invited
    if not (invited and is_theirs) and users().scalar(select(User.id).limit(1)) is not None:
        return render_template("security/uninvited.html"), 403
    return None


def _typed_address() -> str:
    form = request.get_json(silent=True) if request.is_json else request.form
    return str((form or {}).get("email", "")).strip().lower()


def _forgotten() -> str:
    """Say how a forgotten password comes back: nothing can be sent, so nothing is asked."""
    return render_template("security/forgotten.html")


def _invitations() -> URLSafeTimedSerializer:
    return cast("URLSafeTimedSerializer", current_app.extensions["invitations"])
