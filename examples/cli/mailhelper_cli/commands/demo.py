"""`mailhelper demo`: the whole journey over a real IMAP connection, with generated mail, in a temporary folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import click

import mailhelper_core
from mailhelper_cli.context import Context, with_context
from mailhelper_cli.demo.report import ALL, DemoReport, State, farewell
from mailhelper_cli.demo.rules import QUERY, RULES
from mailhelper_cli.demo.server import look
from mailhelper_cli.output import Output
from mailhelper_cli.progress import progress
from mailhelper_cli.request import Command
from mailhelper_cli.values import Value
from mailhelper_core import RunReport, Settings
from mailhelper_core.testing import ImapServer, MailboxGenerator

# A login of a server that lives for seconds, on loopback.
USER, PASSWORD = "ada", "demo"
OWN_ADDRESS = "ada@example.org"


@click.command("demo", cls=Command)
@click.option("--messages", default=300, show_default=True, type=click.IntRange(10, 5000), help="How many mails.")
@click.option("--seed", default=7, show_default=True, help="Another number, another mailbox.")
@with_context
def demo_command(context: Context, *, messages: int, seed: int) -> None:
    """Make the journey with generated mail: a bundled IMAP server, a temporary database, nothing left behind."""
    started = perf_counter()
    out = context.out
    with _stage() as (server, ada):
        MailboxGenerator(seed=seed, until=datetime.now(UTC)).fill(server.store.user(USER), count=messages)
        out.say(f"A bundled IMAP server with {messages} generated mails listens at {server.url}.")
        before = look(server.host, server.port, USER, PASSWORD)
        run = _journey(out, ada, server.url)
        after = look(server.host, server.port, USER, PASSWORD)
        value = _value(ada, run)
        if not out.as_json:
            _tell(DemoReport(out, ada), run, before, after)
    seconds = round(perf_counter() - started, 2)
    out.result(value | {"seconds": seconds}, *farewell(seconds))


@contextmanager
def _stage() -> Iterator[tuple[ImapServer, mailhelper_core.OwnerServices]]:
    """Start a server and open a database; both are gone at the end. Nothing of the environment is used."""
    with (
        tempfile.TemporaryDirectory(prefix="mailhelper-demo-") as folder,
        ImapServer(users={USER: PASSWORD}) as server,
        mailhelper_core.MailHelper(Settings(database_url=f"sqlite:///{Path(folder) / 'mail.db'}")) as helper,
    ):
        yield server, helper.for_owner("ada")


def _journey(out: Output, ada: mailhelper_core.OwnerServices, url: str) -> RunReport:
    account = ada.accounts.add(url, username=USER, password=PASSWORD, addresses=frozenset({OWN_ADDRESS}))
    for rule in RULES:
        ada.rules.save(rule)
    with progress(silent=out.as_json) as on_step:
        return ada.run(account.id, progress=on_step)


def _tell(report: DemoReport, run: RunReport, before: State, after: State) -> None:
    report.journey(run)
    report.matrix()
    report.categories()
    report.tags()
    report.rules()
    report.server(before, after)
    report.search()


def _value(ada: mailhelper_core.OwnerServices, run: RunReport) -> Value:
    return {
        "synced": run.sync.new,
        "processed": run.process.processed,
        "tagged": ada.count("tag:*", at_most=ALL),
        "rules_fired": run.rules.hits,
        "delivered": run.deliver.delivered,
        "search_hits": ada.count(QUERY, at_most=ALL),
    }
