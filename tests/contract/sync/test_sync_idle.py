"""A sync that finds nothing new is cheap: what it writes, and with how many commands it knows."""

from __future__ import annotations

from tests.contract.sync.servers import ServerWorld
from tests.contract.sync.written import written_rows
from tests.unit.sync.world import fill


def test_a_sync_with_nothing_new_writes_the_lease_and_one_row_of_the_account(world: ServerWorld) -> None:
    fill(world.inbox, range(5))
    fill(world.archive, range(10, 15))
    world.sync()

    with written_rows(world.store) as rows:
        report = world.sync()

    assert rows.keys() == {"leases", "accounts"}
    assert rows["accounts"] == 1
    assert report.body_bytes == 0


def test_a_flag_scan_that_finds_nothing_writes_the_time_of_the_scan(world: ServerWorld) -> None:
    fill(world.inbox, range(5))
    fill(world.archive, range(10, 15))
    world.sync()
    world.later()

    with written_rows(world.store) as rows:
        world.sync()

    needs_scan = "CONDSTORE" not in world.server.capabilities
    assert rows.keys() - {"leases", "accounts"} == ({"mailboxes"} if needs_scan else set())
    assert rows["mailboxes"] == (2 if needs_scan else 0)


def test_a_sync_with_nothing_new_is_one_command_where_lists_carry_the_status(world: ServerWorld) -> None:
    fill(world.inbox, range(5))
    world.sync()

    report = world.sync()

    has_list_status = "LIST-STATUS" in world.server.capabilities
    assert report.commands == (1 if has_list_status else 1 + report.mailboxes)
    assert report.mailboxes_changed == 0
