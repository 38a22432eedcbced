"""The same mailbox in mbsync, offlineimap3 and getmail6, which write Maildir files and parse nothing, beside ours."""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import corpus, packages
from bench.figure import Figure
from bench.measure import Runs, child
from bench.sync.lab import Lab, times
from tests.servers.dovecot import PASSWORD, running_dovecot
from tests.servers.process import choose_user

RUNS = 3
DAEMON_USER = "mail"

MBSYNC = """\
FSync no

IMAPAccount a
Host 127.0.0.1
Port {port}
User {user}
Pass {password}
SSLType None
AuthMechs LOGIN

IMAPStore far
Account a

MaildirStore near
Path {folder}/
Inbox {folder}/INBOX

Channel c
Far :far:
Near :near:
Patterns INBOX
Create Near
SyncState *
"""
OFFLINEIMAP = """\
[general]
accounts = a
metadata = {folder}/meta
fsync = false
[Account a]
localrepository = l
remoterepository = r
[Repository l]
type = Maildir
localfolders = {folder}/mail
[Repository r]
type = IMAP
remotehost = 127.0.0.1
remoteport = {port}
remoteuser = {user}
remotepass = {password}
ssl = no
starttls = no
auth_mechanisms = LOGIN
"""
GETMAIL = """\
[retriever]
type = SimpleIMAPRetriever
server = 127.0.0.1
port = {port}
username = {user}
password = {password}
[destination]
type = Maildir
path = {folder}/mail/
[options]
read_all = true
message_log = {folder}/log
delivered_to = false
received = false
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """A program of a Debian package, how it is called, and what ours may cost beside it for so many mails."""

    name: str
    package: str
    config: str
    arguments: Sequence[str]
    count: int
    targets: Sequence[tuple[str, float]]
    folders: Sequence[str] = ()  # that it does not make itself

    def command(self, folder: Path) -> list[str]:
        """Answer how it is called for a folder that holds its configuration."""
        return [self.name, *(one.format(folder=folder) for one in self.arguments)]


PEERS = (
    Peer("mbsync", "isync", MBSYNC, ["-c", "{folder}/config", "-q", "c"], 10_000, [("wall", 0.7), ("cpu", 1.0)]),
    Peer(
        "offlineimap", "offlineimap3", OFFLINEIMAP, ["-c", "{folder}/config", "-o", "-u", "quiet"],
        10_000, [("cpu", 0.075)],
    ),
    Peer(
        "getmail", "getmail6", GETMAIL, ["--getmaildir={folder}", "--rcfile={folder}/config", "--quiet"],
        10_000, [("cpu", 0.05)], ("mail", "mail/cur", "mail/new", "mail/tmp"),
    ),
)  # fmt: skip
_UNITS = {"cpu": "CPU", "wall": "wall time"}


def figures() -> Iterator[Figure]:
    """Yield the figures beside other programs; one that is not there is named."""
    absent = packages.missing({peer.name: peer.package for peer in PEERS})
    with running_dovecot() as dovecot, tempfile.TemporaryDirectory(prefix="mailhelper-bench-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)  # getmail refuses to deliver as root, so the programs run as another user
        lab = Lab(dovecot, Path(folder))
        for peer in PEERS:
            if peer.name in absent:
                yield Figure(f"first sync against {peer.name}", "", f"not measured: no package {peer.package}", "")
                continue
            corpus.deliver(dovecot, peer.name, peer.count)
            mine, theirs = _pairs(lab, peer)
            for key, target in peer.targets:
                name = f"first sync of {peer.count:,} mails, without index, {_UNITS[key]}"
                yield times(name, mine, theirs, key, target, peer.name)


def _pairs(lab: Lab, peer: Peer) -> tuple[Runs, Runs]:
    mine, theirs = [], []
    for number in range(RUNS):
        one = child("sync.first", *lab.account(peer.name, f"{peer.name}{number}"))
        mine.append({"cpu": one["cpu"], "wall": one["wall_stored"]})
        theirs.append(_run(lab, peer, number))
    return Runs(tuple(mine)), Runs(tuple(theirs))


def _run(lab: Lab, peer: Peer, number: int) -> dict[str, float]:
    folder = lab.folder / f"{peer.name}-{number}"
    for part in ("", *peer.folders):
        (folder / part).mkdir()
    config = folder / "config"
    login = {"port": lab.dovecot.port, "user": peer.name, "password": PASSWORD}
    config.write_text(peer.config.format(folder=folder, **login), encoding="ascii")
    prefix = _as_ordinary_user(folder)
    whole = child("sync.tool", folder, *prefix, *peer.command(folder))
    start = child("sync.tool", folder, *prefix, peer.name, "--version")  # an interpreter's start is no work on mail
    return {"cpu": whole["cpu"] - start["cpu"], "wall": whole["wall"] - start["wall"]}


def _as_ordinary_user(folder: Path) -> list[str]:
    if os.geteuid() != 0:
        return []
    user = choose_user(DAEMON_USER)
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, user)
    group = pwd.getpwnam(user).pw_gid
    return ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "env", f"HOME={folder}"]
