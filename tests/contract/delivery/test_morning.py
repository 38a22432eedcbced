"""The morning of docs/discussions/sync.md: base, shown and server, line by line."""

from __future__ import annotations

from sqlalchemy import select

from mailhelper_core.model.mail.keyword import FLAGGED, unpack_keywords
from mailhelper_core.model.work.operation import AddKeyword, MoveMessage
from mailhelper_core.store import tables as t
from tests.contract.delivery.conftest import World

BILLS = "$bills"


def base(world: World) -> list[str]:
    p, b = t.placements.c, t.mailboxes.c
    columns = (b.name, p.base_flags, p.base_keywords)
    statement = select(*columns).join(t.mailboxes, b.id == p.mailbox_id).where(p.uid.is_not(None))
    with world.owner.read() as uow:
        return [_line(row.name, unpack_keywords(row.base_flags, row.base_keywords)) for row in uow.execute(statement)]


def now(world: World) -> tuple[list[str], ...]:
    sides = (world.shown(), world.on_server())
    told = [[_line(name, carried) for name, held in side.items() for _, carried in held] for side in sides]
    return base(world), *told


def _line(mailbox: str, keywords: object) -> str:
    return " ".join([mailbox, *sorted(keywords)])  # type: ignore[call-overload]


INBOX, INBOX_BILLS, INBOX_FLAGGED = ["INBOX"], [f"INBOX {BILLS}"], [f"INBOX {FLAGGED}"]
BILLS_FLAGGED, LATER_FLAGGED = [f"Bills {FLAGGED}"], [f"Later {FLAGGED}"]


def test_the_morning_of_one_message(home: World) -> None:
    home.put("one")
    home.sync()
    assert now(home) == (INBOX, INBOX, INBOX)
    rule = home.decide(AddKeyword(home.id("one"), BILLS), by="rule")
    assert now(home) == (INBOX, INBOX_BILLS, INBOX)
    with home.other_client() as session:
        session.store(session.uids(), add=frozenset({FLAGGED}))
    assert now(home) == (INBOX, INBOX_BILLS, INBOX_FLAGGED)
    home.deliver()
    assert (*now(home), home.states(rule)) == (INBOX, INBOX, INBOX_FLAGGED, ["conflicted"])
    home.sync()
    assert now(home) == (INBOX_FLAGGED, INBOX_FLAGGED, INBOX_FLAGGED)
    owner = home.decide(MoveMessage(home.id("one"), "Bills"))
    assert now(home) == (INBOX_FLAGGED, BILLS_FLAGGED, INBOX_FLAGGED)
    with home.other_client() as session:
        session.create("Later")
        session.move(session.uids(), "Later")
    assert now(home) == (INBOX_FLAGGED, BILLS_FLAGGED, LATER_FLAGGED)
    home.deliver()
    assert (*now(home), home.states(owner)) == (INBOX_FLAGGED, BILLS_FLAGGED, LATER_FLAGGED, ["waiting"])
    home.sync()
    assert now(home) == (LATER_FLAGGED, BILLS_FLAGGED, LATER_FLAGGED)
    home.deliver()
    assert (*now(home), home.states(owner)) == (BILLS_FLAGGED, BILLS_FLAGGED, BILLS_FLAGGED, ["delivered"])
