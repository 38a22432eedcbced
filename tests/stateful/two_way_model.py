"""What must come of mail that another client, its owner and rules change at the same time; knows nothing of ours.

What another client does happens at once. What the owner or a rule decided happens at the next delivery, wherever the
message is by then: an owner's word always, a rule's only where nobody changed the message since the rule saw it. For
keywords that is as far as the server can tell: by its numbers, and around a move or a renumbering by the keywords.
What was changed and changed back there, or to what the owner's own waiting word makes of it, may be told or not, so
no example does that. A rule's move gives way where the message is in no mailbox in which the rule knew it, or to
which we brought it from there; one that another client moved away and back may have been seen away or not, so no
example does that either. Nor does one let another client move on what it had brought where its owner wants it: a
delivery finds that done, unless a sync sees the second move before it.

A copy carries what its letter carried when it was made. Owners speak of a message, in whichever mailboxes it lies; of
one that has a copy no rule speaks here, for it would have seen two states, and nobody moves it, for one of two places.
To throw a message away takes it out of every mailbox, wherever another client has moved it.
A draft lies among the drafts once it is delivered, whatever becomes of the message that it answers; an undo takes away
only what nobody has gone on writing.
A mailbox that another client deletes takes its mail along; where mail is wanted there, it is made anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.stateful.two_way_draft import CARRIED, DRAFTS, Draft

# By subject the mailboxes in which a letter lies, in order, each with the keywords that it carries there.
Places = dict[str, list[tuple[str, frozenset[str]]]]


def in_order(places: Places) -> Places:
    """Answer places so that they can be compared."""
    return {subject: sorted(found, key=lambda one: (one[0], sorted(one[1]))) for subject, found in places.items()}


@dataclass
class Copy:
    """A copy of a letter."""

    mailbox: str
    keywords: frozenset[str]


@dataclass
class Letter:
    """What is known of a message; version counts what others changed, seen and saw are what of it we know."""

    mailbox: str
    keywords: frozenset[str] = frozenset()
    version: int = 0
    seen: int = 0
    saw: frozenset[str] = frozenset()
    saw_mailbox: str = ""

    def toggled(self, keyword: str) -> frozenset[str]:
        """Answer its keywords with one the other way round."""
        return self.keywords ^ {keyword}


@dataclass(eq=False)
class Wish:
    """A decision on its way: wanted is a keyword with its value, or a mailbox to be moved into."""

    subject: str
    keyword: str = ""
    is_on: bool = False
    mailbox: str = ""
    decided_at: int | None = None  # the version that a rule saw
    saw: frozenset[str] = frozenset()  # and the keywords
    has_moved: bool = False  # no number that the rule saw counts where the message is now
    known: set[str] = field(default_factory=set)  # the mailboxes in which a rule knows the message
    copy: str = ""  # where a copy is wanted
    is_of_copy: bool = False  # it is the copy that is to be moved
    is_drop: bool = False  # the copy is to go
    had_copy: bool = False  # when this was decided
    back: str = ""  # where the message was shown before a move
    change: int = 0  # what takes it back; 0 for what an undo decided
    is_undone: bool = False

    @property
    def aspect(self) -> str:
        """Say what of a message it decides."""
        return self.keyword or self.copy or "place"

    def holds_for(self, letter: Letter) -> bool:
        """Say whether the message's keywords are as a rule saw them."""
        return letter.keywords == self.saw if self.has_moved else letter.version == self.decided_at


