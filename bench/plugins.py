"""What plugins cost: the isolating call beside a plain one, and the test kit's server that their authors wait for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from imaplib import IMAP4
from statistics import median
from time import perf_counter, process_time

from bench.figure import Figure
from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.testing import ImapServer, MailboxGenerator

CALLS = 20_000
RUNS = 7
MAILS = 2_000
STARTS = 30


def figures() -> Iterator[Figure]:
    """Yield the figures of plugins and of their kit."""
    yield _dispatch()
    yield _starting()
    yield _serving()


def _dispatch() -> Figure:
    dispatcher, batch = Dispatcher(), list(range(100))

    def provider() -> int:
        return len(batch)

    def isolated() -> None:
        dispatcher.call("shop", "totals", provider)

    extra = sorted(_micros(isolated) - _micros(provider) for _ in range(RUNS))
    value = f"{median(extra):.1f} us ({extra[0]:.1f}..{extra[-1]:.1f} us)"
    plain = f"plain call {_micros(provider):.2f} us"
    return Figure("dispatcher, on top of a plain call", "<= 10 us a batch", value, plain, median(extra) <= 10)


def _micros(function: Callable[[], object]) -> float:
    began = process_time()
    for _ in range(CALLS):
        function()
    return (process_time() - began) / CALLS * 1e6


def _starting() -> Figure:
    seconds = []
    for _ in range(STARTS):
        began = perf_counter()
        with ImapServer(users={"ada": "secret"}):
            seconds.append(perf_counter() - began)
    value = f"{median(seconds) * 1000:.1f} ms ({min(seconds) * 1000:.1f}..{max(seconds) * 1000:.1f} ms)"
    return Figure("test kit: the IMAP server starts", "<= 50 ms", value, "", median(seconds) <= 0.05)


def _serving() -> Figure:
    rates = []
    with ImapServer(users={"ada": "secret"}) as server:
        inbox = server.store.user("ada").mailbox("INBOX")
        for mail in MailboxGenerator(seed=1).mails(MAILS):
            inbox.append(mail.raw)
        for _ in range(3):
            began = perf_counter()
            client = IMAP4("127.0.0.1", server.port)
            client.login("ada", "secret")
            client.select("INBOX", readonly=True)
            _, answers = client.fetch("1:*", "(UID FLAGS BODY.PEEK[])")
            rates.append(sum(isinstance(one, tuple) for one in answers) / (perf_counter() - began))
            client.logout()
    value = f"{median(rates):,.0f} mails/s ({min(rates):,.0f}..{max(rates):,.0f})"
    return Figure(
        "test kit: the IMAP server serves, one client",
        ">= 2,000 mails/s",
        value,
        "imaplib reads",
        median(rates) >= 2_000,
    )
