"""The host on a real port with the demo's mail, and pages of a real browser that note what they ask for."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from ssl import SSLContext
from unittest.mock import patch
from urllib.parse import urlsplit

from flask import Flask, abort, render_template
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request
from werkzeug.serving import WSGIRequestHandler, make_server

from examples.flask_host.tests import stage
from examples.flask_host.tests.browser import ended
from examples.flask_host.tests.postman import postman
from examples.flask_host.tests.tour import GUESTS, NEW, SLOW, Guest
from mailhelper_core import MailHelper, OwnerServices, Rule, Settings
from mailhelper_core.testing import ImapServer, MailboxGenerator, ModelServer
from mailhelper_web import create_app
from mailhelper_web.commands import DEMO_EMAIL, DEMO_PASSWORD, DEMO_SECRET, demo_config, fill

_LOCALES = {"en": "en-GB", "de": "de-DE"}
VIEWPORTS = {"desktop": {"width": 1280, "height": 820}, "phone": {"width": 390, "height": 800}}


class _Quiet(WSGIRequestHandler):
    """Answers without a line for each request."""

    def log_request(self, *_: object) -> None:
        """Write nothing."""


@dataclass
class Live:
    """A host that serves, its IMAP server, and where it is."""

    app: Flask
    imap: ImapServer
    url: str
    stack: ExitStack

    @property
    def ada(self) -> OwnerServices:
        """The services of the demo's user."""
        services: OwnerServices = self.app.extensions["mailhelper"].for_owner("1")
        return services

    @property
    def thread(self) -> int:
        """The newest message of a conversation with people."""
        found = self.ada.search("(category:people OR category:conversation) in:inbox", limit=200)
        return next(one.id for one in found if len(self.ada.messages.thread(one.id)) > 1)

    @cached_property
    def ids(self) -> dict[str, object]:
        """Names in addresses, and the ids that stand for them on this host: what is shown there is made once."""
        stage.let_wait(self.ada, self.imap)
        stage.tell(self.ada)
        stage.teach(self.ada)
        stage.make_guests(self.app, [guest.email for guest in GUESTS])
        for guest in GUESTS:
            if guest.second_factor:
                stage.turn_on(self.app, guest.email)
        return {
            "job": self._job(),
            "invitation": self.ada.search("calendar:request", limit=1)[0].id,
            "suggested": self.ada.tags.queue()[0].messages[0],
            "draft": stage.draft(self.ada),
            "slow": self.stack.enter_context(stage.slow_sync(self.app, SLOW)),
            "reset": stage.reset_token(self.app, NEW),
        }

    def _job(self) -> int:
        """Let a new rule act on all mail."""
        rule = self.ada.rules.save(Rule("Read later", "category:newsletter", [("tag", "read later")]))
        self.ada.rules.request(rule.id)
        return ended(self.ada, f"/jobs/{self.ada.jobs.submit('apply_rules').id}").id

    def pages(self, paths: Mapping[str, str]) -> dict[str, str]:
        """Answer paths with the ids of this host's mail in them."""
        ids = {**self.ids, "thread": self.thread}
        return {name: path.format(**ids) for name, path in paths.items()}

    def let_in(self, watched: Watched, guest: Guest) -> None:
        """Log a guest in, as far as their pages want it."""
        if guest.turns_on:
            stage.turn_off(self.app, guest.email)  # another browser may have been let in before
        watched.log_in(guest.email)
        if guest.turns_on:
            stage.turn_on(self.app, guest.email)


@dataclass
class Watched:
    """A page, and what it should never do: ask others, run what a mail brings, complain."""

    page: Page
    home: str
    foreign: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", self._requested)
        self.page.on("dialog", self._asked)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path: str) -> int:
        """Open a page of the host, wait until it is still, and answer its status."""
        answer = self.page.goto(self.home + path, wait_until="load")
        self.page.locator(".htmx-request").first.wait_for(state="detached")
        return answer.status if answer else 0

    def log_in(self, email: str = DEMO_EMAIL) -> None:
        """Log in as the demo's user, or another one with its password."""
        self.go("/login")
        self.page.fill("#email", email)
        self.page.fill("#password", DEMO_PASSWORD)
        self.page.click("#submit")
        self.page.wait_for_url(lambda address: urlsplit(address).path != "/login")

    def _requested(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and not request.url.startswith(self.home):
            self.foreign.append(request.url)

    def _asked(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)


@contextmanager
def live_host(
    folder: Path, *, count: int = 60, until: datetime | None = None, model: ModelServer | None = None
) -> Iterator[Live]:
    """Serve the demo account on a free port; with a model service that may write summaries."""
    with ImapServer(users={"ada": DEMO_SECRET, "second": DEMO_SECRET}) as imap:
        options = {"until": until} if until else {}
        MailboxGenerator(seed=5, **options).fill(imap.store.user("ada"), count=count)
        MailboxGenerator(seed=6).fill(imap.store.user("second"), count=20)
        config = replace(demo_config(folder), argon2_memory=64, login_limit="1000 per minute")
        with patch("mailhelper_web.owner.MailHelper", partial(MailHelper, plugins=[postman()])):
            app = create_app(replace(config, engine=_with_provider(folder, model)) if model else config)
        _add_failures(app)
        fill(app, imap)
        if model:
            ada = app.extensions["mailhelper"].for_owner("1")
            ada.egress.consent(ada.accounts.list()[0].id, "summarize", provider="local", level="none")
        try:
            with served(app) as port, ExitStack() as stack:
                yield Live(app, imap, f"http://127.0.0.1:{port}", stack)
        finally:
            app.extensions["mailhelper"].jobs.stop()
            app.extensions["mailhelper"].close()
            app.extensions["engine"].dispose()


@contextmanager
def served(app: Flask, ssl_context: SSLContext | None = None) -> Iterator[int]:
    """Serve a host on a free port, which is answered."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet, ssl_context=ssl_context)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _add_failures(app: Flask) -> None:
    """Let the pages of failures be opened: by status, and those that need no session."""
    still = app.extensions["still"].pages
    app.add_url_rule("/failures/<int:status>", "a_failure", lambda status: abort(status))
    app.add_url_rule("/failures/uninvited", "uninvited", lambda: render_template("security/uninvited.html"))
    app.add_url_rule("/failures/still/<int:status>/<language>", "still", lambda **which: still[tuple(which.values())])


def _with_provider(folder: Path, model: ModelServer) -> Settings:
    file = folder / "providers.toml"
    file.write_text(f'[local]\nkind = "ollama"\nurl = "{model.url}"\nmodel = "any"\nembedding_model = "any"\n')
    return Settings(providers_file=file)


@contextmanager
def open_page(
    browser: Browser, home: str, *, view: str = "desktop", scheme: str = "light", language: str = "en"
) -> Iterator[Watched]:
    """Open a page in a profile of its own."""
    context = browser.new_context(
        viewport=VIEWPORTS[view], color_scheme=scheme, locale=_LOCALES[language], reduced_motion="reduce"
    )
    try:
        yield Watched(context.new_page(), home)
    finally:
        context.close()
