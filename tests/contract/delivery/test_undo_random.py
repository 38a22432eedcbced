"""Undo of random changes in random order, while commands fail and others act: exactly what a small model says."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from mailhelper_core.actions.undo import UndoService
from mailhelper_core.model.mail.keyword import FLAGGED, SEEN
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.model.work.operation import (
    AddKeyword,
    AddTag,
    CopyMessage,
    MoveMessage,
    Operation,
    RemoveKeyword,
    RemoveTag,
    SetPriority,
)
from mailhelper_core.model.work.report import UndoReport
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.testing import Answer, Fault, ImapServer
from tests.contract.delivery.conftest import SHAPES, World, make_world
from tests.contract.delivery.undo_model import Model

KEYWORDS = (SEEN, FLAGGED, "$work")
PLACES = ("INBOX", "Finance", "Archive")
COPIES = ("Projects", "Taxes")
ELSEWHERE = "Elsewhere"
TAGS = ("bills", "home")
COMMANDS = ("UID STORE", "UID MOVE", "UID COPY", "SELECT", "STATUS", "UID EXPUNGE", "APPEND")


@pytest.fixture(params=["all", "bare"])
def server(request: pytest.FixtureRequest) -> Iterator[ImapServer]:
    with ImapServer(without=SHAPES[request.param]) as opened:
        yield opened


@dataclass
class Desk:
    """An owner, her server with its faults, another client, and the model of what all of them did."""

    world: World
    server: ImapServer
    rng: random.Random
    model: Model = field(default_factory=Model)
    subjects: dict[int, str] = field(default_factory=dict)
    times: dict[int, datetime] = field(default_factory=dict)  # when each change was made

    @classmethod
    def open(cls, store: Store, server: ImapServer, rng: random.Random) -> Desk:
        world = make_world(store, server.host, server.port, "ada", "secret")
        world.server = server
        desk = cls(world, server, rng)
        given = [(f"m{number}", tuple(rng.sample(KEYWORDS, rng.randrange(3)))) for number in range(4)]
        for subject, keywords in given:
            world.put(subject, keywords=keywords)
        world.sync()
        for subject, keywords in given:
            id_ = world.id(subject)
            desk.subjects[id_] = subject
            desk.model.values |= {(id_, "keyword", one): one in keywords for one in KEYWORDS}
            desk.model.values |= {(id_, "tag", tag): False for tag in TAGS} | {(id_, "place"): "INBOX"}
            desk.model.values |= {(id_, "copy", one): False for one in COPIES}
        return desk

    def decide(self) -> None:
        """Let the owner, or a rule of hers, decide something at a time of its own."""
        self.world.pass_time(minutes=1)
        operations: list[Operation] = []
        for _ in range(self.rng.randrange(1, 5)):
            operation = self._operation(self.rng.choice(list(self.subjects)))
            # A second move of one call would need the place that the first one has not made yet.
            if not isinstance(operation, MoveMessage) or not any(
                isinstance(one, MoveMessage) and one.message_id == operation.message_id for one in operations
            ):
                operations.append(operation)
        change = self.world.decide(*operations)
        self.times[change.id] = self.world.now
        self.model.decided(change)

    def _operation(self, id_: int) -> Operation:
        rng, source = self.rng, str(self.model.values[id_, "place"])
        kinds: tuple[Operation, ...] = (
            AddKeyword(id_, rng.choice(KEYWORDS)),
            RemoveKeyword(id_, rng.choice(KEYWORDS)),
            AddTag(id_, rng.choice(TAGS)),
            RemoveTag(id_, rng.choice(TAGS)),
            MoveMessage(id_, rng.choice(PLACES), source=source),
            CopyMessage(id_, rng.choice(COPIES)),
            SetPriority(id_, rng.choice((None, 0, 1, 3)), rng.choice((0, 2))),
        )
        return rng.choice(kinds)

    def deliver_with_failures(self) -> None:
        for command in COMMANDS:
            if self.rng.random() < 0.33:
                nth, times = self.rng.randrange(1, 3), self.rng.randrange(1, 3)
                self.server.faults.add(Fault(command, Answer(), nth=nth, times=times))
        self.world.pass_time(minutes=self.rng.randrange(1, 300))
        self.world.deliver()
        if self.rng.random() < 0.5:
            self.server.faults.clear()
            self.world.sync()

    def settle(self) -> None:
        """Let all be delivered, and seen again."""
        self.server.faults.clear()
        for _ in range(6):
            self.world.pass_time(days=1)
            self.world.sync()
            self.world.deliver()
        self.world.sync()

    def another_client_acts(self) -> None:
        """Let another client change a message when all is settled, and see it."""
        id_ = self.rng.choice(list(self.subjects))
        values, act = self.model.values, self.rng.randrange(3)
        places = [str(values[id_, "place"]), *(copy for copy in COPIES if values[id_, "copy", copy])]
        if act == 0:
            keyword = self.rng.choice(KEYWORDS)
            had = bool(values[id_, "keyword", keyword])
            for place in places:
                self._store(id_, place, keyword, had=had)
            values[id_, "keyword", keyword] = not had
        elif act == 1 and len(places) > 1:
            with self.world.other_client(places[1]) as session:
                session.store(uids := self._uids(session, id_), add=frozenset({"\\Deleted"}))
                session.expunge(uids)
            values[id_, "copy", places[1]] = False
        else:
            self.another_client_moves(id_)()
        self.world.pass_time(days=1)  # a server without CONDSTORE is asked for flags now and then only
        self.world.sync()

    def another_client_moves(self, id_: int) -> Callable[[], None]:
        """Let another client move a message; what this answers lets the model see it, as the next sync does."""
        place = str(self.model.values[id_, "place"])
        if place == ELSEWHERE:
            return lambda: None
        with self.world.other_client(place) as session:
            session.create(ELSEWHERE)
            session.move(self._uids(session, id_), ELSEWHERE)
        return lambda: self.model.values.update({(id_, "place"): ELSEWHERE})

    def _store(self, id_: int, place: str, keyword: str, *, had: bool) -> None:
        changed = frozenset({keyword})
        with self.world.other_client(place) as session:
            uids = self._uids(session, id_)
            session.store(uids, remove=changed) if had else session.store(uids, add=changed)

    def _uids(self, session: MailSession, id_: int) -> UidSet:
        told = session.metadata(session.uids())
        subject = f"Subject: {self.subjects[id_]}\r\n".encode()
        return UidSet.of(one.uid for one in told if subject in one.header)

    def undo_something(self) -> None:
        """Take back an entry, a change or a span of time; the report is what the model says."""
        undo, model = UndoService(self.world.owner).undo, self.model
        changes, kind = model.open_changes(), self.rng.randrange(3)
        if not changes:
            return
        if kind == 0:
            entry = self.rng.choice(model.open_entries())
            owner = next(change for change, one, _ in model.made if one.id == entry.id)
            expected, report = model.undo([owner], [entry.id]), undo(entry)
        elif kind == 1:
            change = self.rng.choice(changes)
            expected, report = model.undo([change]), undo(change)
        else:
            first, last = sorted(self.rng.choices(list(self.times), k=2))
            expected = model.undo([change for change in changes if first <= change <= last])
            report = undo(since=self.times[first], until=self.times[last])
        assert _told(report) == expected

    def decide_some(self) -> None:
        """Let the owner decide, and another client sometimes act on what of it reached the server."""
        for _ in range(self.rng.randrange(1, 4)):
            self.decide()
        self.deliver_with_failures()
        if self.rng.random() < 0.5:
            self.settle()
            self.another_client_acts()

    def undo_while_others_act(self) -> None:
        """Take something back after the owner decided again, or another client acted, seen or not yet seen."""
        act = self.rng.randrange(5)
        if act == 0:
            self.decide()
        elif act < 3:
            self.settle()
        if act == 1:
            self.another_client_acts()
        comes_to_light = self.another_client_moves(self.rng.choice(list(self.subjects))) if act == 2 else None
        self.undo_something()
        if comes_to_light:
            self.settle()
            comes_to_light()
        else:
            self.deliver_with_failures()

    def compare(self) -> None:
        """See that the server, the store and the model say the same."""
        expected: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        values = self.model.values
        for id_, subject in self.subjects.items():
            keywords = tuple(sorted(one for one in KEYWORDS if values[id_, "keyword", one]))
            for place in (str(values[id_, "place"]), *(one for one in COPIES if values[id_, "copy", one])):
                expected.setdefault(place, []).append((subject, keywords))
            seen = self.world.see(subject)
            assert seen.tag_names == {tag for tag in TAGS if values[id_, "tag", tag]}
            assert [seen.urgency, seen.importance] == [values.get((id_, one)) for one in ("urgency", "importance")]
        assert self.world.shown() == {name: sorted(held) for name, held in expected.items()}
        assert self.world.on_server() == self.world.shown()


@pytest.mark.parametrize("seed", [*range(2), *(pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 60))])
def test_random_undo_leaves_what_others_touched(store: Store, server: ImapServer, seed: int) -> None:
    """Entries, changes and spans in random order; a third of the commands fail; the owner and another client act."""
    desk = Desk.open(store, server, random.Random(seed))
    for _ in range(4):
        desk.decide_some()
    for _ in range(10):
        desk.undo_while_others_act()
    desk.settle()

    desk.compare()


def _told(report: UndoReport) -> tuple[int, Counter[str]]:
    assert len(report.errors) == report.left
    return report.undone, Counter(error.code for error in report.errors)
