"""What `work` and `watch` say meanwhile: one line for news, jobs and trouble, never mail content."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import click

from mailhelper_cli.output import counted
from mailhelper_core import JsonFormatter, MessageStored, OperationDelivered, hookimpl

LOGGERS = ("mailhelper.jobs", "mailhelper.watch")


class Teller:
    """An observer that writes what came and what was done to standard error."""

    @hookimpl
    def message_stored(self, stored: Sequence[MessageStored]) -> None:
        """Say how many messages are new."""
        for account_id, number in Counter(one.account_id for one in stored).items():
            say(f"account {account_id}: {counted(number, 'new message')}")

    @hookimpl
    def operation_delivered(self, delivered: Sequence[OperationDelivered]) -> None:
        """Say how much was done on a server."""
        for account_id, number in Counter(one.account_id for one in delivered).items():
            say(f"account {account_id}: {counted(number, 'change')} done on the server")


class _Lines(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if is_for_collectors():
            click.echo(JsonFormatter().format(record), err=True)
        else:
            say(record.getMessage().strip())


def is_for_collectors() -> bool:
    """Whether the lines are for a log collector: JSON objects without anybody's name."""
    return os.environ.get("MAILHELPER_LOG") == "json"


def say(text: str) -> None:
    """Write one line with the time of day to standard error."""
    if is_for_collectors():
        record = logging.LogRecord("mailhelper.cli", logging.INFO, __file__, 0, text, None, None)
        click.echo(JsonFormatter().format(record), err=True)
        return
    click.echo(f"{datetime.now().astimezone():%H:%M:%S} {text}", err=True)


@contextmanager
def logged(*, quiet: bool) -> Iterator[None]:
    """Write what the library logs of jobs and connections to standard error, unless quiet."""
    if quiet:
        yield
        return
    # A collector wants no line that is no object, whoever says it; a person what this program does.
    handler, names = _Lines(logging.INFO), ("", "mailhelper") if is_for_collectors() else LOGGERS
    loggers = [logging.getLogger(name) for name in names]
    before = [(one, one.level, one.propagate) for one in loggers]
    for one in loggers:
        one.addHandler(handler)
        one.propagate = False  # without a handler of its own the root would say warnings a second time
        if one.name != "root":
            one.setLevel(logging.INFO)
    try:
        yield
    finally:
        for one, level, propagate in before:
            one.removeHandler(handler)
            one.setLevel(level)
            one.propagate = propagate
