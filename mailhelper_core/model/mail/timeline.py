"""The timeline of a message: what happened to it, and why it is where it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

TimelineKind = Literal["received", "opinion", "correction", "rule", "tag", "operation"]


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened: `what` in a few words, who did it, and the reasons it had.

    What other clients do on the server, moves and keywords, is not among it: a sync finds what they left and keeps no
    history. Where the message lies now its `places` say.
    """

    at: datetime  # when
    kind: TimelineKind  # what sort of thing
    what: str  # such as `category finance (0.93)` or `move Archive (delivered)`
    by: str  # a person, a rule, a classifier with its version, `sync`
    reasons: tuple[str, ...] = ()  # in the order of their weight or of the rule's tests
