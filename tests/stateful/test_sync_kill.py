"""A process that pulls mail from Dovecot is killed again and again: nothing is lost, doubled or skipped."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
from tests.servers.dovecot import Dovecot
from tests.stateful import pull
from tests.unit.sync.world import Clock, add_account, mail, new_sqlite

MAILS = 501
# Each pull is a process of its own, forked from one that has imported everything.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.stateful.pull"])
KILLS_A_RUN = 12
# Longest wait between the first body and the kill: within it a pull stores a few batches.
LONGEST_SECONDS = 0.06
# Longer than a pull that is not killed takes on a busy machine.
PATIENCE_SECONDS = 300.0


class Puller:
    """Pulls one mailbox in processes that come and go."""

    def __init__(self, folder: Path, port: int, user: str) -> None:
        folder.mkdir()
        self.database, self.log = folder / "mail.db", folder / "bodies.log"
        new_sqlite(folder)
        store = Store.open(f"sqlite:///{self.database}", clock=Clock())
        add_account(store)
        store.close()
        self.arguments = (str(self.database), port, user)
        self.hours = self.kills = 0
        self.unstored: list[int] = []

    def start(self) -> BaseProcess:
        self.hours += 1
        process = PROCESSES.Process(target=pull.pull, args=(*self.arguments, self.hours, str(self.log)))
        process.start()
        return process

    def fetched(self) -> list[int]:
        return [int(line) for line in self.log.read_bytes().split()] if self.log.exists() else []

    def places(self) -> list[tuple[int, int]]:
        """Answer (uid, message) of every place in the database."""
        p = t.placements.c
        return [(uid, message_id) for uid, message_id in self.rows(select(p.uid, p.message_id))]

    def rows(self, statement: Any) -> list[Any]:
        store = Store.open(f"sqlite:///{self.database}")
        with store.read() as connection:
            found = list(connection.execute(statement))
        store.close()
        return found

    def kill_one(self, wait_seconds: float) -> bool:
        """Kill a pull so long after its first body; answer False when it was faster."""
        before = self.log.stat().st_size if self.log.exists() else 0
        fetched = len(self.fetched())
        process = self.start()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while process.exitcode is None and time.monotonic() < deadline:
            if self.log.exists() and self.log.stat().st_size > before:
                time.sleep(wait_seconds)
                break
            time.sleep(0.001)
        if process.exitcode is not None:
            assert process.exitcode == 0
            return False
        process.kill()
        process.join()
        self.kills += 1
        self.unstored.append(len(set(self.fetched()[fetched:]) - {uid for uid, _ in self.places()}))
        return True

    def finish(self) -> None:
        process = self.start()
        process.join(PATIENCE_SECONDS)
        assert process.exitcode == 0


def seed_of(config: pytest.Config) -> int:
    """Answer the seed that was asked for, else a new one; print it as it is asked for again.

    It draws the waits before the kills. Where exactly a process is then hit is for the machine to say.
    """
    given = config.getoption("--hypothesis-seed")
    seed = random.randrange(2**32) if given in (None, "random") else int(given)
    print(f"again with --hypothesis-seed={seed}")
    return seed


@pytest.fixture
def mails(pytestconfig: pytest.Config) -> list[bytes]:
    """The real and hostile mails of ../shared, some of them twice; where that folder is absent, letters."""
    folder = pytestconfig.rootpath.parent / "shared" / "data" / "mails"
    found = [path.read_bytes() for path in sorted(folder.rglob("*.eml"))] if folder.is_dir() else []
    letters = range(MAILS - len(found))
    return [*found, *(mail(number, body=f"This is letter {number}.\r\n" * (1 + number % 40)) for number in letters)]


@pytest.mark.parametrize("kills", [10, pytest.param(120, marks=pytest.mark.full)])
def test_killed_pulls_lose_double_and_skip_nothing(
    dovecot: Dovecot, dovecot_user: str, tmp_path: Path, kills: int, mails: list[bytes], request: pytest.FixtureRequest
) -> None:
    for raw in mails:
        dovecot.deliver(dovecot_user, raw)
    served = dovecot.served(dovecot_user)
    assert served.total() == len(mails) >= MAILS
    draw = random.Random(seed_of(request.config))
    done = 0

    for run in range(kills):
        puller = Puller(tmp_path / str(run), dovecot.port, dovecot_user)
        while puller.kills < min(KILLS_A_RUN, kills - done) and puller.kill_one(draw.uniform(0, LONGEST_SECONDS)):
            pass
        puller.finish()
        done += puller.kills

        digests = [digest for (digest,) in puller.rows(select(t.messages.c.digest))]
        places = puller.places()
        assert sorted(digests) == sorted(served)
        assert sorted(uid for uid, _ in places) == sorted(set(puller.fetched()))
        assert len(places) == len(mails)
        assert len({message_id for _, message_id in places}) == len(served)
        again = sum(count - 1 for count in Counter(puller.fetched()).values())
        assert max(puller.unstored, default=0) <= 2 * pull.BATCH
        assert again == sum(puller.unstored)
        print(f"run {run}: {puller.kills} kills, bodies fetched again after each: {puller.unstored}")
        if done == kills:
            return
    raise AssertionError(f"only {done} of {kills} pulls could be killed")
