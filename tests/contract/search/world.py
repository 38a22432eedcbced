"""An owner's store filled with given messages, as sync and processing would have left it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count

from sqlalchemy import insert

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.mime.parse import parse_headers
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.mail.keyword import pack_keywords
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mind.opinion import OWNER, Opinion
from mailhelper_core.model.mind.tag import SuggestedTag
from mailhelper_core.model.rules.criteria import Criteria
from mailhelper_core.model.source.account import AccountPolicy
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.query.match import compile_criteria
from mailhelper_core.query.view import MessageView
from mailhelper_core.search.service import SearchService
from mailhelper_core.store import tables as t
from mailhelper_core.store.contents.packed import compress
from mailhelper_core.store.mail import accounts, blobs, messages
from mailhelper_core.store.mail.values import addresses_json, facts_json
from mailhelper_core.store.mind import opinions, suggestions, tags
from mailhelper_core.store.mind.opinions import Correction
from mailhelper_core.store.mind.tags import Assignment
from mailhelper_core.store.unit_of_work import OwnerStore, Store, UnitOfWork, from_micros, to_micros
from mailhelper_core.store.work import pending

MAILBOXES = ((1, "INBOX", "inbox"), (2, "Archive", "archive"), (3, "Work/Größe", ""))
_owners = count(1)


@dataclass
class World:
    """One owner with two accounts, `home` (with own addresses) and `work`; messages go into either."""

    store: Store
    registry: Registry = field(default_factory=Registry)
    name: str = field(default_factory=lambda: f"owner-{next(_owners)}")
    accounts: dict[int, int] = field(default_factory=dict)
    mailboxes: dict[tuple[int, int], int] = field(default_factory=dict)
    uids: dict[int, int] = field(default_factory=dict)

    @property
    def owner(self) -> OwnerStore:
        return self.store.for_owner(self.name)

    @property
    def search(self) -> SearchService:
        return SearchService(self.owner, self.registry, Dispatcher())

    def open(self) -> World:
        with self.owner.begin() as uow:
            for number, name in ((1, "home"), (2, "Work")):
                own = frozenset(("ada@bank.example", "Ada@Home.example")) if number == 1 else frozenset()
                account_id = accounts.add(
                    uow,
                    "imaps://x.example",
                    name=name,
                    username="ada",
                    options={},
                    policy=AccountPolicy(),
                    addresses=own,
                )
                self.accounts[number] = account_id
                for key, mailbox, role in MAILBOXES:
                    row = insert(t.mailboxes).values(account_id=account_id, name=mailbox, delimiter="/", role=role)
                    self.mailboxes[number, key] = int(uow.connection.scalar(row.returning(t.mailboxes.c.id)) or 0)
        return self

    def put(self, details: Sequence[MessageDetail]) -> list[int]:
        """Store messages; they wait for the index."""
        with self.owner.begin() as uow:
            return [self._put(uow, detail) for detail in details]

    def index(self) -> int:
        return sum(self.search.index(account_id) for account_id in self.accounts.values())

    def everything(self) -> list[MessageDetail]:
        """All visible messages, loaded as conditions see them, newest first."""
        with self.owner.read() as uow:
            m = t.messages.c
            rows = uow.connection.execute(
                t.messages.select()
                .where(m.owner_id == uow.owner_id, m.orphaned_at.is_(None))
                .order_by(m.sort_at.desc(), m.id.desc())
            )
            ids = [row.id for row in rows]
            return messages.details(uow, ids, decode_headers=lambda raw: parse_headers(raw).headers)

    def context(self) -> MatchContext:
        with self.owner.read() as uow:
            names = {account.id: account.name for account in accounts.every(uow, self.name)}
            return MatchContext(from_micros(uow.now), registry=self.registry, account_names=names)

    def truth(self) -> Callable[[Criteria], list[int]]:
        """Answer what the predicate says of every message that is there now."""
        details, context = self.everything(), self.context()

        def expected(criteria: Criteria) -> list[int]:
            matcher = compile_criteria(criteria, context)
            return [detail.id for detail in details if matcher.matches(MessageView(detail))]

        return expected

    def found(self, query: str | Criteria, **options: object) -> list[int]:
        """All pages of a search."""
        ids: list[int] = []
        after: str | None = None
        while True:
            page = self.search.search(query, after=after, **options)  # type: ignore[arg-type]
            ids += [message.id for message in page]
            after = page.next
            if after is None:
                return ids

    def _put(self, uow: UnitOfWork, detail: MessageDetail) -> int:
        account_id = self.accounts[detail.account_id]
        raw = "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in detail.headers).encode() + b"\r\n"
        digest = sha256(raw).digest()
        blobs.put(uow, [(digest, compress(raw), len(raw))])
        groups = {"to": detail.to, "cc": detail.cc, "bcc": detail.bcc, "reply_to": detail.reply_to}
        groups["sender"] = (detail.sender,) if detail.sender else ()
        facts = facts_json(
            detail.facts, in_reply_to=detail.in_reply_to, references=detail.references, problems=detail.problems
        )
        row = insert(t.messages).values(
            owner_id=uow.owner_id, account_id=account_id, thread_id=detail.thread_id, digest=digest, match_key=b"k",
            message_id=detail.message_id, subject=detail.subject, from_name=detail.from_.name,
            from_addr=detail.from_.addr_spec, from_domain=detail.from_.domain, addresses=addresses_json(groups),
            facts=facts, list_id=detail.facts.list_id,
            sent_at=detail.sent_at and to_micros(detail.sent_at), received_at=to_micros(detail.received_at),
            sort_at=to_micros(detail.received_at), size=detail.size, snippet="", language=detail.language,
            parse_status=detail.parse_status, has_attachments=detail.has_attachments, spam=detail.spam,
            category=detail.category, urgency=detail.urgency, importance=detail.importance, created_at=0,
        )  # fmt: skip
        message_id = int(uow.connection.scalar(row.returning(t.messages.c.id)) or 0)
        uow.execute(insert(t.message_texts).values(message_id=message_id, text=detail.text))
        for one in detail.attachments:
            uow.execute(
                insert(t.attachments).values(
                    message_id=message_id, part=one.part, filename=one.filename, media_type=one.media_type,
                    size=one.size, content_id="", inline=False,
                )
            )  # fmt: skip
        self._place(uow, message_id, detail)
        suggested = [SuggestedTag(message_id, name, sure, "learner 1") for name, sure in detail.suggestions]
        suggestions.put(uow, suggested)
        for tag in detail.tags:
            known = tags.find(uow, tag.name) or tags.create(uow, tag.name)
            tags.assign(uow, known.id, [Assignment(message_id)])
        self._say(uow, message_id, detail)
        pending.add(uow, "index", account_id, [message_id])
        return message_id

    def _say(self, uow: UnitOfWork, message_id: int, detail: MessageDetail) -> None:
        """Store the opinions, and beside each one that counts less and says something else."""
        account_id = self.accounts[detail.account_id]
        words = [one for one in detail.opinions if one.said_by == OWNER]
        said = [one for one in detail.opinions if one.said_by != OWNER]
        for one in detail.opinions:
            less = 0.99 if one.said_by == OWNER else one.confidence / 2
            said.append(Opinion(one.kind, "otherwise", less, (), "zebra"))
        opinions.add(uow, account_id, {message_id: said})
        opinions.correct(uow, [Correction(message_id, account_id, one.kind, None, "before") for one in words])
        opinions.correct(uow, [Correction(message_id, account_id, one.kind, None, one.value) for one in words])

    def _place(self, uow: UnitOfWork, message_id: int, detail: MessageDetail) -> None:
        for place in detail.places:
            mailbox_id = self.mailboxes[detail.account_id, place.mailbox_id]
            uid = self.uids[mailbox_id] = self.uids.get(mailbox_id, 0) + 1
            bits, others = pack_keywords(place.keywords)
            uow.execute(
                insert(t.placements).values(
                    account_id=self.accounts[detail.account_id], mailbox_id=mailbox_id, uid_validity=1, uid=uid,
                    message_id=message_id, base_flags=bits, base_keywords=others, flags=bits, keywords=others,
                )
            )  # fmt: skip
