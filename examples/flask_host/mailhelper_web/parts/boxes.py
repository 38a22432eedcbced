"""What stands beside every page: the owner's mailboxes with unread counts, and saved searches; kept some seconds."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from flask import Flask, current_app, request
from werkzeug.wrappers import Response

from mailhelper_core import Mailbox, OwnerServices, SavedSearch
from mailhelper_web.owner import mine
from mailhelper_web.visitor import visitor, visitor_or_none

# Counting the mail of a large account takes longer than the rest of a page; what is older is counted anew.
FRESH_SECONDS = 15.0
# Owners that this process remembers.
MAX_OWNERS = 1_000
# So many stand beside a page; all of them have a page of their own.
SHOWN = 30
# What stands beside the pages for everybody.
_IN_VIEWS = frozenset(("inbox", "archive", "junk", "sent", "trash", "drafts"))
# What the key of a mailbox's list begins with.
BOX = "box-"
_KEY = re.compile(rf"{BOX}([0-9]{{1,18}})")


@dataclass(frozen=True, slots=True)
class Box:
    """A mailbox as the pages show it; `account` is named where there are several."""

    id: int
    account_id: int
    name: str
    role: str
    account: str
    messages: int
    unread: int

    @property
    def key(self) -> str:
        """The name of its list in addresses."""
        return f"{BOX}{self.id}"

    @property
    def query(self) -> str:
        """The query that finds its mail."""
        quoted = self.name.replace('"', '""')
        return f'in="{quoted}" account:{self.account_id}'


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside the pages of one owner."""

    boxes: tuple[Box, ...] = ()
    searches: tuple[SavedSearch, ...] = ()


_NOTHING = (0.0, _Beside())


@dataclass
class _Kept:
    """What was counted, by owner, with when it is too old."""

    by_owner: OrderedDict[str, tuple[float, _Beside]] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def get(self, owner: str) -> _Beside | None:
        with self.lock:
            until, beside = self.by_owner.get(owner, _NOTHING)
        return beside if monotonic() < until else None

    def put(self, owner: str, beside: _Beside) -> None:
        with self.lock:
            self.by_owner[owner] = monotonic() + FRESH_SECONDS, beside
            while len(self.by_owner) > MAX_OWNERS:
                self.by_owner.popitem(last=False)

    def forget(self, owner: str) -> None:
        with self.lock:
            self.by_owner.pop(owner, None)


def add_boxes(app: Flask) -> None:
    """Remember mailboxes in this app; whatever a visitor does lets theirs be counted anew."""
    kept = app.extensions["boxes"] = _Kept()

    @app.after_request
    def forget(response: Response) -> Response:
        user = visitor_or_none() if request.method == "POST" else None
        if user is not None:
            kept.forget(user.owner)
        return response


def boxes() -> tuple[Box, ...]:
    """Answer all mailboxes of the visitor, those of one account together."""
    return _beside().boxes


def searches_beside() -> tuple[SavedSearch, ...]:
    """Answer the visitor's saved searches that stand beside a page; all of them stand on the page of a search."""
    return _beside().searches[:SHOWN]


def _beside() -> _Beside:
    kept: _Kept = current_app.extensions["boxes"]
    owner = visitor().owner
    found = kept.get(owner)
    if found is None:
        ada = mine()
        found = _Beside(_counted(ada), ada.searches.list())
        kept.put(owner, found)
    return found


def boxes_beside() -> tuple[Box, ...]:
    """Answer those that stand beside a page: not those that everybody has a list of; with mail before others."""
    all_boxes = boxes()
    several = len({one.account_id for one in all_boxes}) > 1
    own = [one for one in all_boxes if one.role not in _IN_VIEWS or (several and one.role == "inbox")]
    if len(own) <= SHOWN:
        return tuple(own)
    first = {one.id for one in sorted(own, key=lambda one: not one.unread)[:SHOWN]}
    return tuple(one for one in own if one.id in first)


def box_of(key: str) -> Box | None:
    """Answer the mailbox whose list is asked for by this key, None for none of the visitor's."""
    found = _KEY.fullmatch(key)
    return _box_by_id(int(found[1])) if found else None


def _box_by_id(box_id: int) -> Box | None:
    """Look for a mailbox in what is remembered, then anew: a sync may have made it since."""
    for _ in range(2):
        for one in boxes():
            if one.id == box_id:
                return one
        kept: _Kept = current_app.extensions["boxes"]
        kept.forget(visitor().owner)
    return None


def _counted(ada: OwnerServices) -> tuple[Box, ...]:
    found = ada.accounts.mailboxes()
    several = len({one.account_id for one in found}) > 1
    names = {one.id: one.name for one in ada.accounts.list()} if several else {}
    return tuple(_box(one, names.get(one.account_id, "")) for one in found)


def _box(one: Mailbox, account: str) -> Box:
    return Box(one.id, one.account_id, one.name, one.role, account, one.messages, one.unread)
