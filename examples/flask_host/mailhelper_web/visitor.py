"""Who asks: every page is for people who are logged in, except for the few doors that say otherwise."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app, redirect, request, session, url_for
from flask_login import current_user
from flask_login import logout_user as forget_user
from sqlalchemy.orm import Session, scoped_session
from werkzeug.wrappers import Response

from mailhelper_web.users import Reader, User

# What anybody may ask for; log-in's own pages and the API ask for what they need themselves.
OPEN_ENDPOINTS = frozenset(
    ("preferences.set_language", "preferences.set_theme", "health.live", "health.ready", "openapi_apidoc")
)
OPEN_BLUEPRINTS = frozenset(("security", "api_messages", "api_work", "api_lists"))


def require_login(app: Flask) -> None:
    """Send everybody who is not logged in to the door; a new page is closed until it is listed as open."""

    @app.before_request
    def check() -> Response | None:
        is_open = request.endpoint in OPEN_ENDPOINTS or request.blueprint in OPEN_BLUEPRINTS
        if is_open or request.endpoint is None or current_user.is_authenticated:
            return None
        if request.accept_mimetypes.best == "application/json":
            return cast("Response", current_app.login_manager.unauthorized())  # type: ignore[attr-defined]
        # Who opens the address of this host has done nothing wrong, and is told of no mistake.
        wanted = request.full_path.rstrip("?") if request.method == "GET" and request.path != "/" else None
        return redirect(url_for("security.login", next=wanted))


def visitor() -> User | Reader:
    """Answer the user who is logged in."""
    return cast("User | Reader", current_user._get_current_object())


def account() -> User:
    """Answer the user who is logged in with all that is kept of them, to be shown or changed."""
    found = visitor()
    return found if isinstance(found, User) else users().get_one(User, found.id)


def visitor_or_none() -> User | Reader | None:
    """Answer the user, None where nobody is logged in."""
    return visitor() if current_user and current_user.is_authenticated else None


def users() -> scoped_session[Session]:
    """Answer the session of the users' tables."""
    return cast("scoped_session[Session]", current_app.extensions["users"])


def log_out() -> None:
    """End this session."""
    forget_user()
    session.clear()
