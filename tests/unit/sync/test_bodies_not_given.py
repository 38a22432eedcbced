"""A body that is not there is not a message: it is asked for again, and never makes two mails one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailhelper_core.model.source.uidset import UidSet
from tests.unit.sync.memory import MemorySession
from tests.unit.sync.world import MemoryWorld, fill, on_server


@pytest.fixture
def emptied(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The uids whose bodies come without an octet."""
    empty: set[int] = set()
    give = MemorySession.bodies

    def bodies(self: MemorySession, uids: UidSet) -> Iterator[tuple[int, bytes]]:
        for uid, raw in give(self, uids):
            yield uid, b"" if uid in empty else raw

    monkeypatch.setattr(MemorySession, "bodies", bodies)
    return empty


@pytest.mark.parametrize("count", [1, 3])
def test_a_body_without_an_octet_is_asked_for_again(world: MemoryWorld, emptied: set[int], count: int) -> None:
    uids = fill(world.inbox, range(5))
    emptied.update(uids[:count])

    first = world.sync()
    emptied.clear()
    second = world.sync()

    assert (first.new, first.remaining, second.new, second.remaining) == (5 - count, count, count, 0)
    assert world.placed() == on_server(world.user)
    assert len(set(world.contents().values())) == 5


def test_a_body_that_never_has_an_octet_leaves_its_header(world: MemoryWorld, emptied: set[int]) -> None:
    uids = fill(world.inbox, range(5))
    emptied.add(uids[1])

    reports = [world.sync() for _ in range(4)]

    assert (sum(one.new for one in reports), sum(one.quarantined for one in reports)) == (5, 1)
    assert world.facts("Letter 1")["problems"] == ["body-refused"]
    assert world.placed() == on_server(world.user)
