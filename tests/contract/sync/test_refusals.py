"""What a refusal is of: one mailbox, which is noted, or the server, and then nothing was synced."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailhelper_core.errors import ServerError, ThrottledError
from mailhelper_core.model.source.held import MAX_STRIKES
from mailhelper_core.store.mail import accounts
from mailhelper_core.testing import Answer, Fault
from tests.contract.sync.servers import ServerWorld
from tests.contract.sync.test_breaking_mailboxes import codes, held
from tests.unit.sync.world import OWNER, fill, read_account


def test_a_rename_waits_while_the_server_throttles(world: ServerWorld) -> None:
    fill(world.user.create("Work"), range(10, 12))
    world.sync()
    before = held(world)["Work"].id
    world.user.rename("Work", "Done")
    world.server.faults.add(Fault("UID FETCH", Answer("NO", "Too much", "UNAVAILABLE")))
    world.account = replace(world.account, failures=MAX_STRIKES - 1)
    with pytest.raises(ThrottledError):
        world.sync()

    report = world.sync()

    assert (held(world)["Done"].id, report.new, report.deleted) == (before, 0, 0)


def test_a_server_that_speaks_has_not_synced(world: ServerWorld) -> None:
    owner, later = world.store.for_owner(OWNER), world.clock.now
    with owner.begin() as uow:
        for _ in range(2):
            accounts.record_failure(uow, world.account.id, "unreachable", "timeout", not_before=later)

    with owner.begin() as uow:
        accounts.record_reached(uow, world.account.id)

    account = read_account(world.store, world.account.id)
    assert (account.state, account.state_code, account.not_before, account.failures) == ("ok", "", None, 2)


def test_a_server_on_which_no_mailbox_can_be_had_is_no_success(world: ServerWorld) -> None:
    fill(world.inbox, range(2))
    fill(world.archive, range(2, 4))
    down = Answer("NO", "Backend is down", "UNAVAILABLE")
    world.server.faults.add(*(Fault(one, down, times=None) for one in ("EXAMINE", "SELECT", "STATUS")))

    with pytest.raises(ServerError) as caught:
        world.sync()

    assert (caught.value.code, read_account(world.store, world.account.id).last_success_at) == ("unavailable", None)
    assert all(one.suspect is None for one in held(world).values())
    world.server.faults.clear()
    assert world.sync().new == 4


def test_one_mailbox_that_cannot_be_had_is_noted_though_no_other_has_changed(world: ServerWorld) -> None:
    fill(world.inbox, range(2))
    fill(world.archive, range(2, 4))
    world.sync()
    fill(world.inbox, range(4, 5))
    busy = Answer("NO", "In use", "INUSE")
    world.server.faults.add(*(Fault(one, busy, times=None, having="INBOX") for one in ("EXAMINE", "SELECT", "STATUS")))

    report = world.sync()

    assert (report.new, codes(report)) == (0, ["in_use"])
