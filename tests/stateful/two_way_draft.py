"""What must come of a draft: it waits, lies on the server, is changed there, is taken back."""

from __future__ import annotations

from dataclasses import dataclass

DRAFTS = "Drafts"
CARRIED = frozenset({"\\Draft", "\\Seen"})  # by a draft of ours


@dataclass
class Draft:
    """A draft that was saved: what waits for it, and how it lies on the server."""

    change: int
    waits: str = "append"
    is_there: bool = False
    is_changed: bool = False

    def fulfil(self) -> None:
        """It arrives, or goes unless somebody has gone on writing it."""
        if self.waits == "append":
            self.is_there = True
        elif self.waits == "drop" and not self.is_changed:
            self.is_there = False
        self.waits = ""
