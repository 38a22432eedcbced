"""`mailhelper-web`: serve, try it with a demo account, and what an operator does to users."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask
from flask.cli import ScriptInfo
from flask_security.utils import hash_password

from mailhelper_core import MailHelperError, Rule
from mailhelper_core.testing import ImapServer, MailboxGenerator
from mailhelper_web.app import create_app
from mailhelper_web.config import Config
from mailhelper_web.moving import copy_users_command
from mailhelper_web.operators import COMMANDS
from mailhelper_web.serve import let_work_apart
from mailhelper_web.serve import serve as serve_app
from mailhelper_web.users import make_admin

# A log-in that works as long as the demo runs, on loopback.
DEMO_EMAIL, DEMO_PASSWORD, DEMO_SECRET = "ada@example.org", "try mailhelper", "demo"
_DEMO_RULES = (
    Rule("bills", when="category:finance has:attachment", then=[("tag", "bills"), ("addflag", "\\Flagged")]),
    Rule("meetings", when="in:inbox category:invitation", then=[("tag", "meetings")]),
)


@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """A mail assistant in the browser; configured by MAILHELPER_WEB_* and MAILHELPER_DATABASE_URL."""
    # The commands for operators ask for the app by themselves; the others make theirs.
    context.obj = ScriptInfo(create_app=_create)


for one in (*COMMANDS, copy_users_command):
    main.add_command(one)


def _create() -> Flask:
    with _told_clearly():
        return create_app()


@main.command()
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
def serve(port: int, host: str) -> None:
    """Serve the assistant; put a TLS proxy before it."""
    app = _create()
    serve_app(app, host=host, port=port)


@main.command()
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535))
@click.option("--messages", default=300, show_default=True, type=click.IntRange(10, 5000))
def demo(port: int, messages: int) -> None:
    """Serve a demo account with generated mail, in a temporary folder."""
    with (
        tempfile.TemporaryDirectory(prefix="mailhelper-web-") as folder,
        ImapServer(users={"ada": DEMO_SECRET}) as server,
    ):
        MailboxGenerator(seed=7, until=datetime.now(UTC)).fill(server.store.user("ada"), count=messages)
        app = create_app(demo_config(Path(folder)))
        let_work_apart(app)  # else the demo's first bell begins threads here, that go on beside the server
        fill(app, server)
        click.echo(f"Open http://127.0.0.1:{port}/ and log in as {DEMO_EMAIL} with the password: {DEMO_PASSWORD}")
        serve_app(app, host="127.0.0.1", port=port)


def demo_config(folder: Path) -> Config:
    """Answer how the demo works: everything in one folder, plain HTTP on loopback."""
    return replace(
        Config(),
        database_url=f"sqlite:///{folder / 'mail.db'}",
        secret_file=folder / "secret",
        https=False,
        private_hosts=True,
    )


def fill(app: Flask, server: ImapServer) -> None:
    """Make the demo's user with an account on the bundled server, and the whole journey of its mail."""
    with app.app_context():
        datastore = app.extensions["security"].datastore
        user = datastore.create_user(email=DEMO_EMAIL, password=hash_password(DEMO_PASSWORD))
        datastore.commit()
        make_admin(app.extensions["users"], user)
        ada = app.extensions["mailhelper"].for_owner(user.owner)
    addresses = frozenset({DEMO_EMAIL})
    account = ada.accounts.add(server.url, username="ada", password=DEMO_SECRET, name=DEMO_EMAIL, addresses=addresses)
    for rule in _DEMO_RULES:
        ada.rules.save(rule)
    ada.run(account.id)


@contextmanager
def _told_clearly() -> Iterator[None]:
    try:
        yield
    except MailHelperError as error:
        raise click.ClickException(str(error)) from error
