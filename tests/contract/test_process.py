"""Processing and corrections on both databases: opinions are stored, combined, corrected and taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard
from sqlalchemy import func, insert, select, update

from mailhelper_core.actions.undo import UndoService
from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import ConfigError, InvalidError, NotFoundError
from mailhelper_core.model.account import AccountPolicy
from mailhelper_core.model.extension import Classifier, Provided, Registry, each
from mailhelper_core.model.message import Message, MessageDetail
from mailhelper_core.model.opinion import Classification, Opinion, Spam, Urgency
from mailhelper_core.model.report import Progress
from mailhelper_core.process import builtin
from mailhelper_core.process.opinions import OpinionService
from mailhelper_core.process.service import ProcessingService
from mailhelper_core.settings import Settings
from mailhelper_core.store import accounts, changes, messages, opinions, pending
from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import OwnerStore, Store, to_micros

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TEXT = "Hallo Ada, kannst du mir bitte bis heute 17 Uhr die Unterlagen schicken? Es ist dringend. Viele Grüße, Jonas"


@dataclass
class Hands:
    """An owner's store with an account, and a hand that puts mail into it."""

    owner: OwnerStore
    account_id: int = 0

    def __post_init__(self) -> None:
        with self.owner.begin() as uow:
            policy, own = AccountPolicy(), frozenset({"ada@example.org"})
            url = "imaps://imap.example.org"
            self.account_id = accounts.add(
                uow, url, name="home", username="ada", options={}, policy=policy, addresses=own
            )

    def message(self, subject: str = "Hello", text: str = TEXT, *, raw: bytes = b"", facts: str = "{}") -> int:
        with self.owner.begin() as uow:
            digest = None
            if raw:
                digest = str(abs(hash(raw))).encode()
                packed = zstandard.compress(raw)
                blob = {"digest": digest, "data": packed, "size": len(raw), "used_at": 0}
                uow.execute(insert(t.blobs).values(owner_id=uow.owner_id, **blob))
            statement = insert(t.messages).values(
                owner_id=uow.owner_id, account_id=self.account_id, thread_id=1, digest=digest, match_key=b"k",
                message_id="m@example.org", subject=subject, from_name="Jonas Weber", from_addr="jonas@example.net",
                from_domain="example.net", addresses='{"to": [["Ada", "ada@example.org"]]}', facts=facts,
                sent_at=to_micros(NOW), received_at=to_micros(NOW), sort_at=to_micros(NOW), size=1, snippet="",
                parse_status="ok", has_attachments=False, created_at=0,
            )  # fmt: skip
            id_ = int(uow.connection.scalar(statement.returning(t.messages.c.id)) or 0)
            uow.execute(insert(t.message_texts).values(message_id=id_, text=text))
            pending.add(uow, "process", self.account_id, [id_])
        return id_

    def waiting(self) -> int:
        with self.owner.read() as uow:
            return pending.count(uow, "process", self.account_id)

    def see(self, message_id: int) -> Message:
        with self.owner.read() as uow:
            return messages.summaries(uow, [message_id])[0]

    def said(self, message_id: int) -> dict[tuple[str, str], Opinion]:
        with self.owner.read() as uow:
            return {(o.kind, o.said_by): o for o in opinions.of(uow, [message_id]).get(message_id, ())}

    def take_back(self, change_id: int) -> tuple[int, int]:
        with self.owner.begin() as uow:
            return opinions.take_back(uow, changes.data(uow, change_id)["corrections"])


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path}/mail.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    opened = Store.open(url, clock=lambda: NOW)
    t.metadata.create_all(opened.engine)
    yield opened
    opened.close()


@pytest.fixture
def ada(store: Store) -> Hands:
    return Hands(store.for_owner("ada"))


@pytest.fixture
def eve(store: Store, ada: Hands) -> Hands:
    return Hands(store.for_owner("eve"))


def registry(*classifiers: Classifier, built_in: bool = False) -> Registry:
    found = {one.name: Provided("test-plugin", one) for one in classifiers}
    if built_in:
        found |= {one.name: Provided("classifiers", one) for one in builtin.register_classifiers()}
    return Registry(classifiers=found)


