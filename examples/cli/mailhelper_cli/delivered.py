"""What became of decisions at the servers when a command told them at once."""

from __future__ import annotations

from dataclasses import dataclass

from mailhelper_core import ErrorNote


@dataclass(frozen=True, slots=True)
class Delivered:
    """How much the servers did, how much waits for them, and what they refused."""

    done: int
    waiting: int
    errors: tuple[ErrorNote, ...] = ()

    def as_value(self) -> dict[str, object]:
        """Answer the keys that every command has that tells the servers."""
        return {"delivered": self.done, "waiting": self.waiting}

    def words(self) -> str:
        """Say it in a few words, and how it goes on with what waits."""
        waits = "waits" if self.waiting == 1 else "wait"
        rest = f", {self.waiting} {waits} for the next `mailhelper run`" if self.waiting else ""
        return f"{self.done} done on the server{rest}"
