"""Mails of one header in one second, on the bundled server in several shapes, and what became of each octet of them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import messages
from mailhelper_core.testing import Bye, Fault, ImapServer, Interrupt
from mailhelper_core.testing.mailstore.mailbox import Mailbox
from tests.contract.delivery.conftest import LACKS, SHAPES, World
from tests.unit.sync.world import START

SIZES = {"one size": ("one", "two"), "two sizes": ("one", "three")}
IDS = {"message-id": "<twins@example.org>", "no message-id": ""}
COMMANDS = ("UID MOVE", "UID COPY")

_RARE = [pytest.param(name, marks=pytest.mark.full) for name in ("no-move", "no-condstore", "all-postgresql")]
_SHAPES = [name for name in LACKS if name not in ("no-move", "no-condstore")]
in_all_shapes = pytest.mark.parametrize("bundled", [*_SHAPES, "bare-postgresql", *_RARE], indirect=True)


def shapes(*names: str) -> pytest.MarkDecorator:
    """On each of these servers with SQLite; on PostgreSQL the SQL is what may differ, so the last one says it."""
    return pytest.mark.parametrize("bundled", [*names, f"{names[-1]}-postgresql"], indirect=True)


untold = shapes("no-uidplus", "bare", "named-bare")
nameless = shapes(*SHAPES)
sizes = pytest.mark.parametrize("bodies", SIZES.values(), ids=SIZES)
ids = pytest.mark.parametrize("message_id", IDS.values(), ids=IDS)


def twin(body: str, message_id: str = "") -> bytes:
    field = f"Message-ID: {message_id}\r\n" if message_id else ""
    return f"{field}From: Bob <bob@example.org>\r\nSubject: Twins\r\n\r\n{body}\r\n".encode()


def server_of(world: World) -> ImapServer:
    assert world.server is not None
    return world.server


def box(world: World, name: str) -> Mailbox:
    user = server_of(world).store.user("ada")
    if name not in [one.name for one in user.mailboxes]:
        user.create(name)
    return user.mailbox(name)


def put(world: World, *raws: bytes, mailbox: str = "INBOX") -> None:
    for raw in raws:
        box(world, mailbox).append(raw, internal_date=START)


def id_of(world: World, raw: bytes) -> int:
    with world.owner.read() as uow:
        found = list(uow.connection.scalars(select(t.messages.c.id)))
        return next(id_ for id_ in found if messages.raw(uow, id_) == raw)


def held(world: World) -> dict[str, list[bytes]]:
    """What the server holds by mailbox: what was removed for good is what is missing here."""
    found = {
        one.name: sorted(mail.raw for mail in one.messages) for one in server_of(world).store.user("ada").mailboxes
    }
    return {name: raws for name, raws in found.items() if raws}


def assert_places_are_true(world: World) -> None:
    """Every place in the store is that of the message that the server has under that uid."""
    p, b = t.placements.c, t.mailboxes.c
    joined = select(b.name, p.uid, p.message_id).join_from(t.placements, t.mailboxes, b.id == p.mailbox_id)
    with world.owner.read() as uow:
        stored = {(name, uid): messages.raw(uow, id_) for name, uid, id_ in uow.execute(joined)}
    user = server_of(world).store.user("ada")
    assert stored == {(one.name, mail.uid): mail.raw for one in user.mailboxes for mail in one.messages}


def cut(world: World, action: Bye | Interrupt) -> None:
    """Deliver, and lose the connection at the command that moves or copies."""
    faults = server_of(world).faults
    for command in COMMANDS:
        faults.add(Fault(command, action))
    world.deliver()
    assert faults.fired
    faults.clear()


def carry_out(world: World, *, synced: bool) -> None:
    for number in range(3):
        world.pass_time(hours=2)
        if synced or number:
            world.sync()
        world.deliver()
    world.sync()