def service(hands: Hands, *classifiers: Classifier, built_in: bool = False, **settings: int) -> ProcessingService:
    return ProcessingService(
        hands.owner, registry(*classifiers, built_in=built_in), Dispatcher(clock=lambda: 0.0), Settings(**settings)
    )


def always(opinion: Opinion | None, name: str = "always", kinds: tuple[str, ...] = ("category", "spam", "urgency")):
    return Classifier(name, each(lambda message: opinion), kinds=kinds)


def test_the_built_in_judges_fill_opinions_and_effective_values(ada):
    id_ = ada.message("Unterlagen")

    report = service(ada, built_in=True).process()

    message = ada.see(id_)
    assert (report.processed, report.undecided, report.errors) == (1, 0, ())
    assert (message.category, message.urgency, message.language) == ("people", 3, "de")
    assert message.spam is not None
    assert message.spam < 0.2
    assert report.opinions == len(ada.said(id_)) == 5
    assert ada.said(id_)["urgency", "heuristics"].reasons[0] == "deadline in 8 h"
    assert ada.waiting() == 0


def test_a_second_call_finds_nothing_to_do_and_writes_nothing(ada):
    id_ = ada.message()
    service(ada, always(Classification("people", 0.9))).process()
    version = ada.see(id_).opinion_version

    report = service(ada, always(Classification("people", 0.9))).process()

    assert report.processed == 0
    assert ada.see(id_).opinion_version == version


def test_opinions_of_several_classifiers_are_combined(ada):
    id_ = ada.message()

    service(
        ada, always(Spam(True, 0.6), "one"), always(Spam(True, 0.6), "two"), always(Urgency(2, 0.8), "three")
    ).process()

    assert ada.see(id_).spam == pytest.approx(0.36 / (0.36 + 0.16))
    assert ada.see(id_).urgency == 2
    assert ada.see(id_).category is None


def test_a_classifier_sees_text_headers_facts_and_the_owner(ada):
    seen: list[tuple[MessageDetail, str]] = []

    def look(batch, context):
        seen.extend((message, context.owner) for message in batch)
        return [None for _ in batch]

    ada.message(raw=b"Subject: Hello\r\nX-Team: blue\r\n\r\nbody", facts='{"list_id": "l.example"}')
    service(ada, Classifier("looks", look)).process()

    ((message, owner),) = seen
    assert message.header("x-team") == ("blue",)
    assert message.text == TEXT
    assert message.facts.list_id == "l.example"
    assert message.account_addresses == {"ada@example.org"}
    assert owner == "ada"


def test_batches_are_taken_in_order_with_progress_and_committed_in_smaller_ones(ada):
    ids = [ada.message(f"Hello {number}") for number in range(7)]
    seen: list[Progress] = []
    sizes: list[int] = []

    def count(batch):
        sizes.append(len(batch))
        return [Classification("people", 0.9)] * len(batch)

    report = service(ada, Classifier("counts", count), process_batch_messages=3, commit_batch_messages=2).process(
        ada.account_id, progress=seen.append
    )

    assert report.processed == 7
    assert sizes == [3, 3, 1]
    assert [(one.done, one.total) for one in seen] == [(3, 7), (6, 7), (7, 7)]
    assert all(ada.see(id_).category == "people" for id_ in ids)


def test_a_cancelled_call_leaves_the_rest_waiting(ada):
    for number in range(4):
        ada.message(f"Hello {number}")
    answers = iter([False, True])

    report = service(ada, always(None), process_batch_messages=2).process(cancel=lambda: next(answers))

    assert report.processed == 2
    assert ada.waiting() == 2


