"""create_app: the parts of the host, put together."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from mailhelper_web.api import add_api
from mailhelper_web.config import Config
from mailhelper_web.database import make_session, open_database
from mailhelper_web.look.filters import add_filters
from mailhelper_web.look.icons import add_icons
from mailhelper_web.look.navigation import add_navigation
from mailhelper_web.look.static import add_static
from mailhelper_web.look.still import SafetyNet, StillPages
from mailhelper_web.look.templates import Templates
from mailhelper_web.operators import add_operators
from mailhelper_web.owner import add_engine
from mailhelper_web.pages import BLUEPRINTS
from mailhelper_web.pages.failures import add_failures
from mailhelper_web.parts.boxes import add_boxes
from mailhelper_web.parts.rows import add_rows
from mailhelper_web.safety.crowd import WAITING, Crowd
from mailhelper_web.safety.elsewhere import Elsewhere
from mailhelper_web.safety.headers import add_headers
from mailhelper_web.safety.limits import add_limits
from mailhelper_web.safety.security import add_security
from mailhelper_web.safety.session_cache import open_cache
from mailhelper_web.safety.sessions import ServerSessions, SessionLimits
from mailhelper_web.visitor import require_login
from mailhelper_web.words.languages import add_languages

# A form of the host carries rules and Sieve scripts at most.
MAX_REQUEST_BYTES = 2_000_000


class _Web(Flask):
    jinja_environment = Templates


def create_app(config: Config | None = None) -> Flask:
    """Make the web application; by default from the environment."""
    config = config or Config.from_env()
    config.check()
    app = _Web(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    app.extensions["config"] = config
    cache = open_cache(config.redis_url)
    engine = open_database(config.database_url)
    session_maker = app.extensions["users"] = make_session(engine)
    limits = SessionLimits(config.session_idle, config.session_absolute)
    sessions = ServerSessions(engine, cache, limits)
    app.session_interface = sessions
    app.extensions.update({"engine": engine, "sessions": sessions, "session_cache": cache})
    add_engine(app, config)
    add_languages(app)
    csrf = add_security(app, config, config.read_secret(), session_maker=session_maker)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    add_api(app, csrf)
    app.extensions.update({"limits": add_limits(app, config), "elsewhere": Elsewhere(WAITING)})
    require_login(app)
    add_filters(app)
    add_icons(app)
    add_navigation(app)
    add_operators(app)
    add_rows(app)
    add_boxes(app)
    add_failures(app)
    add_headers(app, https=config.https)
    _add_middleware(app, config)
    engine.dispose()  # a server may fork now, and a connection must not cross
    return app


def _add_middleware(app: Flask, config: Config) -> None:
    files = add_static(app)
    pages = app.extensions["still"] = StillPages(app)
    crowd = Crowd(SafetyNet(app, pages.answer(500)), pages.answer(503))
    app.wsgi_app = files.before(crowd)  # type: ignore[method-assign]
    if config.trusted_proxies:
        count = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
