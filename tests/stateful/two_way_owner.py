"""What the owner and rules decide."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from mailhelper_core.actions.undo import UndoService
from mailhelper_core.errors import MailHelperError
from mailhelper_core.model.work.operation import AddKeyword, CopyMessage, MoveMessage, RemoveKeyword
from mailhelper_core.model.work.overlay import out_of_sight
from mailhelper_core.testing import Fault
from tests.stateful.two_way_acts import COPIES, TRASH, faults, keywords, mailboxes, numbers
from tests.stateful.two_way_ends import fates_in
from tests.stateful.two_way_hands import Hands


class OwnerAndRules(Hands):
    """Their words wait until the machine delivers."""

    @precondition(lambda self: self.model.letters)
    @rule(number=numbers, keyword=keywords, by_rule=st.booleans())
    def wish_keyword(self, number: int, keyword: str, by_rule: bool) -> None:
        subject = self.model.pick(number)
        if by_rule and not self.model.may_rule(subject):
            return
        is_on = keyword not in self.model.letters[subject].saw
        operation = AddKeyword if is_on else RemoveKeyword
        self._decide(
            subject,
            lambda message: [operation(message.id, keyword)],
            lambda: self.model.wish_keyword(subject, keyword, is_on=is_on, by_rule=by_rule),
            by_rule=by_rule,
        )

    @precondition(lambda self: self.model.letters)
    @rule(number=numbers, goal=mailboxes, by_rule=st.booleans())
    def wish_move(self, number: int, goal: str, by_rule: bool) -> None:
        subject = self.model.pick(number)
        if self.model.may_wish_move(subject):
            self._decide(
                subject,
                lambda message: [MoveMessage(message.id, self.names[goal])],
                lambda: self.model.wish_move(subject, goal, by_rule=by_rule),
                by_rule=by_rule,
            )

    @rule(goal=mailboxes, by_rule=st.booleans(), backwards=st.booleans())
    def wish_moves(self, goal: str, by_rule: bool, backwards: bool) -> None:
        """All go to one mailbox, and are decided about in some order."""
        for number in sorted(range(len(self.model.letters)), reverse=backwards):
            self.wish_move(number, goal, by_rule)

    @precondition(lambda self: self.model.letters)
    @rule(number=numbers, by_rule=st.booleans())
    def wish_copy(self, number: int, by_rule: bool) -> None:
        subject = self.model.pick(number)
        if not self.model.has_copy(subject):
            self._decide(
                subject,
                lambda message: [CopyMessage(message.id, COPIES)],
                lambda: self.model.wish_copy(subject, COPIES),
                by_rule=by_rule,
            )

    @precondition(lambda self: self.model.letters)
    @rule(number=numbers, by_rule=st.booleans())
    def wish_trash(self, number: int, by_rule: bool) -> None:
        """Out of every mailbox that a message is in."""
        subject = self.model.pick(number)
        if self.model.may_trash(subject, by_rule=by_rule):
            self._decide(
                subject,
                lambda message: out_of_sight(message.id, message.places),
                lambda: self.model.wish_trash(subject, TRASH, by_rule=by_rule),
                by_rule=by_rule,
            )

    @precondition(lambda self: self.model.undoable())
    @rule(number=st.one_of(st.just(-1), numbers))
    def undo(self, number: int) -> None:
        """Take back what was decided last, or anything else."""
        self._undo(number, self.model.undoable())

    @precondition(lambda self: self.model.undoable_alone())
    @rule(number=st.one_of(st.just(-1), numbers), fault=faults)
    def undo_after_a_fault(self, number: int, fault: Fault) -> None:
        """Take back what was sent, and of which nobody knows how far it got."""
        self.sync()
        self.server.faults.add(fault)
        with suppress(MailHelperError):
            self._deliver()
        self.server.faults.clear()
        self._undo(number, self.model.undoable_alone())
        self.come_to_rest()

    def _undo(self, number: int, changes: list[int]) -> None:
        if changes:
            change = changes[number % len(changes)]
            expected = self.model.undo(change, fates_in(self.store))
            report = UndoService(self.owner).undo(change)
            assert (report.undone, report.left) == expected
