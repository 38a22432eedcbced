"""What follows a log-in, a log-out, a registration and a new password."""

from __future__ import annotations

import logging
from typing import cast

from flask import Flask, abort, flash, session
from flask_babel import gettext
from flask_login import user_logged_in, user_logged_out
from flask_security import password_changed, password_reset, user_not_registered, user_registered

from mailhelper_web.owner import helper, services_of
from mailhelper_web.safety.links import use_up
from mailhelper_web.safety.sessions import ServerSession
from mailhelper_web.users import User, is_first, make_admin
from mailhelper_web.visitor import users

logger = logging.getLogger("mailhelper.web")


def follow_events(app: Flask) -> None:
    """Do what belongs to each of them."""
    user_logged_in.connect(_renew_session, app)
    user_logged_out.connect(_leave_session, app)
    user_registered.connect(_begin_without_mail, app)
    user_not_registered.connect(_lead_to_log_in, app)
    password_changed.connect(_end_other_sessions, app)
    password_reset.connect(_use_link_up, app)


def _renew_session(_: Flask, user: User, **__: object) -> None:
    session["owner"] = user.owner
    _renew()


def _leave_session(_: Flask, **__: object) -> None:
    session.pop("owner", None)
    _renew()


def _renew() -> None:
    cast("ServerSession", session._get_current_object()).renew()  # type: ignore[attr-defined]


def _begin_without_mail(_: Flask, user: User, **__: object) -> None:
    """Make the first user an administrator, and nobody the owner of mail that is there.

    It is another's: the users of a database that was moved are not here.
    """
    first = is_first(users(), user)
    if services_of(user.owner).accounts.list() or (first and _has_mail_of_users()):
        logger.error("there is mail of users who are not here: run mailhelper-web copy-users")
        users().rollback()
        abort(500)
    if first:
        make_admin(users(), user)


def _has_mail_of_users() -> bool:
    """Say whether there is mail whose owner has a user's number; the command line gives names."""
    return any(one.owner.isdecimal() for one in helper().admin.accounts())


def _lead_to_log_in(_: Flask, **__: object) -> None:
    flash(gettext("No account was made for this address. If you have one already, log in with it."), "info")


def _end_other_sessions(app: Flask, user: User, **__: object) -> None:
    # The library gives the user another `fs_uniquifier`, and keeps all of it at the end of the request.
    user.api_token_digest = None
    app.extensions["sessions"].end_all(user.owner)


def _use_link_up(app: Flask, user: User, **__: object) -> None:
    user.api_token_digest = None
    # Sessions first: SQLite lets nobody else write once this has begun.
    app.extensions["sessions"].end_all(user.owner)
    use_up(user)
