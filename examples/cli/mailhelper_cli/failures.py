"""What a failure means to a terminal: one line with advice, and an exit code that scripts can rely on."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass

import click

from mailhelper_core import (
    AccountCheck,
    BusyError,
    ConfigError,
    ConflictError,
    InvalidError,
    LoginError,
    MailHelperError,
    NotFoundError,
    SchemaError,
    ServerError,
    advice_for,
)

FAILED = 1
NOT_FOUND = 3
LOGIN = 4
SERVER = 5
BUSY = 6
SET_UP = 7
INVALID = 8
CONFLICT = 9
INTERRUPTED = 130  # as shells say it: 128 + SIGINT

# error -> (exit code, what to do); the first class that fits decides, so special ones come first.
_MEANING: tuple[tuple[type[MailHelperError], int, str], ...] = (
    (NotFoundError, NOT_FOUND, ""),
    (LoginError, LOGIN, "set them right with `mailhelper account password`; many providers want an app password"),
    (ServerError, SERVER, "look closer with `mailhelper account check`"),
    (BusyError, BUSY, "try again in a moment"),
    (SchemaError, SET_UP, ""),
    (ConfigError, SET_UP, ""),
    (InvalidError, INVALID, ""),
    (ConflictError, CONFLICT, ""),
    (MailHelperError, FAILED, ""),
)
# Where the error's code says more than its class; beside what the library advises.
_ADVICE = {
    "schema": "run `mailhelper db upgrade`",
    "schema_missing": "run `mailhelper db upgrade`",
    "busy": "what a process held that was killed is free after 20 seconds",
    "account_exists": "see `mailhelper account list`",
    "paused": "`mailhelper account resume` ends that",
}
# How the library names an extra that is not installed.
_EXTRA = re.compile(r"mailhelper\[([a-z]+)\]")


def advice_here(code: str, otherwise: str) -> str:
    """Answer what to type here about a problem that the library names by its code."""
    return _ADVICE.get(code, otherwise)


def install_line(extra: str) -> str:
    """Say how an extra is installed from an index, and from a clone."""
    return f"pip install 'mailhelper[{extra}]', in a clone '.[{extra}]'"


class CheckError(MailHelperError):
    """A look at an account's server found that it cannot be used."""

    def __init__(self, what: str, check: AccountCheck) -> None:
        super().__init__(f"{what}: {_sentence(check.message)}", code=check.code)
        self.advice = _sentence(check.advice)
        self.exit_code = LOGIN if check.state == "needs_auth" else SERVER


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as `--json` prints it; position counts from 0 in the query, None without one."""

    error: str
    message: str
    advice: str
    exit_code: int
    transient: bool = False
    retry_after: float | None = None
    position: int | None = None
    hint: str = ""


def explain(error: MailHelperError | click.ClickException, *, as_json: bool, where: str = "") -> None:
    """Write the error to standard error: a line (and the place in a query), or one JSON object."""
    failure = describe(error)
    if as_json:
        click.echo(json.dumps(asdict(failure)), err=True)
        return
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return
    advice = f" ({failure.advice})" if failure.advice else ""
    click.echo(": ".join(filter(None, ("mailhelper", where, failure.message))) + advice, err=True)
    for note in getattr(error, "__notes__", ()):
        click.echo(note, err=True)


def describe(error: MailHelperError | click.ClickException) -> Failure:
    """Answer what is to be said about an error."""
    if isinstance(error, click.ClickException):
        return Failure("usage", _sentence(error.format_message()), _usage_advice(error), error.exit_code)
    if isinstance(error, CheckError):
        return Failure(error.code, str(error), error.advice, error.exit_code)
    exit_code, advice = next((code, advice) for kind, code, advice in _MEANING if isinstance(error, kind))
    return Failure(
        error.code,
        _sentence(_text(error)),
        _ADVICE.get(error.code) or _server_advice(error) or _extra_advice(error) or advice,
        exit_code,
        error.transient,
        error.retry_after,
        getattr(error, "position", None),
        getattr(error, "hint", ""),
    )


def _text(error: MailHelperError) -> str:
    # What the library advises for an old schema is what a program types.
    return str(error.args[0]) if isinstance(error, SchemaError) else str(error)


def _server_advice(error: MailHelperError) -> str:
    # What the command line has for a refused login names the command.
    is_server = isinstance(error, ServerError) and not isinstance(error, LoginError)
    return _sentence(advice_for(error.code)) if is_server else ""


def _extra_advice(error: MailHelperError) -> str:
    named = _EXTRA.search(str(error))
    return install_line(named[1]) if named else ""


def _sentence(text: str) -> str:
    begins = text[:1] if text[1:2].isupper() else text[:1].lower()  # SQLite stays SQLite
    return begins + text[1:].rstrip(".")


def _usage_advice(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"see `{context.command_path} --help`" if context else ""
