"""Addresses that an operator hands on where a host sends no mail: an invitation to register, a new password."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import cast

from flask import Flask, current_app, render_template, request, session, url_for
from flask_security.recoverable import generate_reset_password_token
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import inspect, select, update
from werkzeug.wrappers import Response

from mailhelper_web.config import Config
from mailhelper_web.users import User
from mailhelper_web.visitor import users

INVITATION_SECONDS = 7 * 86_400
_INVITATION = "invitation"

_Answer = str | Response | tuple[str, int]
_View = Callable[..., _Answer]


def add_links(app: Flask, config: Config, secret: str) -> None:
    """Let only who is invited register, where the operator wants that; tell honestly how a password comes back."""
    app.extensions["invitations"] = URLSafeTimedSerializer(secret, salt=_INVITATION)
    app.jinja_env.globals["invited_address"] = invited_address
    views: dict[str, _View] = app.view_functions  # type: ignore[assignment]
    views["security.forgot_password"] = _forgotten
    views["security.reset_password"] = _once(views["security.reset_password"])
    if config.registration == "invited":
        views["security.register"] = _for_invited(views["security.register"])


def invitation_path(email: str) -> str:
    """Answer the address that lets one person register within a week; an account that is there ends it."""
    return url_for("security.register", invitation=_invitations().dumps(email.strip().lower()))


def reset_path(user: User) -> str:
    """Answer the address that lets a user choose another password, once and within a day."""
    return url_for("security.reset_password", token=generate_reset_password_token(user))  # type: ignore[no-untyped-call]


class LinkUsedError(Exception):
    """Another request chose a password by the same address meanwhile."""


def use_up(user: User) -> None:
    """Take what the addresses for a new password of a user go by, which is changed. Raises LinkUsedError."""
    was = inspect(user).attrs.fs_uniquifier.history.deleted
    taken = update(User).where(User.id == user.id, User.fs_uniquifier.in_(was))
    with users().no_autoflush:
        done = users().connection().execute(taken.values(fs_uniquifier=user.fs_uniquifier))
    if done.rowcount == 0:
        raise LinkUsedError


def invited_address() -> str:
    """Answer whom the invitation of this session is for, empty for none that counts."""
    return _address_in(str(session.get(_INVITATION, "")))


def _address_in(invitation: str) -> str:
    try:
        found = _invitations().loads(invitation, max_age=INVITATION_SECONDS)
    except BadSignature:
        return ""
    return str(found)


def _for_invited(register: _View) -> _View:
    """Refuse to register whoever is not invited; the first user is the operator, and needs no invitation.

    It stands around the page and not before every request: the limits of a door, set around it later, count what it
    refuses.
    """

    @wraps(register)
    def check() -> _Answer:
        invited = _invited_now()
        is_theirs = request.method != "POST" or _typed_address() == invited
        if not (invited and is_theirs) and users().scalar(select(User.id).limit(1)) is not None:
            return render_template("security/uninvited.html"), 403
        return register()

    return check


def _invited_now() -> str:
    """Answer whom the address that was opened invites, else the session; only what counts is kept there."""
    token = request.args.get(_INVITATION)
    if token is None:
        return invited_address()
    invited = _address_in(token)
    if invited:
        session[_INVITATION] = token
    return invited


def _typed_address() -> str:
    form = request.get_json() if request.is_json else request.form
    return str(form.get("email", "")).strip().lower()


def _once(reset: _View) -> _View:
    """Let an address for a new password work once, also where it is used twice at the same moment."""

    @wraps(reset)
    def once(token: str) -> _Answer:
        try:
            return reset(token)
        except LinkUsedError:
            users().rollback()
            return reset(token)  # by now it is an address that was used

    return once


def _forgotten() -> str:
    """Say how a forgotten password comes back: nothing can be sent, so nothing is asked."""
    return render_template("security/forgotten.html")


def _invitations() -> URLSafeTimedSerializer:
    return cast("URLSafeTimedSerializer", current_app.extensions["invitations"])
