"""Whom the owner answers, on both databases: mail of such a sender matters more, and nothing else makes it so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update

from mailhelper_core import Classifier, MailHelper, OwnerServices, SenderHistory, Settings, each, hookimpl
from mailhelper_core.process import service
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import written
from mailhelper_core.store.migrations.versions import r0023_written
from mailhelper_core.store.unit_of_work import to_micros
from mailhelper_core.testing import ImapServer

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
OWNER, ADA, JOE = "me@example.org", "ada@example.net", "joe@example.net"
START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
TEXT = "Hello,\r\n\r\nhere are the notes of our walk. I liked it.\r\n\r\nKind regards,\r\nA friend"


@dataclass
class Post:
    """A mailbox on a server, a helper that follows it, and what a plugin's classifier was shown."""

    server: ImapServer
    helper: MailHelper
    me: OwnerServices
    account_id: int
    seen: dict[int, SenderHistory | None]

    def __post_init__(self) -> None:
        self.numbers = count(1)
        self.now = START

    def put(self, mailbox: str, sender: str, to: str, *, answers: str = "", more: str = "") -> str:
        """Put a mail into a mailbox, an hour after the one before; answer its Message-ID."""
        self.now += timedelta(hours=1)
        message_id = f"<{next(self.numbers)}@example.org>"
        fields = {"From": f"A Friend <{sender}>", "To": to, "Subject": "The walk", "Message-ID": message_id}
        fields |= {"Date": self.now.strftime("%a, %d %b %Y %H:%M:%S +0000"), "In-Reply-To": answers}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
        raw = f"{head}{more}\r\n{TEXT}\r\n".encode()
        self.server.store.user("me").mailbox(mailbox).append(raw, internal_date=self.now)
        return message_id

    def correspond(self, times: int = 3, *, sender: str = OWNER, mailbox: str = "Sent", more: str = "") -> None:
        """Let ada write and be answered, some times."""
        for _ in range(times):
            letter = self.put("INBOX", ADA, OWNER)
            self.put(mailbox, sender, ADA, answers=letter, more=more)

    def importance(self, message_id: str) -> tuple[int | None, tuple[str, ...]]:
        """Answer how much a mail matters, and why."""
        id_ = self.id_of(message_id)
        said = next(one for one in self.me.opinions.of([id_])[id_] if one.kind == "importance")
        return self.me.messages.get(id_).importance, said.reasons

    def id_of(self, message_id: str) -> int:
        """Answer our own number of a mail."""
        with self.helper.jobs.store.begin() as connection:
            found = select(t.messages.c.id).where(t.messages.c.message_id == message_id.strip("<>"))
            return int(connection.scalar(found) or 0)

    def history(self, message_id: str) -> SenderHistory:
        """Answer what the plugin's classifier was shown."""
        found = self.seen[self.id_of(message_id)]
        assert found is not None
        return found


@pytest.fixture
def post(database_url: str) -> Iterator[Post]:
    seen: dict[int, SenderHistory | None] = {}

    @each
    def look(message):
        seen[message.id] = message.history

    @hookimpl
    def register_classifiers():
        return [Classifier("looks", look)]

    plugin = SimpleNamespace(__name__="looks", register_classifiers=register_classifiers)
    with (
        ImapServer(users={"me": "secret"}) as server,
        MailHelper(Settings(database_url, key=KEY), plugins=[plugin]) as helper,
    ):
        me = helper.for_owner("me")
        account = me.accounts.add(server.url, username="me", password="secret", addresses=[OWNER])
        yield Post(server, helper, me, account.id, seen)


def test_mail_of_a_sender_who_was_answered_thrice_matters_more_than_the_same_mail_of_a_stranger(post: Post) -> None:
    post.correspond()
    hers, his = post.put("INBOX", ADA, OWNER), post.put("INBOX", JOE, OWNER)

    post.me.run(post.account_id)

    (of_hers, why), (of_his, _) = post.importance(hers), post.importance(his)
    assert (of_hers, of_his) == (3, 2)
    assert why[0] == "you answer most mail of this sender"
    known = post.history(hers)
    assert (known.received, known.written, known.answered, known.wrote_in_thread) == (3, 3, 3, False)
    assert known.last_written_at == post.now - timedelta(hours=2)
    assert post.history(his) == SenderHistory()


@pytest.mark.parametrize("case", ["a program's answers", "a spoofed sender", "a failed check", "a spoofed mail"])
def test_what_the_owner_did_not_write_makes_no_history(post: Post, case: str) -> None:
    failed = "Authentication-Results: mx.example.org; dmarc=fail\r\n"
    if case == "a program's answers":
        post.correspond(more="Auto-Submitted: auto-replied\r\n")
    elif case == "a spoofed sender":
        post.correspond(mailbox="INBOX")
    elif case == "a failed check":
        post.correspond(more=failed)
    else:
        post.correspond()
    hers = post.put("INBOX", ADA, OWNER, more=failed if case == "a spoofed mail" else "")

    post.me.run(post.account_id)

    level, why = post.importance(hers)
    assert level == 2
    assert not [one for one in why if one.startswith("you ")]


def test_an_answer_in_a_thread_of_the_owner_s_is_known_as_one(post: Post) -> None:
    mine = post.put("Sent", OWNER, "list@example.com")
    hers = post.put("INBOX", ADA, OWNER, answers=mine)

    post.me.run(post.account_id)

    assert post.history(hers) == SenderHistory(wrote_in_thread=True)


