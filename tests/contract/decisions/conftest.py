"""A store on each database, and a hand that puts mail into it as a sync would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from mailhelper_core.model.mail.keyword import pack_keywords
from mailhelper_core.model.mail.message import Message
from mailhelper_core.model.source.account import Account
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import accounts, messages
from mailhelper_core.store.unit_of_work import OwnerStore, Store, to_micros
from mailhelper_core.store.work import pending

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ROLES = {"INBOX": "inbox", "Archive": "archive", "Trash": "trash", "Junk": "junk", "All Mail": "all"}


@dataclass
class Hands:
    """Puts accounts, mailboxes and messages into an owner's store, and looks at what is shown."""

    owner: OwnerStore
    now: datetime = START
    uids: dict[int, int] = field(default_factory=dict)

    def account(self, name: str = "home", *, url: str = "imaps://imap.example.org") -> Account:
        with self.owner.begin() as uow:
            account_id = accounts.add(
                uow, url, name=name, username=name, options={}, policy=_policy(), addresses=frozenset()
            )
            return accounts.get(uow, self.owner.owner, account_id)

    def mailbox(self, account: Account, name: str, *, read_only: bool = False, role: str | None = None) -> int:
        values = {"name": name, "delimiter": "/", "role": ROLES.get(name, "") if role is None else role}
        with self.owner.begin() as uow:
            statement = insert(t.mailboxes).values(
                account_id=account.id, uid_validity=7, highest_mod_seq=10, read_only=read_only, **values
            )
            return int(uow.connection.scalar(statement.returning(t.mailboxes.c.id)) or 0)

    def message(self, account: Account, *mailbox_ids: int, keywords: tuple[str, ...] = (), **columns: object) -> int:
        values = {
            "message_id": f"m{len(self.uids)}@example.org", "subject": "Hello", "from_name": "Bob",
            "from_addr": "bob@example.org", "from_domain": "example.org", "addresses": "{}", "facts": "{}",
            "received_at": to_micros(START), "sort_at": to_micros(START), "size": 1000, "snippet": "Hello",
            "parse_status": "ok", "has_attachments": False, "thread_id": 0, "match_key": b"k", "created_at": 0,
        } | columns  # fmt: skip
        with self.owner.begin() as uow:
            statement = insert(t.messages).values(owner_id=uow.owner_id, account_id=account.id, **values)
            message_id = int(uow.connection.scalar(statement.returning(t.messages.c.id)) or 0)
            uow.execute(
                insert(t.message_texts).values(message_id=message_id, text=str(columns.get("snippet", "Hello")))
            )
            bits, others = pack_keywords(keywords)
            for mailbox_id in mailbox_ids:
                uid = self.uids[mailbox_id] = self.uids.get(mailbox_id, 0) + 1
                place = {"base_flags": bits, "base_keywords": others, "flags": bits, "keywords": others}
                uow.execute(
                    insert(t.placements).values(
                        account_id=account.id, mailbox_id=mailbox_id, uid_validity=7, uid=uid, message_id=message_id,
                        mod_seq=5, **place,
                    )
                )  # fmt: skip
            pending.add(uow, "rules", account.id, [message_id])
        return message_id

    def see(self, message_id: int) -> Message:
        with self.owner.read() as uow:
            return messages.summaries(uow, [message_id])[0]

    def state(self) -> list[tuple[object, ...]]:
        """Everything that decisions change, to compare before and after."""
        p, mt, m = t.placements.c, t.message_tags.c, t.messages.c
        with self.owner.read() as uow:
            places = select(
                p.message_id, p.mailbox_id, p.uid, p.base_flags, p.base_keywords, p.flags, p.keywords, p.hidden
            )
            tagged = select(mt.message_id, t.tags.c.name, mt.set_by, mt.actor).join(t.tags, t.tags.c.id == mt.tag_id)
            ranked = select(m.id, m.urgency, m.importance)
            return [
                tuple(row)
                for query in (places, tagged, ranked)
                for row in uow.execute(query.order_by(*query.selected_columns))
            ]

    def pass_time(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store.open(database_url)
    yield opened
    opened.close()


@pytest.fixture
def ada(store: Store) -> Hands:
    hands = Hands(store.for_owner("ada"))
    store.clock = lambda: hands.now
    return hands


@pytest.fixture
def eve(store: Store, ada: Hands) -> Hands:
    return Hands(store.for_owner("eve"))


def _policy() -> accounts.AccountPolicy:
    return accounts.AccountPolicy()


@pytest.fixture
def account(ada: Hands) -> Account:
    return ada.account()


@pytest.fixture
def message(ada: Hands, account: Account) -> int:
    return ada.message(account, ada.mailbox(account, "INBOX"))
