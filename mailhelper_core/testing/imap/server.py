"""The IMAP server as tests and the demo use it: `with ImapServer() as server: connect(server.host, server.port)`."""

from __future__ import annotations

import selectors
import socket
import ssl
import threading
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING

from mailhelper_core.testing.imap.connection import Connection, Outside
from mailhelper_core.testing.imap.faults import FaultPlan
from mailhelper_core.testing.imap.tokens import TokenBook
from mailhelper_core.testing.imap.traffic import TrafficLog
from mailhelper_core.testing.imap.transport import Transport
from mailhelper_core.testing.mailstore.keywords import KeywordPolicy
from mailhelper_core.testing.mailstore.store import MailStore
from mailhelper_core.testing.protocol.capabilities import choose
from mailhelper_core.testing.protocol.session import Service, Session, TokenCheck

if TYPE_CHECKING:
    from mailhelper_core.testing.certificate import LocalCertificate

# Connections of one test; more than any pool of the library opens.
_BACKLOG = 128
_JOIN_SECONDS = 5.0


class ImapServer:
    """An IMAP4rev1 server on 127.0.0.1 with its mail in memory.

    `capabilities` are all that there are (None: all the server knows, see `protocol.capabilities.KNOWN`),
    `without` takes some away. `permanent_keywords`: None any, else only these; `max_keywords` different ones
    in a mailbox. `prefix`, such as `INBOX.`: what a new mailbox's name must begin with (RFC 2342). `tls` makes
    every connection a TLS one, `starttls` offers it; each takes a LocalCertificate or
    a context. `tokens` are the OAuth access tokens by user, kept in `server.tokens` for tests to change;
    `check_token(user, token)` decides instead of them. Threads: one that accepts, one per connection.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        *,
        users: Mapping[str, str] | None = None,
        capabilities: Collection[str] | None = None,
        without: Collection[str] = (),
        permanent_keywords: Collection[str] | None = None,
        max_keywords: int | None = None,
        delimiter: str = "/",
        prefix: str = "",
        tls: ssl.SSLContext | LocalCertificate | None = None,
        starttls: ssl.SSLContext | LocalCertificate | None = None,
        tokens: Mapping[str, str] | None = None,
        check_token: TokenCheck | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        allowed = None if permanent_keywords is None else frozenset(permanent_keywords)
        self.store = MailStore(
            {"ada": "secret"} if users is None else users,
            delimiter=delimiter,
            prefix=prefix,
            keywords=KeywordPolicy(allowed, max_keywords),
            clock=clock,
        )
        self.capabilities = choose(capabilities, without)
        self.log = TrafficLog()
        self.faults = FaultPlan()
        self.certificate = next((one for one in (tls, starttls) if not isinstance(one, ssl.SSLContext | None)), None)
        self.tokens = TokenBook(tokens or {})
        self.port = 0
        self._service = Service(self.store, self.capabilities, check_token or self.tokens, starttls is not None)
        self._outside = Outside(self.log, self.faults, _context(tls), _context(starttls))
        self._listener: socket.socket | None = None
        self._stopping = threading.Event()
        self._connections: dict[Connection, threading.Thread] = {}
        self._opened = 0
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """The address of the running server."""
        scheme = "imap" if self._outside.tls is None else "imaps"
        return f"{scheme}://{self.host}:{self.port}"

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        with self._lock:
            return len(self._connections)

    def start(self) -> ImapServer:
        """Listen on a free port."""
        self._listener = socket.create_server((self.host, self.port), backlog=_BACKLOG)
        self.port = self._listener.getsockname()[1]
        self._stopping.clear()
        self._wake, woken = socket.socketpair()
        self._acceptor = threading.Thread(
            target=self._accept, args=(self._listener, woken), name="imap-server", daemon=True
        )
        self._acceptor.start()
        return self

    def stop(self) -> None:
        """Close the port and all connections; the mail stays, and `start` opens the same port again."""
        if self._listener is None:
            return
        self._stopping.set()
        self._wake.close()
        self._acceptor.join(_JOIN_SECONDS)
        self._listener = None
        self.drop_connections()

    def drop_connections(self) -> None:
        """Cut all clients off, as a server that restarts does."""
        with self._lock:
            current = list(self._connections.items())
        for connection, _ in current:
            connection.abort()
        for _, thread in current:
            thread.join(_JOIN_SECONDS)

    def __enter__(self) -> ImapServer:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _accept(self, listener: socket.socket, woken: socket.socket) -> None:
        with listener, woken, selectors.DefaultSelector() as selector:
            selector.register(listener, selectors.EVENT_READ)
            selector.register(woken, selectors.EVENT_READ)
            while True:
                selector.select()
                if self._stopping.is_set():
                    return
                client, _ = listener.accept()
                self._welcome(client)

    def _welcome(self, client: socket.socket) -> None:
        # Answers are written whole; Nagle would hold the end of one back for the client's acknowledgement.
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport = Transport(client, literal_plus="LITERAL+" in self.capabilities)
        self._opened += 1
        connection = Connection(self._opened, transport, Session(self._service), self._outside)
        name = f"imap-connection-{self._opened}"
        thread = threading.Thread(target=self._serve, args=(connection,), name=name, daemon=True)
        with self._lock:  # who drops the connections waits for their threads: for those that were started
            self._connections[connection] = thread
            thread.start()

    def _serve(self, connection: Connection) -> None:
        try:
            connection.serve()
        finally:
            with self._lock:
                del self._connections[connection]


def _context(tls: ssl.SSLContext | LocalCertificate | None) -> ssl.SSLContext | None:
    return tls if tls is None or isinstance(tls, ssl.SSLContext) else tls.server_context()
