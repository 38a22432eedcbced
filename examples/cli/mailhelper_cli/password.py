"""Where passwords come from: a prompt, the environment or standard input; never an argument, which `ps` shows."""

from __future__ import annotations

import os
import sys

import click

VARIABLE = "MAILHELPER_PASSWORD"


def read_password(*, from_stdin: bool) -> str:
    """Answer the password: the first line of standard input if so asked, else the environment's, else ask."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    given = os.environ.get(VARIABLE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise click.UsageError(f"Nobody can be asked for the password: set {VARIABLE}, or give --password-stdin.")
    return str(click.prompt("Password", hide_input=True, err=True))
