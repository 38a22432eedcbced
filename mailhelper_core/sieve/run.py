"""The state of a script on one mail: variables, flags, what was decided so far, and how it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mailhelper_core.sieve.action import Action, Decision, Discard, FileInto, Keep, Redirect, Reject, Seen, Vacation
from mailhelper_core.sieve.mail import SieveMail, Surroundings

# Pigeonhole's sieve_max_redirects and sieve_max_actions: a script is no mailing list.
MAX_REDIRECTS = 4
MAX_ACTIONS = 32
INBOX = "INBOX"


class Broken(Exception):
    """The script cannot go on; the mail is kept."""


class Run:
    """A script while it looks at one mail."""

    __slots__ = ("actions", "around", "flags", "groups", "keeps", "mail", "named", "seen", "values")

    def __init__(self, mail: SieveMail, around: Surroundings, flags: Sequence[str] = ()) -> None:
        self.mail = mail
        self.around = around
        self.values: dict[str, str] = {}
        self.groups: Sequence[str] = ()
        self.flags = list(flags)
        self.named: set[str] = set()  # flags that commands set or took
        self.actions: list[Action] = []
        self.seen: list[Seen] = []
        self.keeps = True  # whether the implicit keep still stands

    def add(self, action: Action, *, cancels_keep: bool = True) -> None:
        """Note an action; one that was decided before only changes the flags. Raises Broken for a conflict."""
        self.keeps = self.keeps and not cancels_keep
        for index, one in enumerate(self.actions):
            if _is_same(one, action):
                self.actions[index] = _merged(one, action)
                return
        self._check(action)
        self.actions.append(action)

    def decision(self) -> Decision:
        """Answer what was decided when the script has ended."""
        if self.keeps:
            self.add(Keep(tuple(self.flags), is_implicit=True))
        return Decision(tuple(self.actions), tuple(self.seen), named=frozenset(self.named))

    def _check(self, action: Action) -> None:
        if len(self.actions) >= MAX_ACTIONS:
            raise Broken(f"more than {MAX_ACTIONS} actions")
        if isinstance(action, Redirect) and sum(isinstance(one, Redirect) for one in self.actions) >= MAX_REDIRECTS:
            raise Broken(f"more than {MAX_REDIRECTS} redirects")
        for kind in (Reject, Vacation):
            if isinstance(action, kind) and any(isinstance(one, kind) for one in self.actions):
                raise Broken(f"a second {kind.__name__.lower()}")
        if any(_conflict(one, action) or _conflict(action, one) for one in self.actions):
            raise Broken("reject beside an action that delivers or answers")


def _is_same(one: Action, other: Action) -> bool:
    match one, other:
        case (Keep() | FileInto(), Keep() | FileInto()):
            return _mailbox(one) == _mailbox(other)
        case (Redirect(first), Redirect(second)):
            return first.lower() == second.lower()
        case (Discard(), Discard()):
            return True
    return False


def _merged(one: Action, other: Action) -> Action:
    """The later flags win (RFC 5232 5 leaves it open; Pigeonhole does so)."""
    if isinstance(one, Keep | FileInto) and isinstance(other, Keep | FileInto):
        return replace(one, flags=other.flags, has_own_flags=other.has_own_flags)
    return one


def _mailbox(action: Keep | FileInto) -> str:
    name = action.mailbox if isinstance(action, FileInto) else INBOX
    return INBOX if name.upper() == INBOX else name


def _conflict(one: Action, other: Action) -> bool:
    return isinstance(one, Reject) and isinstance(other, Keep | FileInto | Redirect | Vacation)
