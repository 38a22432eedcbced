"""An owner's store with an account, a hand that puts mail into it, and services with classifiers made for a test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import zstandard
from sqlalchemy import insert

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.model.extension import Classifier, Provided, Registry, each
from mailhelper_core.model.mail.message import Message
from mailhelper_core.model.mind.opinion import Opinion
from mailhelper_core.model.source.account import AccountPolicy
from mailhelper_core.process import builtin
from mailhelper_core.process.service import ProcessingService
from mailhelper_core.settings import Settings
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import accounts, messages
from mailhelper_core.store.mind import opinions, taken_back
from mailhelper_core.store.unit_of_work import OwnerStore, to_micros
from mailhelper_core.store.work import changes, pending

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
            taken, left = taken_back.take_back(uow, changes.data(uow, change_id)["corrections"])
            return len(taken), left


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