@dataclass
class Model:
    """The mail by its subjects, and what is wished; tells_changes: the server numbers the changes (CONDSTORE)."""

    tells_changes: bool
    letters: dict[str, Letter] = field(default_factory=dict)
    wishes: list[Wish] = field(default_factory=list)
    log: list[Wish] = field(default_factory=list)
    unseen_moves: set[str] = field(default_factory=set)
    copies: dict[str, Copy] = field(default_factory=dict)
    drafts: dict[str, Draft] = field(default_factory=dict)

    def pick(self, number: int) -> str:
        """Answer the subject of one letter."""
        return sorted(self.letters)[number % len(self.letters)]

    # another client

    def may_flag(self, subject: str, keyword: str) -> bool:
        """Say whether this changes nothing back that no number tells."""
        numberless = [one for one in self._rule_s(subject) if one.has_moved or self._is_on_its_way(subject)]
        return not any(self._hides(one, self.letters[subject].toggled(keyword)) for one in numberless)

    def flag(self, subject: str, keyword: str) -> None:
        """Another client sets a keyword or takes it off."""
        letter = self.letters[subject]
        letter.version += 1
        letter.keywords = letter.toggled(keyword)

    def may_move(self, subject: str, goal: str = "") -> bool:
        """Say whether what waits for the message has one end, whatever was seen of it when; see above."""
        letter = self.letters[subject]
        moves = [w for w in self.wishes if w.subject == subject and w.mailbox and not w.is_of_copy]
        if any(w.decided_at is not None and letter.mailbox not in w.known and goal in w.known for w in moves):
            return False
        if any(w.decided_at is None and w.mailbox == letter.mailbox == letter.saw_mailbox for w in moves):
            return False
        return not any(
            w.decided_at != letter.version and self._hides(w, letter.keywords) for w in self._rule_s(subject)
        )

    def move(self, subject: str, mailbox: str) -> None:
        """Another client moves a message, or its mailbox is numbered anew."""
        self.letters[subject].mailbox = mailbox
        self.unseen_moves.add(subject)
        for wish in self._rule_s(subject):
            wish.has_moved = True

    def delete(self, subject: str) -> None:
        """Another client deletes a letter; a copy stays."""
        del self.letters[subject]

    def inside(self, mailbox: str) -> list[str]:
        """Answer the subjects in a mailbox."""
        return [subject for subject, letter in self.letters.items() if letter.mailbox == mailbox]

    # the owner, and rules

    def may_rule(self, subject: str) -> bool:
        """Say whether a rule may decide: not on a state whose change hides behind a move that waits."""
        if self.has_copy(subject):
            return False
        letter = self.letters[subject]
        next_ = Wish(subject, saw=letter.saw)
        was_changed_back = letter.version != letter.seen and self._hides(next_, letter.keywords)
        return not (was_changed_back and self._is_on_its_way(subject))

    def wish_keyword(self, subject: str, keyword: str, *, is_on: bool, by_rule: bool) -> None:
        """Note what the owner or a rule decided about a keyword."""
        letter = self.letters[subject]
        decided_at = letter.seen if by_rule else None
        has_moved = subject in self.unseen_moves
        wish = Wish(subject, keyword, is_on, "", decided_at, letter.saw, has_moved, had_copy=self.has_copy(subject))
        self.wishes.append(wish)

    def wish_move(self, subject: str, mailbox: str, *, by_rule: bool) -> None:
        """Note where the owner or a rule wants a message."""
        letter = self.letters[subject]
        decided_at = letter.seen if by_rule else None
        back, _ = self.shown(subject)
        known = {letter.saw_mailbox}
        self.wishes.append(Wish(subject, mailbox=mailbox, decided_at=decided_at, known=known, back=back))

    def has_copy(self, subject: str) -> bool:
        """Say whether there is a copy of a letter, or will be."""
        return subject in self.copies or any(one.subject == subject and one.copy for one in self.wishes)

    def may_wish_move(self, subject: str) -> bool:
        """Say whether a move has one end."""
        return self.may_move(subject) and not self.has_copy(subject)

    def wish_copy(self, subject: str, mailbox: str) -> None:
        """Note where a copy of a message is wanted."""
        self.wishes.append(Wish(subject, copy=mailbox))

    def may_trash(self, subject: str, *, by_rule: bool) -> bool:
        """Say whether to throw a message away has one end."""
        return self.may_move(subject) and not (by_rule and self.has_copy(subject))

    def wish_trash(self, subject: str, trash: str, *, by_rule: bool) -> None:
        """Note that a message is to go to the trash from wherever it is shown; where it is shown, that is its end."""
        at, copy_at = self.shown(subject)
        if at != trash:
            self.wish_move(subject, trash, by_rule=by_rule)
        if copy_at not in ("", trash):
            self.wishes.append(Wish(subject, mailbox=trash, is_of_copy=True))

    def shown(self, subject: str) -> tuple[str, str]:
        """Answer where a letter and its copy are shown: where they were seen, with all that waits."""
        at, copy_at = self.letters[subject].saw_mailbox, ""
        if subject in self.copies:
            copy_at = self.copies[subject].mailbox
        for one in self.wishes:
            if one.subject == subject and one.mailbox:
                at, copy_at = (at, one.mailbox) if one.is_of_copy else (one.mailbox, copy_at)
            elif one.subject == subject and (one.copy or one.is_drop):
                copy_at = one.copy
        return at, copy_at

    def note(self, change: int, since: int) -> None:
        """Say by which change these wishes are taken back: those after so many."""
        for wish in self.wishes[since:]:
            wish.change = change
        self.log += self.wishes[since:]

    # we

    def look(self) -> None:
        """A sync has seen everything."""
        self.unseen_moves.clear()
        for letter in self.letters.values():
            letter.seen, letter.saw, letter.saw_mailbox = letter.version, letter.keywords, letter.mailbox

    def fulfil(self) -> None:
        """Everything was delivered."""
        holds = [wish.subject in self.letters and wish.holds_for(self.letters[wish.subject]) for wish in self.wishes]
        for wish, stands in zip(self.wishes, holds, strict=True):
            self._fulfil(wish, stands=stands)
        self.wishes.clear()
        for draft in self.drafts.values():
            draft.fulfil()

    def expected(self, names: Mapping[str, str]) -> Places:
        """Answer where each message is, by the names that mailboxes have now, and its keywords."""
        found: Places = {}
        for subject, letter in self.letters.items():
            found[subject] = [(names[letter.mailbox], letter.keywords)]
        for subject, copy in self.copies.items():
            found.setdefault(subject, []).append((names[copy.mailbox], copy.keywords))
        found |= {name: [(DRAFTS, CARRIED)] for name, one in self.drafts.items() if one.is_there}
        return in_order(found)

    def _fulfil(self, wish: Wish, *, stands: bool) -> None:
        letter = self.letters.get(wish.subject)
        if wish.keyword and (stands or wish.decided_at is None or not self.tells_changes):
            self._fulfil_keyword(wish)
        elif letter is not None and wish.is_drop:
            self.copies.pop(wish.subject, None)
        elif wish.is_of_copy:
            if wish.subject in self.copies:  # the letter may have gone before it was copied
                self.copies[wish.subject].mailbox = wish.mailbox
        elif letter is not None and wish.mailbox:
            self._fulfil_move(letter, wish)
        elif letter is not None and wish.copy:
            self.copies[wish.subject] = Copy(wish.copy, letter.keywords)

    def _fulfil_keyword(self, wish: Wish) -> None:
        keyword = {wish.keyword}
        for one in (self.letters.get(wish.subject), self.copies.get(wish.subject)):
            if one is not None:
                one.keywords = one.keywords | keyword if wish.is_on else one.keywords - keyword

    def _fulfil_move(self, letter: Letter, wish: Wish) -> None:
        if wish.decided_at is None or letter.mailbox in wish.known:
            for later in self.wishes:
                if later.subject == wish.subject and letter.mailbox in later.known:
                    later.known.add(wish.mailbox)
            letter.mailbox = wish.mailbox

    def _rule_s(self, subject: str) -> list[Wish]:
        """Answer what rules decided about keywords of a message."""
        return [w for w in self.wishes if w.subject == subject and w.keyword and w.decided_at is not None]

    def _hides(self, wish: Wish, keywords: frozenset[str]) -> bool:
        """Say whether the owner's words before a rule's make the same of these keywords as of those it saw."""
        saw = wish.saw
        for one in self.wishes:
            if one is wish:
                break
            if one.subject == wish.subject and one.keyword and one.decided_at is None:
                keyword = {one.keyword}
                saw, keywords = (
                    (saw | keyword, keywords | keyword) if one.is_on else (saw - keyword, keywords - keyword)
                )
        return saw == keywords

    def _is_on_its_way(self, subject: str) -> bool:
        return any(one.subject == subject and one.mailbox for one in self.wishes)
