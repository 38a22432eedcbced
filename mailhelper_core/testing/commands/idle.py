"""IDLE (RFC 2177)."""

from __future__ import annotations

from mailhelper_core.testing.commands.flow import Flow
from mailhelper_core.testing.commands.notify import news
from mailhelper_core.testing.protocol.responses import Prompt, Watch, ok
from mailhelper_core.testing.protocol.session import Session
from mailhelper_core.testing.wire.scanner import Scanner, WireError


def idle(session: Session, args: Scanner) -> Flow:
    """Tell the news as they happen until the client says DONE."""
    args.end()
    line = yield Prompt(b"idling", reads=False)
    while line is None:
        yield from session.updates(expunges=True)
        yield from news(session)
        line = yield Watch()
    if line.upper() != b"DONE":
        raise WireError("Expected DONE")
    yield ok("Idle completed")
