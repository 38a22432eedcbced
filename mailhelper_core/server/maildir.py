"""`maildir:///path`: Maildir++ folders, or a tree of Maildirs, read only.

A uid is made from the unique part of the file name, which lasts as long as the message does: flags stand
behind it, and moving from new/ to cur/ keeps it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from mailhelper_core.errors import ServerError
from mailhelper_core.model.mail.keyword import ANSWERED, DELETED, DRAFT, FLAGGED, SEEN, normalize_keywords
from mailhelper_core.model.source.account import Endpoint
from mailhelper_core.server.imap.command import decode_name
from mailhelper_core.server.local import LocalFolder, LocalMessage, LocalSession, header_block, with_uids

INBOX = "INBOX"

_FLAGS = {"D": DRAFT, "F": FLAGGED, "P": "$Forwarded", "R": ANSWERED, "S": SEEN, "T": DELETED}
_SECONDS = re.compile(r"\d{9,10}(?=\.)")
_KEYWORD_LINE = re.compile(r"(\d{1,2}) (\S+)")
# Enough for the header of nearly every message.
_HEAD_BYTES = 16_384


def connect_maildir(endpoint: Endpoint) -> LocalSession:
    """Open a Maildir; raises ServerError when there is none at this path."""
    root = Path(endpoint.path)
    is_maildir = _is_maildir(root)
    find = _find_dotted if is_maildir else _find_nested
    if endpoint.host or not (is_maildir or find(root)):
        raise ServerError("there is no Maildir at this path", code="path")
    return LocalSession(lambda: find(root), delimiter="." if is_maildir else "/")


class _MaildirFolder:
    """One directory with cur/ and new/."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def messages(self) -> Mapping[int, LocalMessage]:
        letters = self._keyword_letters()
        # cur/ comes last: a message that was just moved there counts as being there.
        found = {name: (path, info) for part in ("new", "cur") for name, path, info in _files(self._path / part)}
        listed = with_uids(
            (name.encode("utf-8", "surrogateescape"), _seconds(name), (path, info))
            for name, (path, info) in found.items()
        )
        cache: dict[str, frozenset[str]] = {}
        return {
            uid: LocalMessage(uid, path, cache.get(info) or cache.setdefault(info, _keywords(info, letters)))
            for uid, (path, info) in listed.items()
        }

    def read(self, message: LocalMessage) -> bytes:
        return Path(message.path).read_bytes()

    def describe(self, message: LocalMessage) -> tuple[bytes, int, datetime]:
        with open(message.path, "rb") as file:
            state = os.fstat(file.fileno())
            head = file.read(_HEAD_BYTES)
            block = header_block(head)
            if len(block) == len(head) < state.st_size:
                block = header_block(head + file.read())
        return block, state.st_size, datetime.fromtimestamp(state.st_mtime, UTC)

    def _keyword_letters(self) -> dict[str, str]:
        """Read Dovecot's names for the flags a-z."""
        try:
            lines = (self._path / "dovecot-keywords").read_text("utf-8", "replace").splitlines()
        except FileNotFoundError:
            return {}
        matches = filter(None, map(_KEYWORD_LINE.fullmatch, lines))
        return {chr(ord("a") + int(match[1])): match[2] for match in matches if int(match[1]) < 26}


def _find_dotted(root: Path) -> Mapping[str, LocalFolder]:
    """Find the folders of Maildir++: `.Archive.2024` beside cur/ and new/."""
    found = {INBOX: _MaildirFolder(root)}
    for entry in os.scandir(root):
        if entry.name.startswith(".") and _is_maildir(Path(entry.path)):
            found.setdefault(decode_name(os.fsencode(entry.name[1:])), _MaildirFolder(Path(entry.path)))
    return found


def _find_nested(root: Path) -> Mapping[str, LocalFolder]:
    """Find Maildirs in a tree of directories, as mbsync writes them."""
    found: dict[str, LocalFolder] = {}
    for path, directories, _ in os.walk(root):
        directories[:] = [name for name in directories if not name.startswith(".")]
        if path != str(root) and _is_maildir(Path(path)):
            name = decode_name(os.fsencode(os.path.relpath(path, root).replace(os.sep, "/")))
            found.setdefault(name, _MaildirFolder(Path(path)))
            directories[:] = [name for name in directories if name not in ("cur", "new", "tmp")]
    return found


def _is_maildir(path: Path) -> bool:
    return (path / "cur").is_dir()


def _files(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield (unique name, path, info letters)."""
    try:
        entries = os.scandir(path)
    except FileNotFoundError:
        return
    with entries:
        for entry in entries:
            if not entry.name.startswith("."):
                unique, _, info = entry.name.partition(":2,")
                yield unique, entry.path, info


def _seconds(name: str) -> int:
    match = _SECONDS.match(name)
    return int(match[0]) if match else 0


def _keywords(info: str, letters: Mapping[str, str]) -> frozenset[str]:
    flags = {_FLAGS[letter] for letter in info if letter in _FLAGS}
    return normalize_keywords(flags | {letters[letter] for letter in info if letter in letters})
