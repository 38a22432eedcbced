"""A process that delivers to Dovecot is killed again and again: nothing is lost, and nothing is done twice."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import select

from mailhelper_core.actions.service import ActionService
from mailhelper_core.model.mail.keyword import FLAGGED
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.model.work.operation import AddKeyword, AppendDraft, CopyMessage, MoveMessage, Operation
from mailhelper_core.model.work.report import DeliverReport, SyncReport
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import messages
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.store.work import changes, drafts
from mailhelper_core.store.work.decisions import Decision, decide
from mailhelper_core.store.work.outbox import UNFINISHED
from mailhelper_core.sync.service import MailSyncService
from tests.servers.dovecot import Dovecot
from tests.stateful import deliver
from tests.stateful.test_sync_kill import PATIENCE_SECONDS, seed_of
from tests.unit.sync.world import OWNER, START, Clock, add_account, mail, new_sqlite, read_account

# So many of each; each mail has a twin: the same header and size, received in the same second.
MOVES, COPIES, FLAGS, DRAFTS = 60, 20, 20, 5
# Each delivery is a process of its own, forked from one that has imported everything.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.stateful.deliver"])
KILLS_A_RUN = 12
# A kill follows one of the first changes of a delivery, within the time that one or two take.
LAST_CHANGE = 6
LONGEST_SECONDS = 0.03
# Rounds of delivery and sync after which nothing may be left.
ROUNDS = 4
# Without them a move is COPY, STORE and EXPUNGE, and no uid is told.
BARE = "IMAP4rev1 LITERAL+ ENABLE SPECIAL-USE"


class Office:
    """One mailbox, what was decided about its mails, and processes that come and go to carry it out."""

    def __init__(self, folder: Path, dovecot: Dovecot, user: str) -> None:
        folder.mkdir()
        self.dovecot, self.user = dovecot, user
        self.database, self.log = folder / "mail.db", folder / "changes.log"
        self.log.touch()
        self.hours = self.kills = 0
        self.clock = Clock()
        new_sqlite(folder)
        self.store = Store.open(f"sqlite:///{self.database}", clock=self.clock)
        self.account = add_account(self.store)
        self.sources = deliver.UserSources(dovecot.port, user)
        self.raws = [_twin(number // 2, "one" if number % 2 else "two") for number in range(MOVES + COPIES + FLAGS)]
        for raw in self.raws:
            dovecot.deliver(user, raw, received_at=START)
        self.sync()

    def decide_everything(self) -> None:
        """Move, copy and flag, each mail once, and answer a few with drafts."""
        owner = self.store.for_owner(OWNER)
        with owner.begin() as uow:
            ids = {messages.raw(uow, id_): id_ for id_ in list(uow.connection.scalars(select(t.messages.c.id)))}
            numbered = [ids[raw] for raw in self.raws]
            operations: list[Operation] = [MoveMessage(id_, "Finance") for id_ in numbered[:MOVES]]
            operations += [CopyMessage(id_, "Copies") for id_ in numbered[MOVES : MOVES + COPIES]]
            operations += [AddKeyword(id_, FLAGGED) for id_ in numbered[MOVES + COPIES :]]
            operations += [drafts.prepare(uow, id_, b"Subject: Re\r\n\r\nYes.\r\n") for id_ in numbered[-DRAFTS:]]
            decide(uow, changes.new_change(uow, "test"), [Decision(operation) for operation in operations])
        self.drafts = [one for one in operations if isinstance(one, AppendDraft)]

    def sync(self) -> SyncReport:
        self.pass_an_hour()
        return MailSyncService(self.store, self.sources, self.clock).sync(self.account)

    def deliver_here(self) -> DeliverReport:
        self.pass_an_hour()
        account = read_account(self.store, self.account.id)
        return ActionService(self.store.for_owner(OWNER), self.sources).deliver(account)

    def pass_an_hour(self) -> None:
        self.hours += 1
        self.clock.now = START + timedelta(hours=self.hours)

    def start(self) -> BaseProcess:
        self.pass_an_hour()
        given = (str(self.database), self.dovecot.port, self.user, self.hours, str(self.log))
        process = PROCESSES.Process(target=deliver.deliver, args=given)
        process.start()
        return process

    def changes(self) -> list[str]:
        return self.log.read_text().split()

    def kill_one(self, number: int, wait_seconds: float) -> bool:
        """Kill a delivery so long after it set out to change the number-th thing; answer False when it was faster."""
        before = len(self.changes())
        process = self.start()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while process.exitcode is None and time.monotonic() < deadline:
            if len(self.changes()) >= before + number:
                time.sleep(wait_seconds)
                break
            time.sleep(0.001)
        if process.exitcode is not None:
            assert process.exitcode == 0
            return False
        process.kill()
        process.join()
        self.kills += 1
        self.wait_for_the_server()
        return True

    def wait_for_the_server(self) -> None:
        """Wait until no session of the user is left: the server goes on with what the killed process has sent."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.dovecot.is_in_use(self.user):
            assert time.monotonic() < deadline, "the server still holds a session of a process that is dead"
            time.sleep(0.02)

    def held(self) -> dict[str, Counter[bytes]]:
        """What the server holds: by mailbox the octets."""
        found = {}
        with closing(self.sources.open(self.account)) as session:
            for one in session.mailboxes():
                status = session.open(one.name).status
                uids = UidSet(((1, max(1, status.uid_next - 1)),))
                found[one.name] = Counter(raw for _, raw in session.bodies(uids))
        return {name: raws for name, raws in found.items() if raws}

    def flagged(self) -> int:
        with closing(self.sources.open(self.account)) as session:
            session.open("INBOX")
            return sum(FLAGGED in told.keywords for told in session.flags(session.uids()))

    def stored(self) -> dict[str, Counter[bytes]]:
        """What the store has: by mailbox the octets of the messages that have a place there."""
        p, b = t.placements.c, t.mailboxes.c
        joined = select(b.name, p.message_id).join_from(t.placements, t.mailboxes, b.id == p.mailbox_id)
        found: dict[str, Counter[bytes]] = {}
        with self.store.for_owner(OWNER).read() as uow:
            for name, id_ in list(uow.execute(joined.where(p.uid.is_not(None)))):
                found.setdefault(name, Counter())[messages.raw(uow, id_)] += 1
        return found

    def unfinished(self) -> int:
        with self.store.read() as connection:
            o = t.outbox.c
            return len(connection.execute(select(o.id).where(o.state.in_(UNFINISHED))).all())

    def expected(self) -> dict[str, Counter[bytes]]:
        with self.store.for_owner(OWNER).read() as uow:
            appended = [drafts.octets(uow, one) for one in self.drafts]
        return {
            "INBOX": Counter(self.raws[MOVES:]),
            "Finance": Counter(self.raws[:MOVES]),
            "Copies": Counter(self.raws[MOVES : MOVES + COPIES]),
            "Drafts": Counter(appended),
        }


