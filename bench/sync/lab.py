"""What the sync benchmarks share: an account in a fresh database, another client at work, a row of figures."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.figure import Figure
from bench.measure import Runs, child
from tests.servers.dovecot import PASSWORD, Dovecot

# What Dovecot knows of a mailbox besides the mail: without it the mailbox gets a new UIDVALIDITY and new uids.
_NUMBERS = ("dovecot-uidlist", "dovecot-uidvalidity*", "dovecot.index*", "dovecot.list.index*")


@dataclass(frozen=True, slots=True)
class Lab:
    """A Dovecot with mail, and a folder for databases."""

    dovecot: Dovecot
    folder: Path

    def account(self, user: str, name: str, *, port: int = 0) -> tuple[str, int]:
        """Make a database with one account; answer its URL and the account's id."""
        return add_account(f"sqlite:///{self.folder / name}.db", port or self.dovecot.port, user, PASSWORD)

    @contextmanager
    def client(self, user: str, mailbox: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        """Log in as another client and select a mailbox."""
        with imaplib.IMAP4("127.0.0.1", self.dovecot.port) as client:
            client.login(user, PASSWORD)
            client.select(mailbox)
            yield client

    def renumber(self, user: str) -> None:
        """Give the user's INBOX a new UIDVALIDITY."""
        for pattern in _NUMBERS:
            for path in self.dovecot.maildir(user).glob(pattern):
                path.unlink()


def add_account(database: str, port: int, user: str, password: str) -> tuple[str, int]:
    """Add an account of a loopback server to a database; answer the database's URL and the account's id."""
    made = child("prepare", database, f"imap://127.0.0.1:{port}", user, password)
    return database, int(made["account"])


def per_mail(name: str, runs: Runs, key: str, target: float, count: int, peer: str = "") -> Figure:
    """Answer the figure of CPU a mail in milliseconds, of runs that counted seconds."""
    found = sorted(run[key] / count * 1000 for run in runs.values)
    cpu = runs.median(key) / count * 1000
    value = f"{cpu:.3f} ms ({found[0]:.3f}..{found[-1]:.3f})"
    return Figure(f"{name}, CPU a mail", f"<= {target:g} ms", value, peer, cpu <= target)


def times(name: str, mine: Runs, peer: Runs, key: str, target: float, program: str) -> Figure:
    """Answer the figure of ours as a multiple of a peer's: the median of the pairs, run in turn."""
    pairs = [one[key] / other[key] for one, other in zip(mine.values, peer.values, strict=True)]
    ratio = Runs(tuple({"ratio": pair} for pair in pairs))
    value = f"{ratio.median('ratio'):.2f}x ({ratio.spread('ratio')}): {mine.median(key):.2f} s"
    theirs = f"{program} {peer.median(key):.2f} s"
    return Figure(name, f"<= {target:g}x", value, theirs, ratio.median("ratio") <= target)
