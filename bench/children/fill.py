"""Fill a new database with made-up mail, indexed: fill.py URL COUNT [WORDS [OWNER]]; tells the index's CPU."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import insert, text

from bench.gauge import tell
from bench.generated import NEWEST, WORDS_A_TEXT, Made, messages
from mailhelper_core import MailHelper, Store
from mailhelper_core.model.mail.keyword import SEEN, pack_keywords
from mailhelper_core.model.source.account import AccountPolicy
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import insert_rows, reserve_ids
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.search import search_index, segments
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork, to_micros

BATCH = 1_000
_MESSAGE = (
    "id", "owner_id", "account_id", "thread_id", "match_key", "message_id", "subject", "from_name", "from_addr",
    "from_domain", "addresses", "facts", "list_id", "received_at", "sort_at", "size", "snippet", "parse_status",
    "has_attachments", "category", "created_at",
)  # fmt: skip
_PLACE = (
    "account_id", "mailbox_id", "uid_validity", "uid", "message_id", "base_flags", "base_keywords", "flags", "keywords",
)  # fmt: skip


Judge = Callable[[UnitOfWork, int, Sequence[int], Sequence[Made]], None]


def leave_open(*_: object) -> None:
    """Say nothing of new mail."""


def batches(count: int, words: int, newest: datetime = NEWEST) -> Iterator[list[Made]]:
    """Yield made-up mail in batches."""
    every = messages(count, words, newest)
    while batch := list(islice(every, BATCH)):
        yield batch


def put(uow: UnitOfWork, account_id: int, boxes: Sequence[int], batch: Sequence[Made]) -> list[int]:
    """Store a batch and answer its ids."""
    ids = reserve_ids(uow.connection, t.messages, len(batch))
    rows, texts, places = [], [], []
    for id_, one in zip(ids, batch, strict=True):
        at = to_micros(one.received_at)
        facts = json.dumps({"list_id": one.list_id}) if one.list_id else "{}"
        rows.append((
            id_, uow.owner_id, account_id, id_, b"k", f"{one.number}@example", one.subject, "", one.sender, one.domain,
            "{}", facts, one.list_id, at, at, one.size, one.text[:120], "ok", one.has_attachments, one.category, at,
        ))  # fmt: skip
        texts.append((id_, one.text))
        bits, others = pack_keywords([SEEN] if one.seen else [])
        box = boxes[one.archived]
        places.append((account_id, box, 1, one.number + 1, id_, bits, others, bits, others))
    insert_rows(uow.connection, t.messages, _MESSAGE, rows)
    insert_rows(uow.connection, t.message_texts, ("message_id", "text"), texts)
    insert_rows(uow.connection, t.placements, _PLACE, places)
    return list(ids)


def fill(owner: OwnerStore, count: int, words: int, newest: datetime = NEWEST, judge: Judge = leave_open) -> float:
    """Store and index mail, and let `judge` say something of it; answer the CPU seconds of indexing."""
    with owner.begin() as uow:
        account_id = accounts.add(
            uow, "imaps://imap.example.org", name="home", username="ada", options={}, policy=AccountPolicy(),
            addresses=frozenset(),
        )  # fmt: skip
        boxes = [
            int(uow.connection.scalar(
                insert(t.mailboxes)
                .values(account_id=account_id, name=name, delimiter="/", role=role, uid_validity=1)
                .returning(t.mailboxes.c.id)
            ) or 0)
            for name, role in (("INBOX", "inbox"), ("Archive", "archive"))
        ]  # fmt: skip
    cpu = 0.0
    for batch in batches(count, words, newest):
        with owner.begin() as uow:
            ids = put(uow, account_id, boxes, batch)
            judge(uow, account_id, ids, batch)
        for start in range(0, len(ids), 50):
            with owner.begin() as uow:
                before = time.process_time()
                search_index.add_batch(uow, search_index.rows(uow, ids[start : start + 50]))
            segments.merge_some(owner.store)
            cpu += time.process_time() - before
    return cpu


def analyze(store: Store) -> None:
    """Do what a database does by itself in quiet hours."""
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if store.engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))


def main() -> None:
    """Fill the database that the command line names."""
    url, count = sys.argv[1], int(sys.argv[2])
    words = int(sys.argv[3]) if len(sys.argv) > 3 else WORDS_A_TEXT
    owner = sys.argv[4] if len(sys.argv) > 4 else "ada"
    with MailHelper(url) as helper:
        helper.migrate()
    store = Store.open(url)
    cpu = fill(store.for_owner(owner), count, words)
    analyze(store)
    store.close()
    tell({"index_cpu": cpu})


if __name__ == "__main__":
    main()