def test_one_message_that_a_classifier_cannot_bear_costs_nobody_else(ada):
    def fragile(message):
        if message.subject == "poison":
            raise RuntimeError(message.text)
        return Classification("people", 0.9)

    poison = ada.message("poison")
    others = [ada.message(f"Hello {number}") for number in range(5)]

    report = service(ada, Classifier("fragile", each(fragile)), always(Urgency(1, 0.9), "steady")).process()

    assert [ada.see(id_).category for id_ in others] == ["people"] * 5
    assert ada.see(poison).category is None
    assert ada.see(poison).urgency == 1
    assert [(note.where, note.code) for note in report.errors] == [("plugin test-plugin/fragile", "plugin")]
    assert TEXT not in json.dumps(report.as_dict())
    assert ada.waiting() == 0


def test_a_classifier_that_always_raises_is_paused_and_the_others_go_on(ada):
    calls = []

    def broken(batch):
        calls.append(len(batch))
        raise SystemExit(1)

    ids = [ada.message(f"Hello {number}") for number in range(9)]

    report = service(
        ada, Classifier("broken", broken), always(Classification("people", 0.8)), process_batch_messages=3
    ).process()

    assert all(ada.see(id_).category == "people" for id_ in ids)
    assert len(calls) == 3
    assert {note.code for note in report.errors} == {"plugin", "paused"}
    assert all("test-plugin/broken" in note.where for note in report.errors)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda batch: [],
        lambda batch: None,
        lambda batch: ["people"] * len(batch),
        lambda batch: [Classification("people", float("nan"))] * len(batch),
        lambda batch: [Opinion("summary", "short", 0.9)] * len(batch),
        lambda batch: [Classification("a label of nobody", 0.9)] * len(batch),
    ],
)
def test_a_wrong_answer_is_never_stored_and_names_the_plugin(ada, wrong):
    id_ = ada.message()

    report = service(ada, Classifier("wrong", wrong), always(Urgency(2, 0.9))).process()

    assert ada.see(id_).category is None
    assert ada.see(id_).urgency == 2
    assert set(ada.said(id_)) == {("urgency", "always")}
    assert [(note.where, note.code) for note in report.errors] == [("plugin test-plugin/wrong", "plugin_answer")]


def test_a_failure_is_no_opinion_and_the_message_stays_undecided(ada):
    id_ = ada.message()

    def broken(message):
        raise ValueError

    report = service(ada, Classifier("broken", each(broken))).process()

    message = ada.see(id_)
    assert (message.spam, message.category, message.urgency, message.importance) == (None, None, None, None)
    assert report.undecided == 1
    assert ada.said(id_) == {}


def test_a_message_that_cannot_be_read_is_noted_and_does_not_stop_its_batch(ada):
    ids = [ada.message(f"Hello {number}") for number in range(3)]
    with ada.owner.begin() as uow:
        uow.execute(update(t.messages).where(t.messages.c.id == ids[1]).values(facts="{broken"))

    report = service(ada, always(Classification("people", 0.9))).process()

    with ada.owner.read() as uow:
        shown = list(uow.connection.scalars(select(t.messages.c.category).order_by(t.messages.c.id)))
    assert shown == ["people", None, "people"]
    assert [(note.where, note.code) for note in report.errors] == [(f"message {ids[1]}", "unreadable")]
    assert ada.waiting() == 0


def test_reprocessing_replaces_what_a_classifier_said_and_keeps_its_newest(ada):
    id_ = ada.message()
    service(ada, always(Classification("people", 0.9))).process()

    queued = service(ada, always(Classification("finance", 0.9))).reprocess(ada.account_id)
    report = service(ada, always(Classification("finance", 0.9))).process()

    assert (queued, report.processed) == (1, 1)
    assert ada.see(id_).category == "finance"
    assert [opinion.value for opinion in ada.said(id_).values()] == ["finance"]


def test_a_classifier_that_abstains_the_second_time_takes_its_opinion_back(ada):
    id_ = ada.message()
    service(ada, always(Classification("people", 0.9))).process()
    service(ada, always(None)).reprocess()

    service(ada, always(None)).process()

    assert ada.said(id_) == {}
    assert ada.see(id_).category is None


