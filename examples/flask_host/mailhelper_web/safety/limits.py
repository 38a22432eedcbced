"""Rate limits: by address and by account on every door, by user elsewhere; in Redis, else in memory."""

from __future__ import annotations

import time
import unicodedata
from contextlib import suppress
from typing import Any

from flask import Flask, Response, current_app, request, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_security import EmailValidateException
from werkzeug.datastructures import MultiDict

from mailhelper_web.config import Config
from mailhelper_web.safety.counters import ProcessStorage
from mailhelper_web.visitor import visitor_or_none

# Who is new there is let in at once: every try counts, or one address makes users without end.
REGISTRATION = "security.register"
# The doors that ask for an address; at the others it is known whose secret is tried, whatever is sent along.
_ASKS_WHO = ("security.login", REGISTRATION)
# The views where somebody who is not in yet may try a secret.
DOORS = (
    "security.login",
    REGISTRATION,
    "security.reset_password",
    "security.two_factor_token_validation",
    "security.two_factor_setup_validate",
    "security.mf_recovery",
    "security.change_password",
    "security.verify",
)
# A Redis that is away is noticed at once; redis-py would try for seconds.
_NO_WAITING: dict[str, Any] = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}


def add_limits(app: Flask, config: Config) -> Limiter:
    """Limit what a door and a user may ask for; what is over it gets 429 with Retry-After."""
    limiter = Limiter(
        _by_user,
        app=app,
        default_limits=[config.api_limit],
        storage_uri=config.redis_url or f"{ProcessStorage.STORAGE_SCHEME[0]}://",
        storage_options=_NO_WAITING if config.redis_url else {},
        in_memory_fallback_enabled=bool(config.redis_url),
    )
    for endpoint in DOORS:
        view: Any = app.view_functions.get(endpoint)
        if view is None:
            continue
        costs = None if endpoint == REGISTRATION else _was_refused
        for key in (get_remote_address, _by_account):
            view = limiter.limit(config.login_limit, key_func=key, methods=["POST"], deduct_when=costs, scope="door")(
                view
            )
        app.view_functions[endpoint] = view
    return limiter


def where_counted() -> str:
    """Say where tries are counted: `redis`, `memory`, or `away` where this process counts for want of Redis."""
    limiter: Limiter = current_app.extensions["limits"]
    if isinstance(limiter.storage, ProcessStorage):
        return "memory"
    return "redis" if limiter.limiter.storage is limiter.storage else "away"


def seconds_to_wait() -> int:
    """Answer when the window of the limit that was passed ends; a minute where nobody knows."""
    passed = current_app.extensions["limits"].current_limit
    return max(1, round(passed.reset_at - time.time())) if passed else 60


def _was_refused(response: Response) -> bool:
    """Say whether a try failed: a success answers with a redirect."""
    return response.status_code not in (302, 303)


def _by_user() -> str:
    user = visitor_or_none()
    return f"user:{user.owner}" if user else f"address:{get_remote_address()}"


def _by_account() -> str:
    """Answer whose secret is being tried: by address, by the log-in that waits for its second factor, or by session."""
    tried = _address() if request.endpoint in _ASKS_WHO else session.get("tf_user_id") or session.get("owner")
    return f"account:{str(tried or get_remote_address())[:255]}"


def _address() -> str:
    """Answer the address that is tried, the same for every way to write it; empty for none."""
    tried = _sent().get("email")
    if not isinstance(tried, str):
        return ""
    with suppress(EmailValidateException):  # what is no address lets nobody in
        tried = current_app.extensions["security"].mail_util.normalize(tried)
    # The database finds a user in any case, by its own idea of case: letters that differ by their marks alone are one.
    letters = unicodedata.normalize("NFKD", tried.strip().casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _sent() -> MultiDict[str, Any]:
    """Answer the form as log-in reads it: from JSON where the request says so. What is no form is refused later."""
    if not request.is_json:
        return request.form
    body = request.get_json(silent=True)
    return MultiDict(body) if isinstance(body, dict) else MultiDict()
