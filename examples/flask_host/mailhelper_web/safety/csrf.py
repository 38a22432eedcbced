"""CSRF protection by Flask-WTF, with a token that is signed once for a session and not anew for every page."""

from __future__ import annotations

from functools import lru_cache

from flask import Flask, current_app, g, session
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf

# Sessions whose token is remembered: those that show pages at the same time.
_SESSIONS = 4_096


def add_csrf(app: Flask) -> CSRFProtect:
    """Protect every unsafe route; templates write `csrf_token()` into their forms."""
    protection = CSRFProtect(app)
    app.context_processor(lambda: {"csrf_token": csrf_token})
    return protection


def csrf_token() -> str:
    """Answer the token of this session: it has no age, and is good as long as what it signs."""
    secret = session.get("csrf_token")
    if not secret or "csrf_token" in g:  # which the library made in this request, for whatever session it was then
        return str(generate_csrf())
    return _signed(str(current_app.secret_key), secret)


@lru_cache(_SESSIONS)
def _signed(_key: str, _secret: str) -> str:
    return str(generate_csrf())
