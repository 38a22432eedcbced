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
    command after it was added and holds for `times` of them; None is for ever.
    """

    command: str
    action: Action
    nth: int = 1
    times: int | None = 1


@dataclass(slots=True)
class FaultPlan:
    """The faults of a server, counted across its connections."""

    fired: list[Fault] = field(default_factory=list)
    _armed: list[tuple[Fault, list[int]]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, *faults: Fault) -> None:
        """Arm faults; several may meet in one command, each working on what the one before it left."""
        with self._lock:
            self._armed.extend((fault, [0]) for fault in faults)

    def clear(self) -> None:
        """Disarm all faults and forget which fired."""
        with self._lock:
            self._armed.clear()
            self.fired.clear()

    def meet(self, command: str) -> list[Action]:
        """Count a command and answer what goes wrong with it."""
        with self._lock:
            return list(self._meet(command))

    def _meet(self, command: str) -> Iterable[Action]:
        for fault, met in self._armed:
            if fault.command not in (command, ANY_COMMAND) or (command, fault.command) == (GREETING, ANY_COMMAND):
                continue
            met[0] += 1
            if met[0] >= fault.nth and (fault.times is None or met[0] < fault.nth + fault.times):
                self.fired.append(fault)
                yield fault.action
