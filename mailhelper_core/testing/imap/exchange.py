"""One command's answer on its way out: responses pass the faults and become bytes, pauses, waits."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from mailhelper_core.testing.commands.flow import Flow
from mailhelper_core.testing.imap.fault_actions import Action
from mailhelper_core.testing.imap.traffic import LoggedCommand
from mailhelper_core.testing.imap.transport import Transport
from mailhelper_core.testing.protocol.responses import (
    Close,
    Compress,
    Done,
    Pause,
    Prompt,
    Raw,
    Response,
    StartTls,
    Watch,
    body_bytes,
    encode,
)
from mailhelper_core.testing.protocol.session import Session


class ClosedError(Exception):
    """The connection ends here, by the server's wish or because the client is gone."""


@dataclass(slots=True)
class Exchange:
    """A command being answered."""

    transport: Transport
    session: Session
    starttls: ssl.SSLContext | None
    logged: LoggedCommand
    actions: list[Action]
    tag: str
    over: bool = False  # a fault ended the command before its handler did

    def run(self, flow: Flow) -> None:
        """Send what the handler yields and hand it what the client says; raises ClosedError."""
        if not self._refused_before():
            answer: bytes | None = None
            index = 0
            while (response := _next(flow, answer)) is not None:
                answer = self._send_rewritten(response, index)
                if self.over:
                    break
                index += 1
        self.transport.flush()

    def _refused_before(self) -> bool:
        for action in self.actions:
            for response in action.before():
                self._send(response)
                if isinstance(response, Done):
                    return True
        return False

    def _send_rewritten(self, response: Response, index: int) -> bytes | None:
        answer: bytes | None = None
        for rewritten in self._rewrite(response, index, self.actions):
            answer = self._send(rewritten)
            if isinstance(rewritten, Done) and not isinstance(response, Done):
                self.over = True
                break
        return answer

    def _rewrite(self, response: Response, index: int, actions: list[Action]) -> Iterator[Response]:
        # Lazily: an action may answer a million lines.
        if not actions:
            yield response
            return
        for new in actions[0].rewrite(response, index, self.tag):
            yield from self._rewrite(new, index, actions[1:])

    def _send(self, response: Response) -> bytes | None:
        self._write(response)
        match response:
            case Prompt(reads=True):
                return self._read_line()
            case Watch():
                return self._watch()
            case Pause(seconds):
                self.transport.pause(seconds)
            case Close():
                self.transport.flush()
                raise ClosedError
            case StartTls() if self.starttls is not None:
                self.transport.flush()
                self.transport.start_tls(self.starttls)
                self.session.is_encrypted = True
            case Compress():
                self.transport.start_compress()
                self.session.is_compressed = True
        return None

    def _write(self, response: Response) -> None:
        data = encode(response, self.tag)
        # Counted before they go out: a client that has the answer may look at the log at once.
        self.logged.bytes_out += len(data)
        self.logged.body_bytes += body_bytes(response)
        if isinstance(response, Raw) and response.per_second is not None:
            self.transport.write_slowly(data, response.per_second)
        elif data:
            self.transport.write(data)

    def _read_line(self) -> bytes:
        self.transport.flush()
        line = self.transport.read_line()
        if line is None:
            raise ClosedError
        self.logged.bytes_in += len(line)
        return line.rstrip(b"\r\n")

    def _watch(self) -> bytes | None:
        self.transport.flush()
        spoke = self.transport.wait(self.session.service.store.listen, lambda: self.session.has_news)
        return self._read_line() if spoke else None


def _next(flow: Flow, answer: bytes | None) -> Response | None:
    try:
        return flow.send(answer)
    except StopIteration:
        return None
