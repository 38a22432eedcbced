"""A clock that stands still until it is told to go on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

# The time at which generated mailboxes end, so that their deadlines lie ahead.
_START = datetime(2025, 3, 3, 8, 0, tzinfo=UTC)


class FixedClock:
    """Answers the same aware time until `advance` moves it."""

    def __init__(self, now: datetime = _START) -> None:
        if now.tzinfo is None:
            raise ValueError("the clock needs a time with a zone")
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> datetime:
        """Move the clock, back for a negative number, and answer its new time."""
        self.now += timedelta(seconds=seconds)
        return self.now
