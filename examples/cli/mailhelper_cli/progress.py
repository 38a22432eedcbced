"""Progress of long work, on standard error: bars on a terminal, plain lines elsewhere, nothing beside JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from mailhelper_core import Progress as Step

# A log of a thousand mails has a few lines of progress, one of a hundred thousand has some hundreds.
PLAIN_EVERY_MESSAGES = 500

OnStep = Callable[[Step], None]


@contextmanager
def progress(*, silent: bool) -> Iterator[OnStep | None]:
    """Answer what to pass as `progress=`; bars go away when the work is done."""
    console = Console(stderr=True, highlight=False)
    if silent:
        yield None
    elif console.is_terminal:
        columns = (TextColumn("{task.description:<9}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as bars:
            yield _Bars(bars)
    else:
        yield _Lines()


class _Bars:
    """One bar for each stage, in the order in which they begin."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, step: Step) -> None:
        if step.stage not in self._tasks:
            self._tasks[step.stage] = self._bars.add_task(step.stage, total=step.total)
        self._bars.update(self._tasks[step.stage], completed=step.done, total=step.total)


class _Lines:
    """A line when a stage begins, after every so many messages, and at its end."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[int, bool]] = {}

    def __call__(self, step: Step) -> None:
        mark = (step.done // PLAIN_EVERY_MESSAGES, step.done == step.total)
        if step.total and self._said.get(step.stage) != mark:
            self._said[step.stage] = mark
            click.echo(f"{step.stage}: {step.done} of {step.total}", err=True)
