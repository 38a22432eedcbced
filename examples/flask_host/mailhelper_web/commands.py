"""`mailhelper-web`: serve, try it with a demo account, and what an operator does to users."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask
from flask_security.utils import hash_password
from sqlalchemy import select

from mailhelper_core import MailHelperError, Rule
from mailhelper_core.testing import ImapServer, MailboxGenerator
from mailhelper_web.app import create_app
from mailhelper_web.config import Config
from mailhelper_web.serve import serve as serve_app
from mailhelper_web.users import User, make_admin

# A log-in that works as long as the demo runs, on loopback.
DEMO_EMAIL, DEMO_PASSWORD, DEMO_SECRET = "ada@example.org", "try mailhelper", "demo"
_DEMO_RULES = (
    Rule("bills", when="category:finance has:attachment", then=[("tag", "bills"), ("addflag", "\\Flagged")]),
    Rule("meetings", when="in:inbox category:invitation", then=[("tag", "meetings")]),
)


@click.group()
def main() -> None:
    """A mail assistant in the browser; configured by MAILHELPER_WEB_* and MAILHELPER_DATABASE_URL."""


@main.command()
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
def serve(port: int, host: str) -> None:
    """Serve the assistant; put a TLS proxy before it."""
    with _told_clearly():
        app = create_app()
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
        fill(app, server)
        click.echo(f"Open http://127.0.0.1:{port}/ and log in as {DEMO_EMAIL} with the password: {DEMO_PASSWORD}")
        serve_app(app, host="127.0.0.1", port=port)


@main.command("make-admin")
@click.argument("email")
def make_admin_command(email: str) -> None:
    """Let a user see the admin pages."""
    with _users() as (app, user_of):
        make_admin(app.extensions["users"], user_of(email))


@main.command("reset-password")
@click.argument("email")
@click.password_option(help="Asked for when it is not given.")
def reset_password(email: str, password: str) -> None:
    """Give a user another password, end their sessions and take off the second factor."""
    with _users() as (app, user_of):
        user = user_of(email)
        user.password = hash_password(password)
        user.tf_totp_secret = user.tf_primary_method = user.mf_recovery_codes = None
        app.extensions["users"].commit()
        app.extensions["sessions"].end_all(user.owner)


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


@contextmanager
def _users() -> Iterator[tuple[Flask, Callable[[str], User]]]:
    with _told_clearly():
        app = create_app()

    def user_of(email: str) -> User:
        found: User | None = app.extensions["users"].scalar(select(User).where(User.email == email))
        if found is None:
            raise click.ClickException(f"There is no user {email}.")
        return found

    with app.app_context():
        yield app, user_of
