"""To whom the owner's mails went, and an index of messages by their sender."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "r0023"
down_revision = "r0022"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FROM_SOMEBODY = sa.text("from_addr <> ''")
MAX_RECIPIENTS = 30
NOT_SENT = ("drafts", "junk", "trash")
CHECKS = ("spf", "dkim", "dmarc")
# Values of one statement.
CHUNK = 500


def upgrade() -> None:
    """Add a table, fill it from the mail that is there, and add an index; code before them works as it did.

    It does not know the table, so what it deletes takes the rows along.
    """
    op.create_table(
        "mailhelper_written_to",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("address", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("answers", sa.Boolean(), nullable=False),
        sa.Column("sent", sa.Boolean(), nullable=False),
        _parent("account_id", "mailhelper_accounts"),
        _parent("message_id", "mailhelper_messages"),
        sa.PrimaryKeyConstraint("account_id", "address", "message_id", name=op.f("pk_mailhelper_written_to")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_mailhelper_written_to_message_id", "mailhelper_written_to", ["message_id"])
    op.create_index(
        "ix_mailhelper_messages_sender",
        "mailhelper_messages",
        ["owner_id", "from_addr", "received_at"],
        sqlite_where=FROM_SOMEBODY,
        postgresql_where=FROM_SOMEBODY,
        postgresql_include=["id"],
    )
    fill(op.get_bind())


def fill(connection: sa.Connection) -> None:
    """Note all stored mails of all accounts: those that were sent, or the owner's where no mailbox is for sent mail."""
    accounts = _table("accounts", "id", "addresses")
    for account_id, addresses in connection.execute(sa.select(accounts).order_by(accounts.c.id)).all():
        own, sent = frozenset(addresses.split()), sorted(connection.scalars(_lie(account_id, "sent")))
        ids = sent or _own_mails(connection, account_id, own)
        for some in _chunks(ids):
            _note(connection, account_id, some, own, is_sent=bool(sent))


def _parent(column: str, table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_mailhelper_written_to_{column}")
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name, ondelete="CASCADE")


def _table(name: str, *columns: str) -> sa.Table:
    return sa.Table(f"mailhelper_{name}", sa.MetaData(), *(sa.Column(column) for column in columns))


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))


def _lie(account_id: int, *roles: str) -> sa.Select[Any]:
    places, boxes = _table("placements", "message_id", "mailbox_id"), _table("mailboxes", "id", "account_id", "role")
    of_account = (boxes.c.id == places.c.mailbox_id, boxes.c.account_id == account_id, boxes.c.role.in_(roles))
    return sa.select(places.c.message_id).where(*of_account).distinct()


def _own_mails(connection: sa.Connection, account_id: int, own: Collection[str]) -> list[int]:
    m = _table("messages", "id", "account_id", "from_addr").c
    of_account = sa.select(m.from_addr).where(m.account_id == account_id).distinct()
    # Lower case is made here: the two databases do not agree on it.
    senders = [sender for sender in connection.scalars(of_account) if sender.lower() in own]
    found: list[int] = []
    for some in _chunks(senders):
        mine = sa.select(m.id).where(m.account_id == account_id, m.from_addr.in_(some))
        found += connection.scalars(mine.where(m.id.not_in(_lie(account_id, *NOT_SENT))))
    return sorted(found)


def _note(
    connection: sa.Connection, account_id: int, ids: Sequence[int], own: Collection[str], *, is_sent: bool
) -> None:
    messages = _table("messages", "id", "received_at", "facts", "addresses")
    names = ("account_id", "address", "message_id", "received_at", "answers", "sent")
    rows = [
        dict(zip(names, (account_id, address, id_, received_at, answers, is_sent), strict=True))
        for id_, received_at, facts, groups in connection.execute(sa.select(messages).where(messages.c.id.in_(ids)))
        for address, answers in _recipients(json.loads(facts), json.loads(groups), own)
    ]
    if rows:
        connection.execute(sa.insert(_table("written_to", *names)), rows)


def _recipients(facts: Any, groups: Any, own: Collection[str]) -> Iterator[tuple[int, bool]]:
    if facts.get("auto_submitted", "no") != "no" or any("fail" in facts.get(check, "") for check in CHECKS):
        return
    to, others = _specs(groups.get("to", ())), _specs([*groups.get("cc", ()), *groups.get("bcc", ())])
    found = [address for address in dict.fromkeys((*to, *others)) if address not in own]
    is_answer = bool(facts.get("in_reply_to") or facts.get("references"))
    if len(found) <= MAX_RECIPIENTS:
        for address in found:
            data = address.encode("utf-8", "replace")
            number = blake2b(data, digest_size=8, person=b"address").digest()
            yield int.from_bytes(number, "big", signed=True), is_answer and address in to


def _specs(group: Iterable[Sequence[str]]) -> list[str]:
    return [spec.lower() for _, spec in group if "@" in spec]
