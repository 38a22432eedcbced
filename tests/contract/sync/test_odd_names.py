"""A mailbox by whose name no database finds it again stays out by itself; its neighbours are synced."""

from __future__ import annotations

from contextlib import closing
from random import Random
from string import ascii_letters, digits

import pytest
from sqlalchemy import func, select

from mailhelper_core.model.source.account import AccountPolicy
from mailhelper_core.model.source.directory import MAX_NAME_OCTETS
from mailhelper_core.store import tables as t
from mailhelper_core.sync.verify import VerifyService
from mailhelper_core.testing import Fault, SendInstead
from tests.contract.sync.conftest import assert_converged
from tests.contract.sync.servers import ServerWorld
from tests.unit.sync.world import OWNER, fill, mail


def long_name(octets: int) -> str:
    """Answer a name that no database compresses."""
    return "".join(Random(octets).choices(ascii_letters + digits, k=octets))


ODD = {
    "line-feed": "a\nb",
    "carriage-return": "a\rb",
    "control": "a\x01b",
    "too-long": long_name(MAX_NAME_OCTETS + 1),
    "much-too-long": long_name(4_000),
    "long-in-octets": "\u00e9" * (MAX_NAME_OCTETS // 2 + 1),
}


@pytest.mark.parametrize("name", ODD.values(), ids=ODD)
def test_its_neighbours_are_synced(world: ServerWorld, name: str) -> None:
    fill(world.inbox, range(2))
    fill(world.user.create(name), range(2, 4))
    fill(world.user.create("Work"), range(4, 6))

    report = world.sync()
    again = world.sync()

    assert (report.new, report.errors, report.remaining) == (4, (), 0)
    assert world.visible() == {"Letter 0", "Letter 1", "Letter 4", "Letter 5"}
    assert (again.new, again.mailboxes_changed, again.errors) == (0, 0, ())
    assert again.commands <= 1 + again.mailboxes
    assert world.rows(select(func.count()).where(t.mailboxes.c.name.like(f"{name[0]}%{name[-1]}"))) == [(0,)]


def test_a_name_of_the_most_octets_is_a_name(world: ServerWorld) -> None:
    fill(world.user.create(long_name(MAX_NAME_OCTETS)), range(2))

    assert world.sync().new == 2
    assert_converged(world)


@pytest.mark.parametrize("line", [b"{3}\r\na\nb", b"{3}\r\na\rb", b'"a&AAo-b"', b'"a&AA0-b"'])
def test_however_the_server_spells_it(world: ServerWorld, line: bytes) -> None:
    fill(world.inbox, range(2))
    listing = b'* LIST () "/" INBOX\r\n* LIST () "/" ' + line + b"\r\n"
    world.server.faults.add(Fault("LIST", SendInstead(listing), times=1))

    report = world.sync()

    assert (report.new, report.mailboxes, report.errors) == (2, 1, ())


def test_one_that_is_asked_for_is_not_said_to_be_missing(world: ServerWorld) -> None:
    world.user.create("a\nb").append(mail(1))
    world.with_policy(AccountPolicy(include=("INBOX", "a\nb")))

    assert world.sync().errors == ()


@pytest.mark.parametrize("name", ODD.values(), ids=ODD)
def test_it_is_no_difference(world: ServerWorld, name: str) -> None:
    fill(world.inbox, range(2))
    world.user.create(name).append(mail(2))
    world.sync()

    with closing(world.sources.open(world.account)) as session:
        assert VerifyService(world.store.for_owner(OWNER)).verify(world.account, session).ok
