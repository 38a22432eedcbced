"""Log-in by Flask-Security: argon2, TOTP that works once, recovery codes, sessions that end when they must."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, cast

from flask import Flask, abort, current_app, flash, redirect, request, session
from flask_babel import gettext, lazy_gettext
from flask_login import current_user, user_logged_in
from flask_security import (
    LoginForm,
    Security,
    SQLAlchemySessionUserDatastore,
    Totp,
    UserMixin,
    password_changed,
    password_reset,
    user_not_registered,
    user_registered,
)
from flask_wtf import CSRFProtect
from passlib.totp import TotpMatch
from sqlalchemy.orm import Session, scoped_session
from werkzeug.wrappers import Response

from mailhelper_web.config import Config
from mailhelper_web.safety.links import add_links, use_up
from mailhelper_web.safety.sessions import ServerSession, ServerSessions
from mailhelper_web.users import Role, User, is_first, make_admin


class OneTimeTotp(Totp):
    """A TOTP code opens the door once (RFC 6238 5.2)."""

    def get_last_counter(self, user: UserMixin) -> int | None:
        """Answer the counter of the last code that was used."""
        return cast("User", user).tf_last_counter

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        """Remember the counter of a code that was used."""
        cast("User", user).tf_last_counter = tmatch.counter
        current_app.extensions["security"].datastore.put(user)


class SessionLoginForm(LoginForm):
    """Asks for address and password: a cookie that remembers a user would outlive sessions and the end of them all."""

    remember = None


def add_security(
    app: Flask, config: Config, secret: str, *, session_maker: scoped_session[Session], sessions: ServerSessions
) -> CSRFProtect:
    """Add log-in, registration, two factors and CSRF protection to the app; answer the last."""
    app.config.update(_settings(config, secret))
    csrf = CSRFProtect(app)
    datastore = SQLAlchemySessionUserDatastore(session_maker, User, Role)
    Security(app, datastore, totp_cls=OneTimeTotp, login_form=SessionLoginForm)
    _follow(app, session_maker, sessions)
    _keep_log_in(app)
    add_links(app, config, derive(secret, "links"))
    for endpoint, view in app.view_functions.items():
        if endpoint.startswith("security."):
            app.view_functions[endpoint] = _of_a_form(view)
    return csrf


def _keep_log_in(app: Flask) -> None:
    """Let nobody be logged out by an address: the library's page for a code does so where no log-in waits for one."""

    @app.before_request
    def check() -> Response | None:
        is_stray = request.endpoint == "security.two_factor_token_validation" and "tf_state" not in session
        return redirect("/") if is_stray and current_user.is_authenticated else None


def _of_a_form(view: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse JSON that is no object, over which the library falls; around the page, so that limits count it."""

    @wraps(view)
    def check(*given: object, **named: object) -> Any:
        is_json = request.method == "POST" and request.is_json
        if is_json and not isinstance(request.get_json(silent=True), Mapping):
            abort(400)
        return view(*given, **named)

    return check


def derive(secret: str, purpose: str) -> str:
    """Answer a secret of its own for one purpose, so that none gives away another."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def _settings(config: Config, secret: str) -> dict[str, object]:
    return {
        "SECRET_KEY": derive(secret, "cookies"),
        "SESSION_COOKIE_NAME": "__Host-mailhelper" if config.https else "mailhelper",
        "SESSION_COOKIE_SECURE": config.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": config.https,
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
            "argon2__memory_cost": config.argon2_memory,
            "argon2__rounds": 2,
            "argon2__parallelism": 1,
        },
        "SECURITY_PASSWORD_SALT": derive(secret, "passwords"),
        # NIST SP 800-63B: length, no composition rules.
        "SECURITY_PASSWORD_LENGTH_MIN": 10,
        "SECURITY_REGISTERABLE": config.registration != "closed",
        "SECURITY_USE_REGISTER_V2": True,
        "SECURITY_SEND_REGISTER_EMAIL": False,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        # Its page for a new password, for an address that an operator hands on; nothing is ever sent.
        "SECURITY_RECOVERABLE": True,
        "SECURITY_SEND_PASSWORD_RESET_EMAIL": False,
        "SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL": False,
        "SECURITY_POST_RESET_VIEW": "/login",
        "SECURITY_RESET_ERROR_VIEW": "/reset",
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/preferences/second-factor",
        "SECURITY_TWO_FACTOR_RESCUE_MAIL": "",
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_TOTP_SECRETS": {"1": derive(secret, "totp")},
        "SECURITY_TOTP_ISSUER": "mailhelper",
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "SECURITY_POST_LOGIN_VIEW": "/",
        "SECURITY_POST_REGISTER_VIEW": "/",
        "SECURITY_POST_LOGOUT_VIEW": "/login",
        # One notice in one place, whether the address is unknown or the password wrong. At registration it hides less:
        # who is new is logged in at once, and a host that sends no mail cannot tell the owner of an address elsewhere.
        # Where strangers reach the host, registration by invitation alone leaves nothing to try.
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_MSG_GENERIC_AUTHN_FAILED": (lazy_gettext("Wrong address or password."), "error"),
    }


def _follow(app: Flask, session_maker: scoped_session[Session], sessions: ServerSessions) -> None:
    """Do what belongs to log-in, registration and a new password."""

    def renew_session(_: Flask, user: User, **__: object) -> None:
        session["owner"] = user.owner
        cast("ServerSession", session._get_current_object()).renew()  # type: ignore[attr-defined]

    def first_is_admin(_: Flask, user: User, **__: object) -> None:
        if is_first(session_maker, user):
            make_admin(session_maker, user)

    def lead_to_log_in(_: Flask, **__: object) -> None:
        flash(gettext("No account was made for this address. If you have one already, log in with it."), "info")

    def end_other_sessions(_: Flask, user: User, **__: object) -> None:
        sessions.end_all(user.owner)

    def use_link_up(_: Flask, user: User, **__: object) -> None:
        # Sessions first: SQLite lets nobody else write once this has begun.
        sessions.end_all(user.owner)
        use_up(user)

    user_logged_in.connect(renew_session, app, weak=False)
    user_registered.connect(first_is_admin, app, weak=False)
    user_not_registered.connect(lead_to_log_in, app, weak=False)
    password_changed.connect(end_other_sessions, app, weak=False)
    password_reset.connect(use_link_up, app, weak=False)

    @app.teardown_appcontext
    def give_back(_: BaseException | None) -> None:
        session_maker.remove()
