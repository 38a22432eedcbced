"""`mailhelper job`, `work` and `watch`: work in the background, and the process that does it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import click

from mailhelper_cli.context import Context, with_context
from mailhelper_cli.output import counted
from mailhelper_cli.request import Command, Group
from mailhelper_cli.telling import Teller, is_for_collectors, logged, say
from mailhelper_cli.values import Value
from mailhelper_cli.workers import bell_ringer
from mailhelper_core import Job, ThreadRunner

_COLUMNS = ("id", "kind", "account", "state", "progress", "problem")
_quiet_option = click.option("-q", "--quiet", is_flag=True, help="Say nothing but the result.")
_threads_option = click.option(
    "--threads", type=click.IntRange(1, 64), default=2, show_default=True, help="Jobs at the same time."
)


@click.group("job", cls=Group)
def job_command() -> None:
    """Ask for work in the background, list it, end it; `mailhelper work` does it."""


@job_command.command("submit")
@click.argument("kind")
@click.option("--account", help="Account by number or name; where it is left out, all of them.")
@with_context
def submit(context: Context, *, kind: str, account: str | None) -> None:
    """Ask for a job: sync, run, process ..."""
    accounts = context.accounts(account)  # a mistyped --owner has none, and is told so
    account_id = accounts[0].id if account else None
    job = context.services.jobs.submit(kind, account_id=account_id)
    context.out.result({"job": job_value(job)}, _line(job))


@job_command.command("list")
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True)
@click.option("--after", help="The cursor of the page before.")
@with_context
def list_jobs(context: Context, *, limit: int, after: str | None) -> None:
    """List jobs, newest first."""
    page = context.services.jobs.list(limit=limit, after=after)
    value: Value = {"jobs": [job_value(job) for job in page], "next": page.next}
    context.out.table(value, _COLUMNS, [_row(job) for job in page], empty="no job was asked for")


@job_command.command("show")
@click.argument("job", type=int)
@with_context
def show(context: Context, *, job: int) -> None:
    """Show how far a job is, and what it did."""
    found = context.services.jobs.get(job)
    counts = [f"  {name}: {count}" for name, count in found.result if count]
    context.out.result({"job": job_value(found)}, _line(found), *counts)


@job_command.command("cancel")
@click.argument("job", type=int)
@with_context
def cancel(context: Context, *, job: int) -> None:
    """End a job: at once when it waits, after its batch when it runs."""
    found = context.services.jobs.cancel(job)
    context.out.result({"job": job_value(found)}, _line(found))


@click.command("work", cls=Command)
@_threads_option
@click.option("--once", is_flag=True, help="Do what is due, of all owners, and end.")
@_quiet_option
@with_context
def work_command(context: Context, *, threads: int, once: bool, quiet: bool) -> None:
    """Do the jobs of all owners and poll their accounts, until you stop it; says on standard error what it does."""
    done, context.threads = 0, threads
    with _telling(context, "works for", quiet=quiet):
        jobs = context.helper.jobs
        if once:
            jobs.tick()
            while jobs.run() is not None:
                done += 1
        else:
            jobs.runner = ThreadRunner(threads)
            jobs.start()
            _until_stopped(lambda stop: stop.wait())
            jobs.runner.stop()
    context.out.result({"slices": done if once else None}, f"{counted(done, 'job')} worked on" if once else "stopped")


@click.command("watch", cls=Command)
@click.option(
    "--threads",
    type=click.IntRange(0, 64),
    default=2,
    show_default=True,
    help="Jobs at the same time; 0 leaves them to others, and tells the workers of CELERY_BROKER_URL at once.",
)
@_quiet_option
@with_context
def watch_command(context: Context, *, threads: int, quiet: bool) -> None:
    """Work, and listen to the servers, so that new mail is there at once; says on standard error what it does."""
    context.threads = threads
    with _telling(context, "watches", quiet=quiet):
        runner = context.helper.jobs.runner = ThreadRunner(threads) if threads else bell_ringer()
        context.helper.jobs.start()
        _until_stopped(lambda stop: context.helper.watch(stop.is_set))
        if runner is not None:
            runner.stop()
    context.out.result({"stopped": True}, "stopped")


def job_value(job: Job) -> Value:
    """Answer a job; its result is counts."""
    return {
        "id": job.id, "kind": job.kind, "account_id": job.account_id, "state": job.state,
        "progress": asdict(job.progress) if job.progress else None, "attempts": job.attempts,
        "created_at": job.created_at, "started_at": job.started_at, "finished_at": job.finished_at,
        "error_code": job.error_code, "skipped": list(job.skipped), "result": dict(job.result),
    }  # fmt: skip


def _line(job: Job) -> str:
    account = f" of account {job.account_id}" if job.account_id else ""
    return f"job {job.id}: {job.kind}{account} is {job.state}" + (f" ({job.error_code})" if job.error_code else "")


def _row(job: Job) -> tuple[object, ...]:
    progress = f"{job.progress.stage} {job.progress.done} of {job.progress.total}" if job.progress else ""
    return (job.id, job.kind, job.account_id or "", job.state, progress, job.error_code)


@contextmanager
def _telling(context: Context, does: str, *, quiet: bool) -> Iterator[None]:
    """Say for whom the process works, and what it does until it ends; nothing if quiet or beside JSON."""
    quiet = quiet or context.out.as_json
    if not quiet:
        context.observers.append(Teller())
        say(f"{does} {_whom(context)}; Ctrl-C ends it")
    with logged(quiet=quiet):
        yield


def _whom(context: Context) -> str:
    if is_for_collectors():
        return counted(sum(context.helper.admin.account_states().values()), "account")
    own = context.services.accounts.list()
    named = [f"{one.id} ({one.name}{'' if one.state == 'ok' else ': ' + one.state})" for one in own]
    others = sum(context.helper.admin.account_states().values()) - len(own)
    if others:
        named.append(f"{counted(others, 'account')} of other owners")
    return f"account {', '.join(named)}" if named else "no account: there is none yet"


def _until_stopped(wait: Callable[[threading.Event], object]) -> None:
    """Wait until the process is told to end; Ctrl-C and SIGTERM let work end after its batch."""
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        wait(stop)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
