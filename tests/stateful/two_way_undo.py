"""What must come of taking a decision back: it is as if it had never been made, or the opposite is decided.

What was not sent is withdrawn. Of what was, the opposite is decided: a keyword with the owner's word; a move like a
rule's, back to where the message was shown; a copy goes, unless it is the last that is left. What is not shown any
more as the decision left it, or was decided about again, stays as it is, and is counted.

Of a message that has a copy the model takes back no move that was carried out, for which of the two goes back? And no
keyword that was decided about while it had one: of the two some may have carried it already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from tests.stateful.two_way_ends import Fate
from tests.stateful.two_way_model import Model, Wish

# How entries end that changed nothing.
DROPPED = frozenset({"conflicted", "dead", "cancelled"})


class UndoModel(Model):
    """The model, with what it takes back."""

    def undoable(self) -> list[int]:
        """Answer the changes that can be taken back, oldest first."""
        return sorted({one.change for one in self.log if one.change and not one.is_undone and self._may_undo(one)})

    def undoable_alone(self) -> list[int]:
        """Answer those of one entry: of several a delivery that failed may have carried out some.

        Nor a copy's move to the trash: where it was carried out the copy goes back, which the model does not follow.
        """
        entries = Counter(one.change for one in self.log)
        copies = {one.change for one in self.log if one.is_of_copy}
        return [change for change in self.undoable() if entries[change] == 1 and change not in copies]

    def undo(self, change: int, fates: Mapping[int, Fate]) -> tuple[int, int]:
        """Take a change back, given how far each got; answer of how many entries, and how many are left."""
        undone = left = 0
        self.wishes = [one for one in self.wishes if not one.change or fates[one.change].state not in DROPPED]
        for wish in [one for one in reversed(self.log) if one.change == change and not one.is_undone]:
            if fates[change].state in DROPPED:
                continue
            if self._was_decided_again(wish, fates) or not self._is_in_force(wish):
                left += 1
                continue
            undone, wish.is_undone = undone + 1, True
            if not fates[change].was_sent:
                self.wishes.remove(wish)
            else:
                self._reverse(wish)
        for wish in self.log:
            wish.is_undone = wish.is_undone or (wish.change == change and not left)  # what came to nothing, too
        return undone, left

    def _may_undo(self, wish: Wish) -> bool:
        if wish.subject not in self.letters:
            return False
        is_simple = not wish.had_copy if wish.keyword else bool(wish.copy) or self.may_wish_move(wish.subject)
        return wish in self.wishes or is_simple

    def _was_decided_again(self, wish: Wish, fates: Mapping[int, Fate]) -> bool:
        later = self.log[self.log.index(wish) + 1 :]
        return any(
            one.subject == wish.subject
            and one.aspect == wish.aspect
            and one.change not in (0, wish.change)
            and not one.is_undone
            and fates[one.change].state not in DROPPED
            for one in later
        )

    def _is_in_force(self, wish: Wish) -> bool:
        if wish.keyword:
            return all((wish.keyword in one) == wish.is_on for one in self._shown_keywords(wish.subject))
        return (wish.copy or wish.mailbox) in self.shown(wish.subject)

    def _shown_keywords(self, subject: str) -> list[frozenset[str]]:
        """Answer what a letter, and its copy, are shown with."""
        found = [self.letters[subject].saw]
        if subject in self.copies:
            found.append(self.copies[subject].keywords)
        for one in self.wishes:
            if one.subject != subject:
                continue
            if one.keyword:
                found = [shown | {one.keyword} if one.is_on else shown - {one.keyword} for shown in found]
            elif one.copy:
                found.append(found[0])
            elif one.is_drop:
                found = found[:1]
        return found

    def _reverse(self, wish: Wish) -> None:
        if wish.keyword:
            self.wish_keyword(wish.subject, wish.keyword, is_on=not wish.is_on, by_rule=False)
        elif wish.copy:
            self.wishes.append(Wish(wish.subject, is_drop=True))
        else:
            self.wish_move(wish.subject, wish.back, by_rule=True)
