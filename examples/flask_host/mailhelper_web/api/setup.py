"""The API's door: a token instead of a cookie, failures as JSON, the description."""

from __future__ import annotations

import hashlib

from flask import Flask, Response, g, jsonify, request
from flask_wtf import CSRFProtect
from pydantic import ValidationError
from sqlalchemy import select
from werkzeug.exceptions import HTTPException, TooManyRequests

from mailhelper_core import MailHelperError, QueryError
from mailhelper_web.api.lists import lists
from mailhelper_web.api.messages import messages
from mailhelper_web.api.spec import SPEC
from mailhelper_web.api.work import work
from mailhelper_web.pages.failures import retry_after, status_of
from mailhelper_web.safety.limits import seconds_to_wait
from mailhelper_web.users import User
from mailhelper_web.visitor import users

_BLUEPRINTS = (messages, work, lists)


def add_api(app: Flask, csrf: CSRFProtect) -> None:
    """Add the API: no cookie is read there, so that it needs no CSRF token."""
    for blueprint in _BLUEPRINTS:
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint)
    SPEC.register(app)


def _identify() -> Response | tuple[Response, int] | None:
    """Find the user of the token; answer 401 without one that is valid."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    digest = hashlib.sha256(token.strip().encode()).hexdigest()
    wanted = (User.api_token_digest == digest) & User.active.is_(True)
    found = users().scalar(select(User).where(wanted)) if scheme.lower() == "bearer" and token else None
    if found is None:
        response = jsonify(code="token", message="Send a valid token as Authorization: Bearer TOKEN.")
        response.headers["WWW-Authenticate"] = "Bearer"
        return response, 401
    g.api_user = found
    return None


def _engine_failed(error: MailHelperError) -> tuple[Response, int, dict[str, str]]:
    body: dict[str, object] = {"code": error.code, "message": str(error)}
    if isinstance(error, QueryError):
        body |= {"message": error.args[0], "position": error.position, "hint": error.hint}
    return jsonify(body), status_of(error), retry_after(error)


def _http_failed(error: HTTPException) -> tuple[Response, int]:
    response = jsonify(code=error.name.lower().replace(" ", "_"), message=error.description)
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(seconds_to_wait())
    return response, error.code or 500


def _not_as_described(error: ValidationError) -> tuple[Response, int]:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"]))
    return jsonify(code="invalid", message=f"{where}: {first['msg']}" if where else first["msg"]), 422


for _blueprint in _BLUEPRINTS:
    _blueprint.before_request(_identify)
    _blueprint.register_error_handler(MailHelperError, _engine_failed)
    _blueprint.register_error_handler(HTTPException, _http_failed)
    _blueprint.register_error_handler(ValidationError, _not_as_described)
