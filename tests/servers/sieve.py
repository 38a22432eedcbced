"""Pigeonhole's `sieve-test` as the peer of our interpreter: what does it decide on a local file? No server runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import MissingServerError, choose_user, give

PACKAGE = "dovecot-sieve"
SENDER, RECIPIENT = "sender@example.net", "me+tag@example.org"
CONFIG = """\
mail_home=@BASE@/home
mail_location=maildir:@BASE@/home/Maildir
mail_uid=@USER@
mail_gid=@USER@
first_valid_uid=1
plugin {
  sieve_extensions = +special-use
}
"""
# A mailbox that is there, with its special use.
NAMESPACE = """\
namespace inbox {
  inbox = yes
  separator = /
  mailbox @NAME@ {
    special_use = @USE@
    auto = create
  }
}
"""
TIMEOUT_SECONDS = 60

_STORE = re.compile(r" \* store message in folder: (.*)")
_FLAGS = re.compile(r" +\+ add IMAP flags: (.*)")
_USE = re.compile(r" +\+ use mailbox with special-use flag `(.*)' instead if accessible")
_STORED = re.compile(r"stored mail into mailbox (?:'(.*?)'|\[SPECIAL-USE .*?\] \((.*?)\))")
_OTHERS = (
    (re.compile(r" \* discard"), "discard"),
    (re.compile(r" \* redirect message to: <(.*)>"), "redirect"),
    (re.compile(r" \* reject message with reason: (.*)"), "reject"),
    (re.compile(r" \* send vacation message"), "vacation"),
)

# What was decided: lines such as `store INBOX`, below it `use \junk` and `flags \seen work`, sorted; `error` when it
# broke off.
Verdict = tuple[str, ...]


def find_program() -> str:
    """Answer the path of sieve-test."""
    path = shutil.which("sieve-test")
    if path is None:
        raise MissingServerError(f"Pigeonhole's sieve-test (apt-get install {PACKAGE})")
    return path


@dataclass(frozen=True, slots=True)
class Pigeonhole:
    """sieve-test in a directory of its own."""

    program: str
    directory: Path
    user: str

    def write(self, name: str, content: bytes) -> Path:
        """Write a script or a mail; answer its path."""
        path = self.directory / name
        path.write_bytes(content)
        return path

    def compiles(self, script: Path) -> bool:
        """Say whether it accepts the script; a binary beside it makes later runs faster."""
        mail = self.write("empty.eml", b"Subject: none\r\n\r\n")
        return "failed to compile" not in self._run(script, mail, "-C").stderr

    def decide(self, script: Path, mail: Path) -> Verdict:
        """Answer what it decides on a mail."""
        done = self._run(script, mail)
        if done.returncode != 0 or "Performed actions" not in done.stdout:
            return ("error",)
        # Folded fields come with their blanks: how many there were says nothing.
        return tuple(" ".join(line.split()) for line in _verdict(done.stdout))

    def deliver(self, script: Path, mail: Path) -> set[str]:
        """Let it carry out what it decides; answer the mailboxes that it says it stored the mail in."""
        return {found[1] or found[2] for found in _STORED.finditer(self._run(script, mail, "-e").stderr)}

    def _run(self, script: Path, mail: Path, *options: str) -> subprocess.CompletedProcess[str]:
        config = str(self.directory / "dovecot.conf")
        own = ("-c", config, "-f", SENDER, "-a", RECIPIENT, "-r", RECIPIENT)
        return subprocess.run(
            [*as_user(self.user), self.program, *own, *options, str(script), str(mail)],
            env={"HOME": str(self.directory / "home"), "USER": "test", "TZ": "UTC", "PATH": os.defpath},
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=TIMEOUT_SECONDS,
            check=False,
        )


def as_user(user: str) -> list[str]:
    """Answer the command that gives up root for another.

    `subprocess` can do it too, but then forks this large process: half of what a run of sieve-test costs.
    """
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if os.geteuid() == 0 else []


@contextmanager
def pigeonhole(mailbox: str = "", special_use: str = "") -> Iterator[Pigeonhole]:
    """Make a directory for scripts and mails that goes with the block; a mailbox of a special use may be there."""
    program, user = find_program(), choose_user("mail")
    directory = Path(tempfile.mkdtemp(prefix="mailhelper-sieve-"))
    try:
        (directory / "home").mkdir()
        config = CONFIG.replace("@BASE@", str(directory)).replace("@USER@", user)
        namespace = NAMESPACE.replace("@NAME@", mailbox).replace("@USE@", special_use) if mailbox else ""
        (directory / "dovecot.conf").write_text(config + namespace)
        for path in (directory, *directory.iterdir()):
            give(path, user)
        yield Pigeonhole(program, directory, user)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _verdict(output: str) -> Iterator[str]:
    lines = output.splitlines()
    for number, line in enumerate(lines):
        stored = _STORE.fullmatch(line)
        if stored:
            name = "INBOX" if stored[1].upper() == "INBOX" else stored[1]
            yield f"store {name}"
            yield from _details(lines[number + 1 : number + 5])
        for pattern, word in _OTHERS:
            found = pattern.match(line)
            if found:
                yield f"{word} {found[1] if word == 'redirect' else ''}".strip()


def _details(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if line.startswith(" *") or not line.startswith("  "):
            break
        use, flags = _USE.fullmatch(line), _FLAGS.fullmatch(line)
        yield from details(use[1] if use else "", flags[1].split() if flags else [])


def details(special_use: str, flags: list[str]) -> Iterator[str]:
    """Yield what is said below a mailbox, in one order and case."""
    if special_use:
        yield f"use {special_use.lower()}"
    if flags:
        yield f"flags {' '.join(sorted(flag.lower() for flag in flags))}"