def test_what_happens_later_changes_no_opinion_of_what_came_before(post: Post) -> None:
    first = post.put("INBOX", ADA, OWNER)
    post.me.run(post.account_id)
    before = post.me.opinions.of([post.id_of(first)])
    post.put("Sent", OWNER, ADA, answers=first)
    post.correspond()
    post.me.run(post.account_id)

    post.me.reprocess()
    post.me.process()

    assert post.history(first) == SenderHistory()
    assert post.me.opinions.of([post.id_of(first)]) == before


def test_a_mail_that_was_filed_as_sent_later_counts_from_then_on(post: Post) -> None:
    user = post.server.store.user("me")
    post.correspond(mailbox="INBOX")
    post.me.run(post.account_id)
    inbox = user.mailbox("INBOX")
    own = [one.uid for one in inbox.messages if b"From: A Friend <me@" in one.raw]
    inbox.move(own, user.mailbox("Sent"))
    hers = post.put("INBOX", ADA, OWNER)

    post.me.run(post.account_id)

    assert post.history(hers).answered == 3


def test_deeds_of_other_programs_are_known_where_sent_mail_is_not(post: Post) -> None:
    letters = [post.put("INBOX", ADA, OWNER) for _ in range(4)]
    hers = post.put("INBOX", ADA, OWNER)
    post.me.run(post.account_id)
    hints = [("reply", "yes", "reply"), *[("importance", "1", "delete_unread")] * 3]
    rows = [
        {
            "account_id": post.account_id, "message_id": post.id_of(letter), "kind": kind, "value": value,
            "signal": signal, "weight": 0.3, "actor": "", "created_at": to_micros(post.now) - 1,
        }
        for letter, (kind, value, signal) in zip(letters, hints, strict=True)
    ]  # fmt: skip
    with post.helper.jobs.store.begin() as connection:
        owner_id = connection.scalar(select(t.owners.c.id))
        connection.execute(insert(t.corrections).values(owner_id=owner_id), rows)

    post.me.reprocess()
    post.me.process()

    assert post.history(hers) == SenderHistory(received=4, answered=1, deleted_unread=3)


def test_a_database_of_before_is_filled_as_sync_would_have(post: Post) -> None:
    post.correspond()
    post.put("INBOX", OWNER, JOE)
    post.me.run(post.account_id)
    store = post.helper.jobs.store
    w = t.written_to.c
    noted = select(w.address, w.message_id, w.received_at, w.answers, w.sent).where(w.sent.is_(True)).order_by(*w)
    with store.begin() as connection:
        before = connection.execute(noted).all()
        connection.execute(delete(t.written_to))
        r0023_written.fill(connection)
        assert connection.execute(noted).all() == before
        assert len(before) == 3
        # An account without a mailbox for sent mail has nothing better than the owner's address.
        connection.execute(delete(t.written_to))
        connection.execute(update(t.mailboxes).where(t.mailboxes.c.role == "sent").values(role=""))
        r0023_written.fill(connection)
        assert connection.scalar(select(func.count()).select_from(t.written_to)) == 4


def test_a_database_of_before_knows_the_owner_s_address_in_any_case(post: Post) -> None:
    post.put("INBOX", OWNER, JOE)
    post.me.run(post.account_id)
    with post.helper.jobs.store.begin() as connection:
        connection.execute(delete(t.written_to))
        connection.execute(update(t.mailboxes).where(t.mailboxes.c.role == "sent").values(role=""))
        connection.execute(update(t.accounts).values(addresses="jörg@example.org"))
        connection.execute(update(t.messages).values(from_addr="JÖRG@Example.org"))
        r0023_written.fill(connection)
        assert connection.scalars(select(t.written_to.c.address)).all() == [written.hash_of(JOE)]


def test_mail_that_is_processed_between_the_parts_of_a_first_sync_is_judged_again_by_the_whole_history(
    post: Post,
) -> None:
    post.correspond()
    hers = post.put("INBOX", ADA, OWNER)
    post.me.sync(post.account_id, max_messages=1)
    assert post.me.process().processed == 1
    early = post.importance(hers)
    post.me.opinions.correct([post.id_of(hers)], spam=False)
    post.me.learning.train()
    assert _features(post) == 1

    post.me.sync(post.account_id)
    assert _features(post) == 0, "the learner reads it again, too"
    report = post.me.process()

    assert (early[0], post.importance(hers)[0]) == (2, 3)
    assert report.processed == 7
    assert post.history(hers).answered == 3


def test_mail_that_is_being_processed_when_a_first_sync_ends_is_judged_by_the_whole_history(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.correspond()
    hers = post.put("INBOX", ADA, OWNER)
    post.me.sync(post.account_id, max_messages=1)
    asked = service.ask

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(service, "ask", asked)
        post.me.sync(post.account_id)
        return asked(*args, **kwargs)

    monkeypatch.setattr(service, "ask", meanwhile)
    post.me.process()
    post.me.process()

    assert post.importance(hers)[0] == 3
    assert post.history(hers).answered == 3


def _features(post: Post) -> int:
    with post.helper.jobs.store.begin() as connection:
        return int(connection.scalar(select(func.count()).select_from(t.learn_features)) or 0)


def test_only_the_first_whole_sync_has_mail_judged_again(post: Post) -> None:
    post.correspond()
    post.me.run(post.account_id, max_messages=2)
    parts = [post.me.run(post.account_id).process.processed]
    user = post.server.store.user("me")
    user.mailbox("INBOX").expunge([user.mailbox("INBOX").messages[0].uid])
    parts += [post.me.run(post.account_id).process.processed for _ in range(2)]
    post.put("INBOX", ADA, OWNER)
    parts.append(post.me.run(post.account_id).process.processed)

    assert parts == [6, 0, 0, 1]
