"""A server that was restored from a backup, under the same UIDVALIDITY, gives uids again to other mail."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest

from mailhelper_core.store.work import leases
from mailhelper_core.sync.verify import VerifyService
from mailhelper_core.testing import Fault, Lines
from tests.contract.sync.conftest import assert_converged
from tests.contract.sync.servers import ImapSources, ServerWorld
from tests.unit.sync.world import OWNER, START, mail


def put(world: ServerWorld, *numbers: int) -> None:
    for number in numbers:
        world.inbox.append(mail(number), internal_date=START + timedelta(minutes=number))


def held_at_server(world: ServerWorld) -> dict[tuple[str, int], bytes]:
    return {("INBOX", one.uid): sha256(one.raw).digest() for one in world.inbox.messages}


@pytest.fixture
def restored(world: ServerWorld) -> ServerWorld:
    """Letters 0 to 4 were in the backup that the server went back to; 10 and 11, with uids 6 and 7, came after it."""
    box = world.inbox
    put(world, *range(5))
    uid_next, mod_seq = box.uid_next, box.highest_mod_seq
    put(world, 10, 11)
    world.sync()
    box.expunge([6, 7])
    box.forget_expunged()
    box.uid_next, box.highest_mod_seq = uid_next, mod_seq
    return world


@pytest.mark.parametrize("is_seen_between", [False, True])
def test_what_lies_at_a_uid_now_is_shown(restored: ServerWorld, is_seen_between: bool) -> None:
    if is_seen_between:
        restored.later()
        restored.sync()
    put(restored, 20)
    restored.later()

    report = restored.sync()

    assert (report.new, report.errors) == (1, ())
    assert restored.contents() == held_at_server(restored)
    assert restored.visible() == {f"Letter {number}" for number in (0, 1, 2, 3, 4, 20)}
    restored.later()
    assert_converged(restored)


def test_what_got_another_uid_is_recognized(restored: ServerWorld) -> None:
    ids = restored.messages()
    put(restored, 11)
    restored.later()

    report = restored.sync()

    assert isinstance(restored.sources, ImapSources)
    # This server's EMAILID says that it is another mail: there digests decide.
    says_other = "OBJECTID" in restored.sources.sessions[-1].info.capabilities
    assert (report.new, report.body_bytes) == (0, len(mail(11)) if says_other else 0)
    assert restored.contents() == held_at_server(restored)
    assert restored.messages() == ids


def test_once_the_numbers_have_passed_verify_tells_and_repair_mends(restored: ServerWorld) -> None:
    put(restored, 20, 21, 22)
    restored.later()
    restored.sync()

    [found] = restored.verify().differences
    with leases.holding(restored.store, "account", seconds=20) as lease:
        VerifyService(restored.store.for_owner(OWNER)).forget(restored.account, lease)
    report = restored.sync()

    assert (found.missing, found.extra, found.differing, found.other) == (0, 0, 0, 2)
    assert (report.new, report.errors) == (2, ())
    assert restored.contents() == held_at_server(restored)
    assert restored.verify().ok
    restored.later()
    assert_converged(restored)


@pytest.mark.parametrize("code", [b"UIDNEXT", b"HIGHESTMODSEQ"])
def test_a_number_that_only_wavers_costs_a_look(world: ServerWorld, code: bytes) -> None:
    put(world, *range(60))
    world.sync()
    status = world.inbox.uid_next if code == b"UIDNEXT" else world.inbox.highest_mod_seq
    before, after = b"%s %d" % (code, status), b"%s %d" % (code, status - 1)
    world.server.faults.add(*(Fault(one, Lines(before, after)) for one in ("LIST", "STATUS", "EXAMINE")))

    wavering = world.sync()
    world.later()

    assert (wavering.new, wavering.deleted, wavering.body_bytes, wavering.errors) == (0, 0, 0, ())
    assert_converged(world)
