"""What `work` and `watch` say meanwhile: one line for news, jobs and trouble, never mail content."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import click

from mailhelper_cli.output import counted
from mailhelper_core import MessageStored, OperationDelivered, hookimpl

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
        say(record.getMessage().strip())


def say(text: str) -> None:
    """Write one line with the time of day to standard error."""
    click.echo(f"{datetime.now().astimezone():%H:%M:%S} {text}", err=True)


@contextmanager
def logged(*, quiet: bool) -> Iterator[None]:
    """Write what the library logs of jobs and connections to standard error, unless quiet."""
    if quiet:
        yield
        return
    handler, loggers = _Lines(logging.INFO), [logging.getLogger(name) for name in LOGGERS]
    before = [(one, one.level, one.propagate) for one in loggers]
    for one in loggers:
        one.addHandler(handler)
        one.setLevel(logging.INFO)
        one.propagate = False  # without a handler of its own the root would say warnings a second time
    try:
        yield
    finally:
        for one, level, propagate in before:
            one.removeHandler(handler)
            one.setLevel(level)
            one.propagate = propagate
