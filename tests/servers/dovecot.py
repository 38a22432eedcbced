"""A real Dovecot in a temporary directory: any user name logs in with the password `test`."""

from __future__ import annotations

import grp
import imaplib
import itertools
import os
import pwd
import re
import shutil
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from tests.servers.process import (
    MissingServerError,
    Running,
    choose_user,
    free_port,
    give,
    new_directory,
    run_as,
    stop,
)

PASSWORD = "test"
PACKAGE = "dovecot-imapd"
CONFIG = "dovecot.conf"
READY_SECONDS = 10.0
TEMPLATE = Path(__file__).with_name(CONFIG)
FETCH_BATCH = 100
BARE_LF = re.compile(rb"(?<!\r)\n")

_serial = itertools.count()


@dataclass(frozen=True, slots=True)
class Dovecot:
    """A running Dovecot; the mail of a user is a Maildir that appears on first use."""

    running: Running

    @property
    def port(self) -> int:
        """The loopback port of IMAP without TLS."""
        return self.running.port

    def maildir(self, user: str, mailbox: str = "INBOX") -> Path:
        """Answer the folder of a mailbox (Maildir++ with UTF-8 names); it may not exist yet."""
        root = Path(self.running.directory, "home", user, "Maildir")
        return root if mailbox == "INBOX" else root / f".{mailbox.replace('/', '.')}"

    def make_mailbox(self, user: str, mailbox: str) -> None:
        """Make a mailbox; nothing happens when it exists."""
        if self.maildir(user, mailbox).exists():
            return
        # Dovecot's own command: a folder made by hand stays unseen until the cached list is a second old
        config = str(Path(self.running.directory, CONFIG))
        command = [_find("doveadm"), "-c", config, "mailbox", "create", "-u", user, mailbox]
        run_as(self.running.user, command, cwd=Path(self.running.directory))

    def is_in_use(self, user: str) -> bool:
        """Say whether a session of the user is still open, as while a command goes on whose sender is gone."""
        command = [_find("doveadm"), "-c", str(Path(self.running.directory, CONFIG)), "who", "-1", user]
        return user in subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def deliver(
        self,
        user: str,
        raw: bytes,
        *,
        mailbox: str = "INBOX",
        flags: str = "",
        received_at: datetime | None = None,
    ) -> None:
        """Write a message straight into the Maildir.

        flags are Maildir letters: S seen, R answered, F flagged, T deleted, D draft; received_at becomes
        INTERNALDATE. The name carries S= (octets stored) and W= (octets with CRLF): a wrong one makes
        Dovecot drop the connection.
        """
        for part in ("cur", "new", "tmp"):
            self._make_folder(self.maildir(user) / part)
        self.make_mailbox(user, mailbox)
        virtual_size = len(raw) + len(BARE_LF.findall(raw))
        unique = f"{time.time_ns()}.P{os.getpid()}N{next(_serial)}.test"
        name = f"{unique},S={len(raw)},W={virtual_size}:2,{''.join(sorted(flags))}"
        path = self.maildir(user, mailbox) / "tmp" / unique
        path.write_bytes(raw)
        if received_at is not None:
            os.utime(path, (received_at.timestamp(), received_at.timestamp()))
        give(path, self.running.user)
        path.rename(path.parent.parent / "cur" / name)

    def served(self, user: str) -> Counter[bytes]:
        """Fetch every mail of INBOX with the standard library, and answer the SHA-256 of what comes."""
        found: Counter[bytes] = Counter()
        with imaplib.IMAP4("127.0.0.1", self.port) as client:
            client.login(user, PASSWORD)
            count = int(client.select("INBOX", readonly=True)[1][0] or b"0")
            for first in range(1, count + 1, FETCH_BATCH):
                _, answer = client.fetch(f"{first}:{min(count, first + FETCH_BATCH - 1)}", "(BODY.PEEK[])")
                found.update(sha256(part[1]).digest() for part in answer if isinstance(part, tuple))
        return found

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            self._make_folder(folder.parent)
            folder.mkdir(exist_ok=True)
            give(folder, self.running.user)


def find_program() -> str:
    """Answer the path of Dovecot 2.3; 2.4 reads another configuration language."""
    path = _find("dovecot")
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    if not version.startswith("2.3."):
        raise MissingServerError(f"Dovecot 2.3 (this is {version.split()[0]})")
    return path


def start(*, capabilities: str = "") -> Running:
    """Start Dovecot on a free loopback port and wait for its greeting.

    capabilities replaces what it says it can (`IMAP4rev1 IDLE MOVE`); an empty one leaves Dovecot's own.
    """
    program = find_program()
    user = choose_user("mail")
    with new_directory("mailhelper-dovecot-", user) as directory:
        port = free_port()
        config = directory / CONFIG
        config.write_text(_configuration(directory, port=port, user=user, capabilities=capabilities))
        give(config, user)
        run_as(user, [program, "-c", str(config)], cwd=directory)
        _wait_for_greeting(port, directory)
        pid = int((directory / "run" / "master.pid").read_text())
        return Running(pid=pid, port=port, user=user, directory=str(directory))


@contextmanager
def running_dovecot(*, capabilities: str = "") -> Iterator[Dovecot]:
    """Start Dovecot, and stop and remove it at the end."""
    running = start(capabilities=capabilities)
    try:
        yield Dovecot(running)
    finally:
        stop(running)


def _find(program: str) -> str:
    path = shutil.which(program, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")
    if path is None:
        raise MissingServerError(f"Dovecot (apt-get install {PACKAGE})")
    return path


def _configuration(directory: Path, *, port: int, user: str, capabilities: str) -> str:
    group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
    text = TEMPLATE.read_text(encoding="utf-8")
    words = {"BASE": str(directory), "PORT": str(port), "USER": user, "GROUP": group, "PASSWORD": PASSWORD}
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text + (f"imap_capability = {capabilities}\n" if capabilities else "")


def _wait_for_greeting(port: int, directory: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1.0) as connection:
                if connection.recv(4) == b"* OK":
                    return
        except OSError:
            pass
        time.sleep(0.02)
    said = (directory / "dovecot.log").read_text(errors="replace")
    raise RuntimeError(f"Dovecot gave no greeting in {READY_SECONDS} s; its log says: {said}")
