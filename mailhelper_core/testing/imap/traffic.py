"""What went over the wire, for tests to look at: commands without secrets, bytes, bodies."""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass, field

_SECRET = {"LOGIN", "AUTHENTICATE"}
# A longer command is an APPEND or a long set; the log is for reading.
_SHOWN = 1000
# A server that runs for days in a demo must not remember every command.
MAX_COMMANDS = 50_000


@dataclass(slots=True)
class LoggedCommand:
    """One command; its counts grow while it runs. `bytes_in` and `bytes_out` include literals and prompts."""

    connection: int
    name: str
    line: str
    bytes_in: int
    bytes_out: int = 0
    body_bytes: int = 0


@dataclass(slots=True)
class TrafficLog:
    """The newest commands of all connections in the order of their arrival."""

    _commands: deque[LoggedCommand] = field(default_factory=lambda: deque(maxlen=MAX_COMMANDS))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def commands(self) -> tuple[LoggedCommand, ...]:
        """The commands seen since the start or the last `clear()`."""
        with self._lock:
            return tuple(self._commands)

    @property
    def names(self) -> list[str]:
        """The names of the commands seen, such as `UID FETCH`."""
        return [command.name for command in self.commands]

    @property
    def body_bytes(self) -> int:
        """How many bytes of message text were served."""
        return sum(command.body_bytes for command in self.commands)

    @property
    def bytes_by_connection(self) -> dict[int, tuple[int, int]]:
        """For each connection, counted from 1: bytes in, bytes out."""
        taken: Counter[int] = Counter()
        sent: Counter[int] = Counter()
        for command in self.commands:
            taken[command.connection] += command.bytes_in
            sent[command.connection] += command.bytes_out
        return {connection: (taken[connection], sent[connection]) for connection in taken}

    def add(self, connection: int, name: str, data: bytes) -> LoggedCommand:
        """Note a command; of one that carries a secret only the name."""
        line = name if name in _SECRET else data[:_SHOWN].decode("utf-8", "replace").rstrip("\r\n")
        command = LoggedCommand(connection, name, line, len(data))
        with self._lock:
            self._commands.append(command)
        return command

    def clear(self) -> None:
        """Forget what was seen."""
        with self._lock:
            self._commands.clear()
