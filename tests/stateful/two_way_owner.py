"""What the owner and rules decide."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from mailhelper_core.model.work.operation import AddKeyword, CopyMessage, MoveMessage, RemoveKeyword
from mailhelper_core.model.work.overlay import out_of_sight
from tests.stateful.two_way_acts import COPIES, TRASH, keywords, mailboxes, numbers
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
        if self._decide(subject, lambda message: [operation(message.id, keyword)], by_rule=by_rule):
            self.model.wish_keyword(subject, keyword, is_on=is_on, by_rule=by_rule)

    @precondition(lambda self: self.model.letters)
    @rule(number=numbers, goal=mailboxes, by_rule=st.booleans())
    def wish_move(self, number: int, goal: str, by_rule: bool) -> None:
        subject = self.model.pick(number)
        if self.model.may_wish_move(subject) and self._decide(
            subject, lambda message: [MoveMessage(message.id, self.names[goal])], by_rule=by_rule
        ):
            self.model.wish_move(subject, goal, by_rule=by_rule)

    @rule(goal=mailboxes, by_rule=st.booleans(), backwards=st.booleans())
    def wish_moves(self, goal: str, by_rule: bool, backwards: bool) -> None:
        """All go to one mailbox, and are decided about in some order."""
        for number in sorted(range(len(self.model.letters)), reverse=backwards):
            self.wish_move(number, goal, by_rule)

    @precondition(lambda self: self.model.letters)
    @rule(number=numbers, by_rule=st.booleans())
    def wish_copy(self, number: int, by_rule: bool) -> None:
        subject = self.model.pick(number)
        if not self.model.has_copy(subject) and self._decide(
            subject, lambda message: [CopyMessage(message.id, COPIES)], by_rule=by_rule
        ):
            self.model.wish_copy(subject, COPIES)

    @precondition(lambda self: self.model.letters)
    @rule(number=numbers, by_rule=st.booleans())
    def wish_trash(self, number: int, by_rule: bool) -> None:
        """Out of every mailbox that a message is in."""
        subject = self.model.pick(number)
        if self.model.may_trash(subject, by_rule=by_rule) and self._decide(
            subject, lambda message: out_of_sight(message.id, message.places), by_rule=by_rule
        ):
            self.model.wish_trash(subject, TRASH, by_rule=by_rule)
