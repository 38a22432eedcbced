"""Mail to try providers on: people, machines, spam and broken mail, German and English, with odd texts among them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.testing.conformance.patience import Stopwatch
from mailhelper_core.testing.environment import Environment
from mailhelper_core.testing.generator.generator import MailboxGenerator

T = TypeVar("T")

MAILS = 60
# What readers of text trip over: nothing, one long word, other scripts, marks, half of a pair.
ODD_TEXTS = ("", "x" * 20_000, "счёт 請求書 \N{ARABIC LETTER BEH}", "e\u0301 \N{ZERO WIDTH JOINER}", "\ud800 \x00 \r\n")
# A CPU-bound provider that takes longer for one mail holds up a mailbox of 100,000 for an hour.
SECONDS_A_MAIL = 0.05
# One that gets less of a processor than this waits for somebody, rather than that its machine is busy.
WAITING_SHARE = 0.1


def sample_messages() -> tuple[MessageDetail, ...]:
    """Answer generated mails as providers get them, some with odd texts; each call answers copies of its own."""
    return deepcopy(_samples())


@lru_cache(maxsize=1)
def _samples() -> tuple[MessageDetail, ...]:
    """Make them, once a process."""
    with TemporaryDirectory() as folder, Environment.start(Path(folder)) as env:
        MailboxGenerator(seed=1).fill(env.server.store.user("ada"), count=MAILS)
        env.ada.sync(env.account.id)
        found = [env.ada.messages.get(message.id) for message in env.ada.search("", limit=MAILS)]
    odd = [replace(one, text=text, subject=text[:200]) for one, text in zip(found, ODD_TEXTS, strict=False)]
    return (*odd, *found[len(odd) :])


def unchanged(messages: tuple[MessageDetail, ...], function: Callable[[], T]) -> T:
    """Call a function and answer what it answers; what it was given must be what it was."""
    before = deepcopy(messages)
    answer = function()
    assert messages == before, "it changed the messages that it was given"
    return answer


def silent(words: str, function: Callable[[], T]) -> T:
    """Call a function and answer what it answers; what it logs, at any level, must not hold these words."""
    heard = _Ear()
    root = logging.getLogger()
    level = root.level
    root.addHandler(heard)
    root.setLevel(logging.DEBUG)
    try:
        return function()
    finally:
        root.setLevel(level)
        root.removeHandler(heard)
        assert not words or words not in "\n".join(heard.lines), "it logs what nobody may read"


class _Ear(logging.Handler):
    """Keeps what is logged, as text."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def in_time(count: int, function: Callable[[], T]) -> T:
    """Call a function and answer what it answers, if that takes no longer than so many mails may."""
    watch = Stopwatch(WAITING_SHARE)
    answer = function()
    seconds = watch.seconds()
    assert seconds <= 1 + count * SECONDS_A_MAIL, f"it took {seconds:.1f} s for {count} mails"
    return answer
