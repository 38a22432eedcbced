"""What an operator does to users: `mailhelper-web make-admin EMAIL`, or `flask --app mailhelper_web ...`."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_security.utils import hash_password
from sqlalchemy import select

from mailhelper_web.users import User, make_admin
from mailhelper_web.visitor import users


def add_operators(app: Flask) -> None:
    """Give Flask's own command line the same commands."""
    app.cli.add_command(make_admin_command)
    app.cli.add_command(reset_password)


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
    """Give a user another password, end their sessions and take off the second factor."""
    user = _user_of(email)
    user.password = hash_password(password)
    user.tf_totp_secret = user.tf_primary_method = user.mf_recovery_codes = None
    users().commit()
    current_app.extensions["sessions"].end_all(user.owner)


def _user_of(email: str) -> User:
    found: User | None = users().scalar(select(User).where(User.email == email))
    if found is None:
        raise click.ClickException(f"There is no user {email}.")
    return found