def test_a_classifier_that_fails_the_second_time_keeps_what_it_said(ada):
    def broken(message):
        raise ValueError

    id_ = ada.message()
    service(ada, always(Classification("people", 0.9), "same")).process()
    failing = service(ada, Classifier("same", each(broken)))
    failing.reprocess()

    failing.process()

    assert ada.see(id_).category == "people"


def test_a_classifier_that_was_switched_off_counts_no_more(ada):
    id_ = ada.message()
    service(ada, always(Classification("people", 0.9), "gone")).process()
    service(ada).reprocess()

    service(ada).process()

    assert ada.see(id_).category is None


def test_what_another_worker_processed_meanwhile_is_not_processed_twice(ada):
    ids = [ada.message(f"Hello {number}") for number in range(3)]
    other = service(ada, always(Classification("finance", 0.9), "same"))

    def slow(batch):
        other.process()
        return [Classification("people", 0.9)] * len(batch)

    report = service(ada, Classifier("same", slow)).process()

    assert (report.processed, report.opinions) == (0, 0)
    assert {ada.see(id_).category for id_ in ids} == {"finance"}


def test_another_owners_account_does_not_exist(ada, eve):
    ada.message()

    with pytest.raises(NotFoundError):
        service(eve).process(ada.account_id)
    with pytest.raises(NotFoundError):
        service(eve).reprocess(ada.account_id)
    assert service(eve, always(None)).process().processed == 0


def test_processing_refuses_the_hosts_transaction(ada):
    with ada.owner.store.writer() as connection, connection.begin():
        joined = ada.owner.store.for_owner("ada", connection=connection)

        with pytest.raises(ConfigError):
            ProcessingService(joined, registry(), Dispatcher(), Settings()).process()


def test_a_correction_holds_at_once_and_against_later_opinions(ada):
    id_ = ada.message()
    processing = service(ada, always(Classification("people", 0.99)), always(Spam(True, 0.99), "spam"))
    processing.process()

    change = OpinionService(ada.owner).correct([id_], category="finance", spam=False, urgency=3, importance=1)
    processing.reprocess()
    processing.process()

    message = ada.see(id_)
    assert (message.category, message.spam, message.urgency, message.importance) == ("finance", 0.0, 3, 1)
    assert (change.kind, change.state, change.actor) == ("correct", "applied", "ada")


def test_a_correction_remembers_what_opinions_said_and_who_corrected(ada):
    id_ = ada.message()
    service(ada, always(Classification("people", 0.9)), always(Spam(True, 0.75), "spam")).process()

    OpinionService(ada.owner.store.for_owner("ada", actor="bob")).correct([id_], category="finance", spam=False)
    OpinionService(ada.owner).correct([id_], category="shopping")

    c = t.corrections.c
    with ada.owner.read() as uow:
        rows = uow.execute(select(c.kind, c.was, c.value, c.signal, c.actor).order_by(c.id)).all()
    assert [(row.kind, row.value, row.signal, row.actor) for row in rows] == [
        ("category", "finance", "ui", "bob"),
        ("spam", "no", "ui", "bob"),
        ("category", "shopping", "ui", "ada"),
    ]
    assert rows[0].was == rows[2].was == "people"
    assert float(rows[1].was) == pytest.approx(0.75)


def test_taking_a_correction_back_brings_back_what_opinions_say(ada):
    id_ = ada.message()
    processing = service(ada, always(Classification("people", 0.9)), always(Spam(True, 0.75), "spam"))
    processing.process()
    change = OpinionService(ada.owner).correct([id_], category="finance", spam=False, urgency=2)

    assert ada.take_back(change.id) == (3, 0)

    message = ada.see(id_)
    assert (message.category, message.urgency) == ("people", None)
    assert message.spam == pytest.approx(0.75)
    processing.process()
    assert ada.see(id_).category == "people"
    assert ada.take_back(change.id) == (0, 0)


def test_taking_back_leaves_what_the_owner_said_since(ada):
    id_ = ada.message()
    service(ada, always(Classification("people", 0.9))).process()
    first = OpinionService(ada.owner).correct([id_], category="finance")
    second = OpinionService(ada.owner).correct([id_], category="shopping")

    assert ada.take_back(first.id) == (0, 1)
    assert ada.see(id_).category == "shopping"

    ada.take_back(second.id)
    assert ada.see(id_).category == "people"


