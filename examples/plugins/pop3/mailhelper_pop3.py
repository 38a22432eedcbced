"""A mail source for `pop3s://` and, on this machine, `pop3://`: one mailbox, read only, identity by UIDL (RFC 1939)."""

from __future__ import annotations

import poplib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mailhelper_core import (
    Endpoint,
    LocalFolder,
    LocalMessage,
    LocalSession,
    LoginError,
    ServerError,
    SourceType,
    hookimpl,
    with_uids,
)

TIMEOUT_SECONDS = 60.0
# poplib's own bound of 2,048 octets a line breaks mail that others read.
poplib._MAXLINE = 1_000_000  # type: ignore[attr-defined]


@hookimpl
def register_sources() -> Sequence[SourceType]:
    """Answer the source."""
    return [SourceType("pop3", ("pop3", "pop3s"), connect, needs_secret=True)]


class Maildrop:
    """The one mailbox of a POP3 server, over one connection: the server locks it meanwhile."""

    def __init__(self, connection: poplib.POP3) -> None:
        self._connection = connection
        self._numbers: dict[str, int] = {}

    def messages(self) -> Mapping[int, LocalMessage]:
        """List what is there, by a uid that follows from the UIDL alone."""
        with _answering():
            lines = [line.split(b" ", 1) for line in self._connection.uidl()[1]]
        self._numbers = {identity.decode("ascii", "replace"): int(number) for number, identity in lines}
        found = with_uids((identity.encode(), 0, identity) for identity in self._numbers)
        return {uid: LocalMessage(uid, identity, frozenset()) for uid, identity in found.items()}

    def read(self, message: LocalMessage) -> bytes:
        """Read a whole message."""
        with _answering():
            return _joined(self._connection.retr(self._numbers[message.path])[1])

    def describe(self, message: LocalMessage) -> tuple[bytes, int, datetime]:
        """Answer header block, size and time: POP3 keeps none, so it is the sender's."""
        number = self._numbers[message.path]
        with _answering():
            size = int(bytes(self._connection.list(number)).split()[2])  # type: ignore[arg-type]
            header = _joined(self._connection.top(number, 0)[1])
        return header, size, _date(header)


class Pop3Session(LocalSession):
    """A session of one maildrop."""

    def __init__(self, connection: poplib.POP3) -> None:
        folders: Mapping[str, LocalFolder] = {"INBOX": Maildrop(connection)}
        self._pop3: poplib.POP3 | None = connection
        super().__init__(lambda: folders, delimiter="/")

    def close(self) -> None:
        """Log out, once."""
        super().close()
        connection, self._pop3 = self._pop3, None
        if connection is not None:
            with suppress(OSError, poplib.error_proto):
                connection.quit()


def connect(endpoint: Endpoint) -> Pop3Session:
    """Connect and log in."""
    kind, port = (poplib.POP3_SSL, 995) if endpoint.scheme == "pop3s" else (poplib.POP3, 110)
    if endpoint.scheme == "pop3" and endpoint.host not in ("127.0.0.1", "::1", "localhost"):
        raise ServerError("pop3:// is for this machine only; use pop3s://", code="insecure", transient=False)
    with _answering():
        connection = kind(endpoint.host, endpoint.port or port, timeout=TIMEOUT_SECONDS)
    try:
        connection.user(endpoint.username)
        connection.pass_(endpoint.secret)
    except poplib.error_proto as exc:
        connection.close()
        raise LoginError from exc
    return Pop3Session(connection)


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (OSError, poplib.error_proto) as exc:
        raise ServerError from exc


def _joined(lines: Sequence[bytes]) -> bytes:
    return b"".join(line + b"\r\n" for line in lines)


def _date(header: bytes) -> datetime:
    for line in header.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ").splitlines():
        if line.lower().startswith(b"date:"):
            with suppress(ValueError, TypeError):
                found = parsedate_to_datetime(line[5:].decode("ascii", "replace").strip())
                return found if found.tzinfo else found.replace(tzinfo=UTC)
    return datetime(1970, 1, 1, tzinfo=UTC)
