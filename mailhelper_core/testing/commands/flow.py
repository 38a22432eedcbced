"""The shape every command handler has."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

from mailhelper_core.testing.protocol.responses import Response
from mailhelper_core.testing.protocol.session import Session, State
from mailhelper_core.testing.wire.scanner import Scanner

# Yields responses; receives the client's line after a Prompt, the line or None after a Watch.
Flow = Generator[Response, bytes | None, None]
Handler = Callable[[Session, Scanner], Flow]

ANY = frozenset(State)
BEFORE_LOGIN = frozenset({State.NOT_AUTHENTICATED})
AFTER_LOGIN = frozenset({State.AUTHENTICATED, State.SELECTED})
SELECTED = frozenset({State.SELECTED})


@dataclass(frozen=True, slots=True)
class Command:
    """A handler with the states it is valid in and the capability without which it does not exist.

    `defers_expunges`: RFC 3501 7.4.1 forbids EXPUNGE while the client counts on its sequence numbers.
    """

    handler: Handler
    states: frozenset[State]
    needs: str | None = None
    defers_expunges: bool = False
    with_uid: bool = False