def _twin(number: int, word: str) -> bytes:
    """A letter; of every other pair neither has a Message-ID."""
    return mail(number, body=f"This is letter {word}.", message_id=None if number % 2 else "")


@pytest.mark.parametrize("kills", [5, pytest.param(60, marks=pytest.mark.full)])
@pytest.mark.parametrize("capabilities", ["", BARE], ids=["all", "bare"])
def test_killed_deliveries_lose_and_double_nothing(
    dovecot_with: Callable[[str], Dovecot],
    dovecot_user: str,
    tmp_path: Path,
    kills: int,
    capabilities: str,
    request: pytest.FixtureRequest,
) -> None:
    dovecot: Dovecot = dovecot_with(capabilities) if capabilities else request.getfixturevalue("dovecot")
    draw = random.Random(seed_of(request.config))
    done = 0
    for run in range(kills):
        office = Office(tmp_path / str(run), dovecot, f"{dovecot_user}-{run}")
        office.decide_everything()
        while office.kills < min(KILLS_A_RUN, kills - done) and office.kill_one(
            draw.randint(1, LAST_CHANGE), draw.uniform(0, LONGEST_SECONDS)
        ):
            if draw.random() < 0.3:
                office.sync()
        done += office.kills
        for _ in range(ROUNDS):
            office.deliver_here()
            office.sync()

        assert office.unfinished() == 0
        assert office.held() == office.expected()
        assert office.flagged() == FLAGS
        assert office.stored() == office.expected()
        assert office.deliver_here().commands == 0
        assert office.sync().new == 0
        print(f"run {run}: {office.kills} kills, changes sent: {Counter(office.changes())}")
        office.store.close()
        if done == kills:
            return
    raise AssertionError(f"only {done} of {kills} deliveries could be killed")
