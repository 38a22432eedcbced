"""Log-in by Flask-Security: argon2, TOTP that works once, recovery codes, sessions that end when they must."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, cast

from flask import Flask, abort, current_app, has_request_context, redirect, request, session
from flask_login import current_user
from flask_security import LoginForm, Security, SQLAlchemySessionUserDatastore, Totp, UserMixin
from flask_wtf import CSRFProtect
from passlib.exc import UsedTokenError
from passlib.totp import TotpMatch
from sqlalchemy import CursorResult, bindparam, or_, select, update
from sqlalchemy.orm import Session, scoped_session
from werkzeug.wrappers import Response

from mailhelper_web.config import Config
from mailhelper_web.safety.csrf import add_csrf
from mailhelper_web.safety.events import follow_events
from mailhelper_web.safety.links import add_links
from mailhelper_web.safety.recovery import OneTimeCodes, seal_recovery_codes
from mailhelper_web.safety.sessions import READS, ServerSession
from mailhelper_web.safety.settings import derive, recovery_key, security_settings
from mailhelper_web.users import READER_COLUMNS, Reader, Role, User

# What requests ask that may change a user, and those whose session came as a copy: they are built once.
_BY_NAME = select(User).where(User.fs_uniquifier == bindparam("name"))
_READER_BY_NAME = select(*READER_COLUMNS).where(User.__table__.c.fs_uniquifier == bindparam("name"))


class Users(SQLAlchemySessionUserDatastore):
    """Users and roles in the host's tables."""

    def find_user(self, case_insensitive: bool = False, **by: Any) -> UserMixin | None:  # noqa: FBT001, FBT002 - as the base class
        """Answer the user of one attribute, with their roles; a session knows its user by `fs_uniquifier`."""
        if set(by) != {"fs_uniquifier"}:
            return super().find_user(case_insensitive, **by)
        name = by["fs_uniquifier"]
        if has_request_context() and _only_reads():
            return _reader(name)
        return cast("User | None", self.db.session.scalar(_BY_NAME, {"name": name}))


def _only_reads() -> bool:
    """Say whether a request leaves its user as they are; the library's own pages may change them also by GET."""
    return request.method in READS and request.blueprint != "security"


def _reader(name: str) -> Reader | None:
    """Answer the user of a session as pages read them: with the session, or from the database."""
    came_along = cast("ServerSession", session).reader
    if came_along is not None and came_along.fs_uniquifier == name:
        return came_along
    with current_app.extensions["engine"].connect() as connection:
        found = connection.execute(_READER_BY_NAME, {"name": name}).one_or_none()
    return Reader(*found) if found else None


class OneTimeTotp(Totp):
    """A TOTP code opens the door once (RFC 6238 5.2), also to those who come with it at the same moment."""

    def get_last_counter(self, user: UserMixin) -> int | None:
        """Answer the counter of the last code that was used."""
        return cast("User", user).tf_last_counter

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        """Remember the counter of a code that was used. Raises UsedTokenError, a wrong code, for who comes second."""
        session: scoped_session[Session] = current_app.extensions["users"]
        is_new = or_(User.tf_last_counter.is_(None), User.tf_last_counter < tmatch.counter)
        used = update(User).where(User.id == cast("User", user).id, is_new).values(tf_last_counter=tmatch.counter)
        if not cast("CursorResult[Any]", session.execute(used)).rowcount:
            raise UsedTokenError(expire_time=tmatch.expire_time)


class SessionLoginForm(LoginForm):
    """Asks for address and password: a cookie that remembers a user would outlive sessions and the end of them all."""

    remember = None


def add_security(app: Flask, config: Config, secret: str, *, session_maker: scoped_session[Session]) -> CSRFProtect:
    """Add log-in, registration, two factors and CSRF protection to the app; answer the last."""
    app.config.update(security_settings(config, secret))
    csrf = add_csrf(app)
    datastore = Users(session_maker, User, Role)
    Security(
        app, datastore,
        login_form=SessionLoginForm, totp_cls=OneTimeTotp, mf_recovery_codes_util_cls=OneTimeCodes,
    )  # fmt: skip
    # It opens every page to a token in a header, an address or a form, and no setting turns that off.
    app.login_manager.request_loader(lambda _: None)  # type: ignore[attr-defined]
    seal_recovery_codes(app.extensions["engine"], recovery_key(secret))
    follow_events(app)
    _keep_log_in(app)
    _give_back(app, session_maker)
    add_links(app, config, derive(secret, "links"))
    for endpoint, view in app.view_functions.items():
        if endpoint.startswith("security."):
            app.view_functions[endpoint] = _of_a_person(view)
    return csrf


def _keep_log_in(app: Flask) -> None:
    """Let nobody be logged out by an address: the library's page for a code does so where no log-in waits for one."""

    @app.before_request
    def check() -> Response | None:
        is_stray = request.endpoint == "security.two_factor_token_validation" and "tf_state" not in session
        return redirect("/") if is_stray and current_user.is_authenticated else None


def _of_a_person(view: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse to hand out a token, and JSON that is no object, over which the library falls; limits count both."""

    @wraps(view)
    def check(*given: object, **named: object) -> Any:
        if "include_auth_token" in request.args:
            abort(400)
        is_json = request.method == "POST" and request.is_json
        if is_json and not isinstance(request.get_json(silent=True), Mapping):
            abort(400)
        return view(*given, **named)

    return check


def _give_back(app: Flask, session_maker: scoped_session[Session]) -> None:
    """End the request's session of the users' tables with it."""

    @app.teardown_appcontext
    def give_back(_: BaseException | None) -> None:
        session_maker.remove()
