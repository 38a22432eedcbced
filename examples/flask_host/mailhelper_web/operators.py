"""What an operator does to users: `mailhelper-web make-admin EMAIL`, or `flask --app mailhelper_web ...`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_security.utils import hash_password
from sqlalchemy import func, select

from mailhelper_web.safety.links import invitation_path, reset_path
from mailhelper_web.safety.revocation import end_all_access
from mailhelper_web.users import User, make_admin
from mailhelper_web.visitor import users


def add_operators(app: Flask) -> None:
    """Give Flask's own command line the same commands."""
    for command in COMMANDS:
        app.cli.add_command(command)


@click.command("make-admin")
@click.argument("email")
@with_appcontext
def make_admin_command(email: str) -> None:
    """Let a user see the admin pages."""
    make_admin(users(), _user_of(email))


@click.command("reset-password")
@click.argument("email")
@click.password_option(help="Asked for when it is not given.")
@with_appcontext
def reset_password(email: str, password: str) -> None:
    """Give a user another password, end their sessions and API token, and take off the second factor."""
    user = _user_of(email)
    user.password = hash_password(password)
    user.tf_totp_secret = user.tf_primary_method = user.mf_recovery_codes = None
    end_all_access(user)


def _url_option(command: Callable[..., None]) -> Callable[..., None]:
    return click.option(
        "--url",
        default="",
        envvar="MAILHELPER_WEB_URL",
        help="Where people reach this host, such as https://mail.example.org; else what stands behind it is printed.",
    )(command)


@click.command("reset-link")
@click.argument("email")
@_url_option
@with_appcontext
def reset_link(email: str, url: str) -> None:
    """Print an address where a user chooses another password: once, within a day. Their second factor stays."""
    _print(reset_path, _user_of(email), url)


@click.command("invite")
@click.argument("email")
@_url_option
@with_appcontext
def invite(email: str, url: str) -> None:
    """Print an address where one person registers, within a week; it is for MAILHELPER_WEB_REGISTRATION=invited."""
    if current_app.extensions["config"].registration == "closed":
        raise click.ClickException(
            "Registration is closed: MAILHELPER_WEB_REGISTRATION=invited opens it to invitations."
        )
    _print(invitation_path, email, url)


def _print(path_of: Callable[[Any], str], whom: object, url: str) -> None:
    with current_app.test_request_context():
        click.echo(url.rstrip("/") + path_of(whom))


COMMANDS = (make_admin_command, reset_password, reset_link, invite)


def _user_of(email: str) -> User:
    # In any case, as at log-in.
    same = select(User).where(func.lower(User.email) == func.lower(email.strip()))
    found: User | None = users().scalar(same.order_by(User.email != email, User.id).limit(1))
    if found is None:
        raise click.ClickException(f"There is no user {email}.")
    return found
