"""Fill a SQLite file, copy it to PostgreSQL: copy.py FOLDER URL COUNT; tells seconds, rows, and octets a row."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

from sqlalchemy import Connection, select, text

from bench.children.fill import batches, put
from bench.gauge import measured, tell
from mailhelper_core import MailHelper, Store
from mailhelper_core.model.source.account import AccountPolicy
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import insert_rows
from mailhelper_core.store.contents.packed import compress
from mailhelper_core.store.mail import accounts, blobs
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork

# Words of a text, as of a usual mail without its quotes.
WORDS = 120
KINDS = ("spam", "category", "urgency", "importance")
SIZES = ("messages", "message_texts", "blobs", "placements", "opinions")
_OPINION = (
    "account_id", "message_id", "kind", "value", "confidence", "reasons", "said_by", "version", "created_at"
)  # fmt: skip


def fill(owner: OwnerStore, count: int) -> None:
    """Store mail with raw contents and opinions, all but the search index."""
    random = Random(2)
    with owner.begin() as uow:
        account_id = accounts.add(
            uow, "imaps://imap.example.org", name="home", username="ada", options={}, policy=AccountPolicy(),
            addresses=frozenset(),
        )  # fmt: skip
        boxes = [_mailbox(uow, account_id, name) for name in ("INBOX", "Archive")]
    for batch in batches(count, WORDS):
        with owner.begin() as uow:
            ids = put(uow, account_id, boxes, batch)
            raws = [f"{one.number}\r\n{one.subject}\r\n\r\n{one.text}".encode() for one in batch]
            blobs.put(uow, [(random.randbytes(32), compress(raw), len(raw)) for raw in raws])
            rows = [
                (account_id, id_, kind, "people", 0.5, '["a reason of a few words"]', "built-in", "1", uow.now)
                for id_ in ids
                for kind in KINDS
            ]
            insert_rows(uow.connection, t.opinions, _OPINION, rows)


def _mailbox(uow: UnitOfWork, account_id: int, name: str) -> int:
    made = t.mailboxes.insert().values(account_id=account_id, name=name, uid_validity=1).returning(t.mailboxes.c.id)
    return int(uow.connection.scalar(made) or 0)


def _octets_a_row(connection: Connection, name: str) -> float:
    table = t.metadata.tables[t.PREFIX + name]
    whole = connection.scalar(text("SELECT pg_total_relation_size(CAST(:n AS regclass))"), {"n": table.name}) or 0
    return float(whole / max(1, len(connection.execute(select(table.primary_key.columns.values()[0])).all())))


def main() -> None:
    """Fill, copy, look."""
    folder, url, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    source = f"sqlite:///{folder / 'source.db'}"
    found: dict[str, float] = {}
    with MailHelper(source) as helper:
        helper.migrate()
        store = Store.open(source)
        fill(store.for_owner("ada"), count)
        store.close()
        with measured(found):
            report = helper.copy_to(url)
    found |= {"rows": report.rows, "verified": report.verified}
    target = Store.open(url)
    with target.read() as connection:
        found |= {name: _octets_a_row(connection, name) for name in SIZES}
    target.close()
    tell(found)


if __name__ == "__main__":
    main()