def test_what_the_owner_said_already_is_not_said_twice(ada):
    id_ = ada.message()
    said = OpinionService(ada.owner)

    said.correct([id_], category="finance")
    said.correct([id_, id_], category="finance")

    with ada.owner.read() as uow:
        assert uow.connection.scalar(select(func.count()).select_from(t.corrections)) == 1


def test_a_rules_priority_stands_against_opinions_and_yields_to_the_owner(ada):
    id_ = ada.message()
    processing = service(ada, always(Urgency(1, 0.9)))
    processing.process()
    with ada.owner.begin() as uow:
        change_id = changes.new_change(uow, "rules")
        row = {"kind": "set_priority", "data": '{"urgency": 3, "importance": null}', "decided_by": "rule"}
        uow.execute(
            insert(t.outbox).values(
                owner_id=uow.owner_id, account_id=ada.account_id, change_id=change_id, message_id=id_,
                state="delivered", created_at=0, updated_at=0, **row,
            )
        )  # fmt: skip

    processing.reprocess()
    processing.process()
    assert ada.see(id_).urgency == 3

    OpinionService(ada.owner).correct([id_], urgency=2)
    processing.reprocess()
    processing.process()
    assert ada.see(id_).urgency == 2


def test_many_messages_are_corrected_and_taken_back_at_once(ada):
    ids = [ada.message(f"Hello {number}") for number in range(510)]
    service(ada, always(Classification("people", 0.9))).process()

    change = OpinionService(ada.owner).correct(ids, category="finance", urgency=3)

    assert {ada.see(id_).category for id_ in ids[::50]} == {"finance"}
    assert ada.take_back(change.id) == (1020, 0)
    assert {ada.see(id_).category for id_ in ids[::50]} == {"people"}
    assert ada.waiting() == 510


def test_undo_takes_a_correction_back(ada):
    id_ = ada.message()
    service(ada, always(Classification("people", 0.9))).process()
    change = OpinionService(ada.owner).correct([id_], category="finance")

    report = UndoService(ada.owner).undo(change)

    assert (report.undone, report.left) == (1, 0)
    assert ada.see(id_).category == "people"


def test_opinions_are_answered_with_the_owners_own_word_first(ada):
    id_ = ada.message()
    other = ada.message("untouched")
    service(ada, always(Classification("people", 0.9))).process(ada.account_id)
    OpinionService(ada.owner).correct([id_], category="finance", others={"mood": "glad"})

    said = OpinionService(ada.owner).of([id_, other])

    assert [(o.kind, o.value, o.said_by) for o in said[id_]] == [
        ("category", "finance", "owner"),
        ("mood", "glad", "owner"),
        ("category", "people", "always"),
    ]
    assert [o.said_by for o in said[other]] == ["always"]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"urgency": 0},
        {"importance": 4},
        {"category": " "},
        {"category": "x" * 61},
        {"spam": "maybe"},
        {"others": {"urgency": "high"}},
    ],
)
def test_a_correction_to_a_value_that_does_not_exist_changes_nothing(ada, wrong):
    id_ = ada.message()

    with pytest.raises(InvalidError):
        OpinionService(ada.owner).correct([id_], **wrong)

    assert ada.see(id_).opinion_version == 0


def test_nobody_corrects_or_reads_another_owners_message(ada, eve):
    id_ = ada.message()

    with pytest.raises(NotFoundError):
        OpinionService(eve.owner).correct([id_], category="people")
    with pytest.raises(NotFoundError):
        OpinionService(eve.owner).of([id_])


def test_a_correction_joins_the_hosts_transaction(ada):
    id_ = ada.message()

    with ada.owner.store.writer() as connection, connection.begin() as transaction:
        joined = ada.owner.store.for_owner("ada", connection=connection)
        OpinionService(joined).correct([id_], category="finance")
        transaction.rollback()

    assert ada.see(id_).category is None
