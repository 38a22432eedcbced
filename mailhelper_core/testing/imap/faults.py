"""Scripted faults: which command goes wrong, and when. What goes wrong is in fault_actions."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from mailhelper_core.testing.imap.fault_actions import Action

ANY_COMMAND = "*"
GREETING = "GREETING"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    `command` is a name as in the log (`UID FETCH`), `GREETING`, or `*`. The fault begins at the `nth` such
    command after it was added and holds for `times` of them; None is for ever. `having`: only commands
    whose line holds this text, in any case, count (`BODY.PEEK[]`).
    """

    command: str
    action: Action
    nth: int = 1
    times: int | None = 1
    having: str = ""

    def concerns(self, command: str, line: str) -> bool:
        """Say whether it counts this command."""
        if self.command not in (command, ANY_COMMAND) or (command, self.command) == (GREETING, ANY_COMMAND):
            return False
        return self.having.upper() in line.upper()


@dataclass(slots=True)
class FaultPlan:
    """The faults of a server, counted across its connections."""

    fired: list[Fault] = field(default_factory=list)
    _armed: list[tuple[Fault, list[int]]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def armed(self) -> tuple[Fault, ...]:
        """The faults added since the start or the last `clear()`, those that are over included."""
        with self._lock:
            return tuple(fault for fault, _ in self._armed)

    def add(self, *faults: Fault) -> None:
        """Arm faults; several may meet in one command, each working on what the one before it left."""
        with self._lock:
            self._armed.extend((fault, [0]) for fault in faults)

    def clear(self) -> None:
        """Disarm all faults and forget which fired."""
        with self._lock:
            self._armed.clear()
            self.fired.clear()

    def meet(self, command: str, line: str = "") -> list[Action]:
        """Count a command and answer what goes wrong with it."""
        with self._lock:
            return list(self._meet(command, line))

    def _meet(self, command: str, line: str) -> Iterable[Action]:
        for fault, met in self._armed:
            if not fault.concerns(command, line):
                continue
            met[0] += 1
            if met[0] >= fault.nth and (fault.times is None or met[0] < fault.nth + fault.times):
                self.fired.append(fault)
                yield fault.action
