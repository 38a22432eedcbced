"""What a script decides on a mail: the actions, in the order in which they were met."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keep:
    """File into the default mailbox, with these flags; is_implicit when no command said so."""

    flags: tuple[str, ...] = ()
    is_implicit: bool = False
    has_own_flags: bool = False  # by :flags, not those that the script had set so far


@dataclass(frozen=True, slots=True)
class FileInto:
    """File into a mailbox, or into the one of this special use where there is one."""

    mailbox: str
    flags: tuple[str, ...] = ()
    creates: bool = False  # RFC 5490: make it where it is missing
    special_use: str = ""
    has_own_flags: bool = False  # as Keep's


@dataclass(frozen=True, slots=True)
class Discard:
    """Do not keep it."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """Send it on; not carried out here."""

    address: str


@dataclass(frozen=True, slots=True)
class Reject:
    """Send it back with a reason; not carried out here."""

    reason: str


@dataclass(frozen=True, slots=True)
class Vacation:
    """Answer that one is away; not carried out here."""

    reason: str


Action = Keep | FileInto | Discard | Redirect | Reject | Vacation


@dataclass(frozen=True, slots=True)
class Seen:
    """One `duplicate` test: the id under its handle, to be remembered for so many seconds once the script ended."""

    handle: str
    unique_id: str
    seconds: int
    is_last: bool  # RFC 7352 :last, the time runs anew with each duplicate


@dataclass(frozen=True, slots=True)
class Decision:
    """What a script decided; error says why it was broken off, the mail is then kept.

    named: the flags that its commands set or took, wherever the mail goes; others are as they were.
    """

    actions: tuple[Action, ...]
    seen: tuple[Seen, ...] = ()
    error: str = ""
    named: frozenset[str] = frozenset()
