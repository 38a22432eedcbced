"""What another client does to the message "one" while a rule or the owner has decided about it, and ways to watch."""

from __future__ import annotations

from contextlib import closing

from mailhelper_core.model.mail.keyword import FLAGGED, SEEN
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.server.imap.connection import connect_imap
from tests.contract.delivery.conftest import World

WORK = "$work"


def tells_changes(world: World) -> bool:
    with closing(connect_imap(world.endpoint)) as session:
        return session.info.has_mod_seq


def another_moves(world: World, source: str = "INBOX", target: str = "Finance") -> None:
    with world.other_client(source) as session:
        session.move(session.uids(), target)


def another_flags(world: World, mailbox: str = "INBOX") -> None:
    with world.other_client(mailbox) as session:
        session.store(uids_of_one(session), add=frozenset({FLAGGED}))


def uids_of_one(session: MailSession) -> UidSet:
    return UidSet.of(told.uid for told in session.metadata(session.uids()) if b"Subject: one" in told.header)


def flags_then_moves(world: World) -> None:
    another_flags(world)
    another_moves(world)


def moves_then_flags(world: World) -> None:
    another_moves(world)
    another_flags(world, "Finance")


def moves_is_seen_then_flags(world: World) -> None:
    another_moves(world)
    world.sync()
    another_flags(world, "Finance")


def begin(world: World) -> int:
    world.put("old", mailbox="Finance")
    world.put("one", keywords=(SEEN,))
    world.sync()
    return world.id("one")


def carried_out(world: World) -> None:
    """Deliver, and once more after the sync that finds what moved meanwhile."""
    for _ in range(2):
        world.deliver()
        world.pass_time(hours=1)
        world.sync()
    world.deliver()


OTHERS = (flags_then_moves, moves_then_flags, moves_is_seen_then_flags)
