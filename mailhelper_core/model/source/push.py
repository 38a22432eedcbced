"""Push: a connection that waits for news from a server, for one selector loop of many."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


class Pusher(Protocol):
    """Waits for news on a connection of its own; nothing in it blocks, so one selector loop serves many.

    Register it for reading (it has a `fileno`), `read` once, and in each round of the loop:

        for key, _ in selector.select(min(pusher.seconds_left for pusher in pushers)):
            changed |= key.fileobj.read()
        for pusher in pushers:
            if pusher.seconds_left <= 0:
                pusher.renew()

    `read` and `renew` raise ServerError when the connection is over: BYE, a reset, no answer to `renew`. The
    pusher is then closed and must leave the selector; connect again, with jitter, and sync once: what
    happened in between was pushed to nobody. Names are a hint to sync now, never facts to store.
    """

    @property
    def mailboxes(self) -> frozenset[str] | None:
        """The mailboxes whose news come; None for all of them. The others must be polled."""
        ...

    @property
    def seconds_left(self) -> float:
        """How long until `renew` must be called, 0 or less when it is due."""
        ...

    def fileno(self) -> int:
        """Answer the descriptor that becomes readable when there may be something to read; -1 when closed."""
        ...

    def read(self) -> frozenset[str]:
        """Answer the names of mailboxes that changed since the last call, often none. Never waits."""
        ...

    def renew(self) -> None:
        """Ask the server to go on, or raise ServerError when it has not answered the last time. Never waits."""
        ...

    def wait(self, timeout: float) -> frozenset[str]:
        """Wait for news at most so many seconds, renewing meanwhile: the loop above for one pusher alone."""
        ...

    def close(self) -> None:
        """End the connection; never raises."""
        ...


@runtime_checkable
class PushingSession(Protocol):
    """A MailSession of a source that can push; test with isinstance."""

    def push(self) -> Pusher | None:
        """Turn this session into a pusher, or answer None when the server cannot push: then poll, and close.

        After a pusher was answered it owns the connection; the session's other methods raise ServerError.
        """
        ...
