"""The cursor of a job that talks to a server: how far its looks came, and how far the rules."""

from __future__ import annotations

import json

from mailhelper_core.jobs.work import Slice
from mailhelper_core.rules.carried import Carried
from mailhelper_core.sync.looked import Looked, Place


class Cursor:
    """Reads the cursor of a slice, and keeps both parts in it as either comes further."""

    def __init__(self, one: Slice) -> None:
        self._mark = one.mark
        self._looked, self.ruled = _read(one.cursor)

    @property
    def place(self) -> Place:
        """Where the looks go on."""
        return Place(self._looked, self._keep_looked)

    def keep_ruled(self, reached: Carried) -> None:
        """Keep how far the rules came."""
        self.ruled = reached
        self._write()

    def _keep_looked(self, looked: Looked) -> None:
        self._looked = looked
        self._write()

    def _write(self) -> None:
        ruled = self.ruled.write()
        both = {"looked": self._looked.write(), "ruled": ruled}
        # Where a slice has time for all mailboxes the rules' part stands alone, as earlier versions wrote it.
        self._mark(json.dumps(both, separators=(",", ":")) if self._looked else ruled)


def _read(cursor: str) -> tuple[Looked, Carried]:
    try:
        both = json.loads(cursor)
    except ValueError:
        both = None
    if not isinstance(both, dict):
        return Looked(), Carried.read(cursor)
    return Looked.read(both.get("looked")), Carried.read(str(both.get("ruled")))
