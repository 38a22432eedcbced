"""One client from greeting to goodbye: reads commands, runs them, writes the answers."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from mailhelper_core.testing.commands.flow import Flow
from mailhelper_core.testing.commands.notify import has_pushes, pushed
from mailhelper_core.testing.imap.dispatch import Call, execute
from mailhelper_core.testing.imap.exchange import ClosedError, Exchange
from mailhelper_core.testing.imap.faults import GREETING, FaultPlan
from mailhelper_core.testing.imap.traffic import LoggedCommand, TrafficLog
from mailhelper_core.testing.imap.transport import LineTooLongError, Transport
from mailhelper_core.testing.protocol.responses import encode, status
from mailhelper_core.testing.protocol.session import Session


@dataclass(frozen=True, slots=True)
class Outside:
    """What a connection shares with the others of its server."""

    log: TrafficLog
    faults: FaultPlan
    tls: ssl.SSLContext | None
    starttls: ssl.SSLContext | None


class Connection:
    """The loop over one client's commands."""

    def __init__(self, number: int, transport: Transport, session: Session, outside: Outside) -> None:
        self._number = number
        self._transport = transport
        self._session = session
        self._outside = outside

    def serve(self) -> None:
        """Talk until one side leaves."""
        try:
            if self._outside.tls is not None:
                self._transport.start_tls(self._outside.tls)
                self._session.is_encrypted = True
            self._greet()
            while self._serve_command():
                pass
        except (ClosedError, OSError):
            return  # a client that hangs up, or whose TLS we refuse, is no error of the server
        finally:
            self._transport.close()

    def abort(self) -> None:
        """End the connection at once; safe from another thread."""
        self._transport.abort()

    def _greet(self) -> None:
        logged = LoggedCommand(self._number, GREETING, GREETING, 0)
        self._answer(logged, "*", _greeting(self._session))

    def _serve_command(self) -> bool:
        self._push()
        try:
            data = self._transport.read_command()
        except LineTooLongError:
            self._transport.write(b"* BAD Too long argument\r\n")
            self._transport.flush()
            return False
        if data is None:
            return False
        call = Call.read(data)
        name = call.name if call else ""
        logged = self._outside.log.add(self._number, name, data)
        self._answer(logged, call.tag if call else "*", execute(self._session, call))
        return True

    def _push(self) -> None:
        """Tell the news between two commands, once the client asked for that with NOTIFY."""
        session = self._session
        while session.notify is not None:
            for response in pushed(session):
                self._transport.write(encode(response, "*"))
            self._transport.flush()
            if self._transport.wait(session.service.store.listen, lambda: has_pushes(session)):
                return

    def _answer(self, logged: LoggedCommand, tag: str, flow: Flow) -> None:
        actions = self._outside.faults.meet(logged.name, logged.line)
        starttls = self._outside.starttls
        Exchange(self._transport, self._session, starttls, logged, actions, tag).run(flow)


def _greeting(session: Session) -> Flow:
    yield status("OK", "Ready.", f"CAPABILITY {session.capability_line}")
