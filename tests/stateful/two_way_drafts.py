"""Drafts: the owner has answers put into the drafts, takes them back, or goes on writing in another client."""

from __future__ import annotations

from hashlib import sha256
from typing import cast

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from mailhelper_core.actions.undo import UndoService
from mailhelper_core.egress.gate import EgressGate
from mailhelper_core.model.work.operation import AppendDraft
from mailhelper_core.replies.service import ReplyService
from mailhelper_core.replies.styles import StyleService
from tests.stateful.two_way_acts import numbers
from tests.stateful.two_way_draft import CARRIED, DRAFTS, Draft
from tests.stateful.two_way_ends import id_in, name_of
from tests.stateful.two_way_hands import Hands


class Drafts(Hands):
    """The owner's drafts."""

    @precondition(lambda self: self.model.letters and len(self.model.drafts) < 4)
    @rule(number=numbers, is_discarded=st.booleans())
    def write_a_draft(self, number: int, is_discarded: bool) -> None:
        """Draft an answer and change it; discard it, or let it be saved, which discarding it then leaves alone."""
        with self.owner.read() as uow:
            id_ = id_in(uow, self.digests, self.model.pick(number))
        if id_ is None:
            return
        name = f"Draft {len(self.digests) + 1}"
        replies = ReplyService(self.owner, cast("EgressGate", None), StyleService(self.owner))
        draft = replies.draft(id_, provider=False)
        if not is_discarded:
            replies.edit(draft.id, body=f"{name}: text")
            change = replies.save(draft.id)
            [entry] = change.entries
            assert isinstance(entry.operation, AppendDraft)
            self.digests[bytes.fromhex(entry.operation.digest)] = name
            self.model.drafts[name] = Draft(change.id)
        replies.discard(draft.id)

    @precondition(lambda self: any(one.change for one in self.model.drafts.values()))
    @rule(number=numbers)
    def undo_a_draft(self, number: int) -> None:
        """Take a draft back, whatever became of the message that it answers."""
        open_ = [one for one in self.model.drafts.values() if one.change]
        draft = open_[number % len(open_)]
        report = UndoService(self.owner).undo(draft.change)
        assert (report.undone, report.left) == (1, 0)
        draft.waits, draft.change = ("" if draft.waits else "drop"), 0

    @precondition(lambda self: any(one.is_there for one in self.model.drafts.values()))
    @rule(number=numbers, is_sent=st.booleans())
    def another_client_takes_a_draft(self, number: int, is_sent: bool) -> None:
        """The owner sends a draft from there, or goes on writing: another mail with the same Message-ID."""
        there = sorted(name for name, one in self.model.drafts.items() if one.is_there)
        name = there[number % len(there)]
        box = self.server.store.user("ada").mailbox(DRAFTS)
        [old] = [one for one in box.messages if name_of(one.raw) == name]
        box.expunge([old.uid])
        draft = self.model.drafts[name]
        draft.is_there = not is_sent
        if not is_sent:
            raw = old.raw + b"And more.\r\n"
            box.append(raw, flags=sorted(CARRIED))
            self.digests[sha256(raw).digest()] = name
            draft.is_changed = True
