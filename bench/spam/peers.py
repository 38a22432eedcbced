"""bogofilter and SpamAssassin's Bayes from Debian packages, asked and taught as their manuals say."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.packages import missing
from bench.spam.mails import Mail

# Program -> the Debian package that brings it.
PACKAGES = {"bogofilter": "bogofilter", "sa-learn": "spamassassin", "rspamd": "rspamd"}
CHILDREN = Path(__file__).resolve().parent.parent / "children"
# What bogofilter says without any word list.
UNKNOWN = 0.5


def require() -> None:
    """End with what to install where a peer is absent: a figure without its peer says nothing."""
    if absent := missing(PACKAGES):
        packages = " ".join(sorted(PACKAGES[program] for program in absent))
        sys.exit(f"these figures are measured beside programs that are not here: apt-get install {packages}")


class Bogofilter:
    """One word list in memory-backed storage; every call is a process, as in a delivery agent."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def score(self, mail: Mail) -> float:
        """Answer its spamicity of one mail."""
        done = self._run("-T", mail=mail)
        return _spamicity(done.stdout.decode().strip())

    def scores(self, mails: Sequence[Mail]) -> list[float]:
        """Answer its spamicity of many mails, in one process."""
        found = self._run("-T", "-B", *(str(mail.path) for mail in mails)).stdout.decode().splitlines()
        return [_spamicity(line) for line in found]

    def judge(self, mail: Mail) -> float:
        """Answer its spamicity of one mail, then teach it."""
        found = self.score(mail)
        self.learn(mail)
        return found

    def learn(self, mail: Mail) -> None:
        """Teach it one mail."""
        self._run("-s" if mail.is_spam else "-n", mail=mail)

    def _run(self, *options: str, mail: Mail | None = None) -> subprocess.CompletedProcess[bytes]:
        command = ["bogofilter", "-d", self._folder, *options]
        return subprocess.run(command, input=mail.raw if mail else None, capture_output=True, check=False)


def online(mails: Sequence[Mail]) -> list[float]:
    """Answer bogofilter's score of each mail before it learns from it."""
    with taught(()) as peer:
        return [peer.judge(mail) for mail in mails]


@contextmanager
def taught(mails: Sequence[Mail]) -> Iterator[Bogofilter]:
    """Yield a bogofilter that has learned from mails."""
    with tempfile.TemporaryDirectory(prefix="bench-bogofilter-", dir=_memory()) as folder:
        peer = Bogofilter(folder)
        for mail in mails:
            peer.learn(mail)
        yield peer


def spamassassin(older: Sequence[Mail], newer: Sequence[Mail]) -> list[float]:
    """Answer the probabilities of SpamAssassin's Bayes, trained once on the older mails; its rules are not asked."""
    with tempfile.TemporaryDirectory(prefix="bench-spamassassin-", dir=_memory()) as folder:
        lists = {"ham": older, "spam": older, "new": newer}
        for name, mails in lists.items():
            chosen = [mail for mail in mails if name == "new" or mail.is_spam == (name == "spam")]
            Path(folder, name).write_text("".join(f"{mail.path}\n" for mail in chosen), encoding="utf-8")
        command = ["perl", str(CHILDREN / "spamassassin.pl"), folder]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [float(line) for line in done.stdout.split()]


def _spamicity(line: str) -> float:
    """Read the line `S 0.999` or `path S 0.999`."""
    return float(line.rsplit(maxsplit=1)[-1]) if line else UNKNOWN


def cpu_seconds() -> float:
    """Answer the CPU seconds of all programs that have been run so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
