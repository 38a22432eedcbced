"""What another client does on the server."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.stateful.two_way_acts import LETTERS, MAILBOXES, TRASH, keywords, letter, mailboxes, numbers
from tests.stateful.two_way_hands import Hands
from tests.stateful.two_way_model import Letter
from tests.unit.sync.world import START


class OtherClient(Hands):
    """Its mail comes, changes and goes; its mailboxes are renamed and numbered anew."""

    @precondition(lambda self: len(self.model.letters) < LETTERS)
    @rule(name=mailboxes, carried=st.frozensets(keywords), is_twin=st.booleans())
    def deliver_mail(self, name: str, carried: frozenset[str], is_twin: bool = False) -> None:
        number = len(self.digests) + 1
        subject = f"Letter {number}"
        raw = letter(number, subject, is_twin=is_twin)
        self._box(name).append(raw, flags=sorted(carried), internal_date=START if is_twin else None)
        self.digests[sha256(raw).digest()] = subject
        self.model.letters[subject] = Letter(name, carried)

    @precondition(lambda self: self.model.letters)
    @rule(number=numbers, keyword=keywords)
    def another_client_flags(self, number: int, keyword: str) -> None:
        subject = self.model.pick(number)
        if self.model.may_flag(subject, keyword):
            box, uid = self._place(subject)
            is_on = keyword not in self.model.letters[subject].keywords
            (box.add_flags if is_on else box.remove_flags)([uid], [keyword])
            self.model.flag(subject, keyword)

    @precondition(lambda self: self.model.letters)
    @rule(number=numbers, goal=mailboxes)
    def another_client_moves(self, number: int, goal: str) -> None:
        subject = self.model.pick(number)
        if self.model.letters[subject].mailbox != goal and self.model.may_move(subject, goal):
            box, uid = self._place(subject)
            box.move([uid], self._box(goal))
            self.model.move(subject, goal)

    @precondition(lambda self: self.model.letters)
    @rule(number=numbers)
    def another_client_deletes(self, number: int) -> None:
        subject = self.model.pick(number)
        box, uid = self._place(subject)
        box.expunge([uid])
        self.model.delete(subject)

    @rule(name=mailboxes)
    def the_server_renumbers(self, name: str) -> None:
        inside = self.model.inside(name)
        if all(self.model.may_move(subject) for subject in inside):
            self._box(name).renumber()
            for subject in inside:
                self.model.move(subject, name)

    @rule(name=st.sampled_from(MAILBOXES[1:]), then=st.sampled_from(("sync", "deliver", "come_to_rest")))
    def another_client_renames(self, name: str, then: str) -> None:
        """Rename what holds mail by which we know it again; sync, deliver before that, or come to rest."""
        self.sync()
        has_role = name != TRASH or self._box(name).role is not None
        if self._box(name).messages and has_role:
            number = int(self.names[name].partition(" ")[2] or 0)
            self.names[name], was = f"{name} {number % 3 + 1}", self.names[name]
            self.server.store.user("ada").rename(was, self.names[name])
            if then == "deliver":
                self._deliver()
            (self.sync if then == "sync" else self.come_to_rest)()

    @rule(name=st.sampled_from(MAILBOXES[1:]), then=st.sampled_from(("nothing", "sync", "deliver", "come_to_rest")))
    def another_client_deletes_a_mailbox(self, name: str, then: str) -> None:
        """Delete one with its mail; who wants mail there, we or another client, makes it anew.

        By another name than the usual one a mailbox for trash is known by its role alone, which goes with it.
        """
        has_copies = any(copy.mailbox == name for copy in self.model.copies.values())
        if has_copies or not self._has_box(name) or (name == TRASH and self.names[name] != TRASH):
            return
        self.server.store.user("ada").delete(self.names[name])
        for subject in self.model.inside(name):
            self.model.delete(subject)
        if then == "deliver":
            self._deliver()
        if then != "nothing":
            (self.sync if then == "sync" else self.come_to_rest)()
