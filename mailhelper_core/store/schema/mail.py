"""Facts: accounts, mailboxes, messages and where they are."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from mailhelper_core.store.schema.on_postgresql import ON_POSTGRESQL
from mailhelper_core.store.schema.types import (
    PREFIX,
    BigInt,
    Bytes,
    CleanText,
    Key,
    Micros,
    id_column,
    metadata,
    ref,
)

_BODILESS = text("digest IS NULL")
_LISTED = text("list_id <> ''")
_FROM_SOMEBODY = text("from_addr <> ''")
# True of every message, and no order of any index: on SQLite a query that does not say it stays away from the index.
_COUNTED = text("account_id <> 0")

owners = Table(
    f"{PREFIX}owners",
    metadata,
    id_column(),
    Column("key", Key, nullable=False, unique=True),
    Column("rule_mode", Key, nullable=False, server_default="all"),
    Column("time_zone", Key, nullable=False, server_default="UTC"),
    Column("language", Key, nullable=False, server_default=""),
    Column("tag_errors", Float, nullable=False, server_default="0"),
    Column("shares_learning", Boolean, nullable=False, server_default="0"),
    Column("event_seq", BigInt, nullable=False, server_default="0"),
    Column("created_at", Micros, nullable=False),
    sqlite_autoincrement=True,
)

# Accounts that nobody polls.
RESTING = ("paused", "needs_auth")
_IN_USE = text("state NOT IN ('paused', 'needs_auth')")
_AWAY = text("not_before IS NOT NULL")

accounts = Table(
    f"{PREFIX}accounts",
    metadata,
    id_column(),
    ref("owner_id", "owners"),
    Column("name", CleanText, nullable=False),
    Column("url", CleanText, nullable=False),
    Column("username", CleanText, nullable=False),
    Column("options", CleanText, nullable=False, server_default="{}"),  # JSON object of texts
    Column("secret_id", Key, nullable=False),  # additional data of the sealed secret
    Column("sealed_secret", Bytes),
    Column("policy", CleanText, nullable=False, server_default="{}"),  # JSON object
    Column("addresses", CleanText, nullable=False, server_default=""),  # joined by blanks
    Column("state", Key, nullable=False, server_default="ok"),
    Column("state_code", Key, nullable=False, server_default=""),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("personal_prefix", CleanText),  # of its mailboxes' names (RFC 2342); null where the server did not say
    Column("prefix_asked_at", Micros),
    Column("last_success_at", Micros),
    # When the last sync began that saw all that is wanted, and stored it; 0 once places were removed after it.
    Column("complete_at", Micros),
    Column("next_poll_at", Micros),
    Column("not_before", Micros),
    # JSON: whose opinions make what is effective, and since when; null before mail was processed.
    Column("sayers", CleanText),
    Column("created_at", Micros, nullable=False),
    Index(None, "owner_id"),
    # Whose poll is due; the two others find what a clock that was ahead has written there.
    Index("ix_mailhelper_accounts_due", "next_poll_at", "id", sqlite_where=_IN_USE),
    Index(None, "last_success_at"),
    Index("ix_mailhelper_accounts_away", "not_before", sqlite_where=_AWAY),
    sqlite_autoincrement=True,
)

mailboxes = Table(
    f"{PREFIX}mailboxes",
    metadata,
    id_column(),
    ref("account_id", "accounts"),
    Column("name", Key, nullable=False),
    Column("delimiter", CleanText, nullable=False, server_default=""),
    Column("role", Key, nullable=False, server_default=""),
    Column("uid_validity", BigInt, nullable=False, server_default="0"),
    Column("uid_next", BigInt, nullable=False, server_default="0"),
    Column("highest_mod_seq", BigInt, nullable=False, server_default="0"),
    Column("server_messages", BigInt, nullable=False, server_default="0"),
    Column("known", CleanText, nullable=False, server_default=""),  # UidSet: what the server held at the last look
    Column("left_out", CleanText, nullable=False, server_default=""),  # UidSet: those older than the window
    Column("window_at", Micros),  # the account's window by which they were left out
    Column("is_complete", Boolean, nullable=False, server_default="1"),  # every other known uid has a placement
    Column("flags_scanned_at", Micros),
    Column("renumberings", Integer, nullable=False, server_default="0"),  # changes of uid_validity in a row
    Column("suspect_uid", BigInt, nullable=False, server_default="0"),  # where the connection broke; 0: the mailbox
    Column("suspect_strikes", Integer, nullable=False, server_default="0"),  # below 0: it is tried before the others
    Column("permanent_keywords", CleanText),  # joined by blanks; NULL: any, or never opened
    Column("read_only", Boolean, nullable=False, server_default="0"),
    Column("gone_at", Micros),  # the server no longer lists it
    Column("last_synced_at", Micros),
    UniqueConstraint("account_id", "name"),
    sqlite_autoincrement=True,
)

blobs = Table(
    f"{PREFIX}blobs",
    metadata,
    id_column(),
    ref("owner_id", "owners"),
    Column("digest", Bytes, nullable=False),  # sha256 of the raw message
    Column("data", Bytes, nullable=False),  # zstd level 3
    Column("size", BigInt, nullable=False),  # octets before compression
    Column("used_at", Micros, nullable=False),
    UniqueConstraint("owner_id", "digest"),
    sqlite_autoincrement=True,
)

messages = Table(
    f"{PREFIX}messages",
    metadata,
    id_column(),
    ref("owner_id", "owners"),
    ref("account_id", "accounts"),
    Column("thread_id", BigInt, nullable=False),  # the smallest id among the thread's messages
    Column("digest", Bytes),  # NULL until the body was fetched
    Column("match_key", Bytes, nullable=False),
    Column("remote_id", Key, nullable=False, server_default=""),
    Column("message_id", CleanText, nullable=False),
    Column("subject", CleanText, nullable=False),
    Column("from_name", CleanText, nullable=False),
    Column("from_addr", CleanText, nullable=False),
    Column("from_domain", Key, nullable=False),
    Column("addresses", CleanText, nullable=False),  # JSON: to, cc, bcc, reply_to, sender as [name, addr_spec]
    Column("facts", CleanText, nullable=False),  # JSON: MailFacts that are set, in_reply_to, references, problems
    Column("list_id", Key, nullable=False, server_default=""),
    Column("sent_at", Micros),
    Column("received_at", Micros, nullable=False),
    Column("sort_at", Micros, nullable=False),
    Column("size", BigInt, nullable=False),
    Column("snippet", CleanText, nullable=False),
    Column("language", Key),
    Column("parse_status", Key, nullable=False),
    Column("has_attachments", Boolean, nullable=False),
    Column("spam", Float),
    Column("category", Key),
    Column("urgency", Integer),
    Column("importance", Integer),
    Column("opinion_version", Integer, nullable=False, server_default="0"),
    Column("provider_kinds", Key, nullable=False, server_default=""),  # rest on a provider alone, joined by blanks
    Column("orphaned_at", Micros),
    Column("created_at", Micros, nullable=False),
    ForeignKeyConstraint(["owner_id", "digest"], [f"{PREFIX}blobs.owner_id", f"{PREFIX}blobs.digest"]),
    Index(None, "owner_id", "sort_at", "id"),
    Index(None, "owner_id", "digest"),
    Index(None, "account_id", "match_key"),
    Index(None, "account_id", "remote_id", sqlite_where=text("remote_id <> ''")),
    Index(None, "thread_id"),
    # The mail of one list in the order of arrival, and which lists there are.
    Index("ix_mailhelper_messages_listed", "owner_id", "list_id", "sort_at", "id", sqlite_where=_LISTED),
    Index("ix_mailhelper_messages_bodiless", "account_id", "size", sqlite_where=_BODILESS),
    # The newest mails of a sender; whoever asks for them says that it is somebody.
    Index(
        "ix_mailhelper_messages_sender",
        "owner_id",
        "from_addr",
        "received_at",
        sqlite_where=_FROM_SOMEBODY,
        info={ON_POSTGRESQL: {"include": ["id"]}},
    ),
    # What messages are counted by, so that a count reads no message. Whatever else reads messages stays away from it:
    # it leads to them in no order of the table, which takes three times as long.
    Index(
        "ix_mailhelper_messages_counted",
        *(
            "owner_id",
            "orphaned_at",
            "urgency",
            "importance",
            "category",
            "spam",
            "account_id",
            "received_at",
            "sent_at",
        ),
        sqlite_where=_COUNTED,
        info={ON_POSTGRESQL: {"include": ["id"]}},
    ),
    sqlite_autoincrement=True,
)

message_texts = Table(
    f"{PREFIX}message_texts",
    metadata,
    Column("message_id", BigInt, nullable=False),
    Column("text", CleanText, nullable=False),
    PrimaryKeyConstraint("message_id"),
    ForeignKeyConstraint(["message_id"], [f"{PREFIX}messages.id"]),
)

message_refs = Table(
    f"{PREFIX}message_refs",
    metadata,
    ref("account_id", "accounts"),
    Column("hash", BigInt, nullable=False),  # 64 bits of a Message-ID, own or referred to
    ref("message_id", "messages"),
    PrimaryKeyConstraint("account_id", "hash", "message_id"),
    Index(None, "message_id"),
    sqlite_with_rowid=False,
)

# To whom the owner's own mails went. A mail says so itself; here it is found by the address.
written_to = Table(
    f"{PREFIX}written_to",
    metadata,
    ref("account_id", "accounts", cascades=True),
    Column("address", BigInt, nullable=False),  # 64 bits of an addr-spec in lower case
    ref("message_id", "messages", cascades=True),
    Column("received_at", Micros, nullable=False),  # the message's
    Column("answers", Boolean, nullable=False),  # it is an answer, and addressed to them
    Column("sent", Boolean, nullable=False),  # it lay in a mailbox for sent mail
    PrimaryKeyConstraint("account_id", "address", "message_id"),
    Index(None, "message_id"),
    sqlite_with_rowid=False,
)

attachments = Table(
    f"{PREFIX}attachments",
    metadata,
    id_column(),
    ref("message_id", "messages"),
    Column("part", Key, nullable=False),
    Column("filename", CleanText, nullable=False),
    Column("media_type", CleanText, nullable=False),
    Column("size", BigInt, nullable=False),
    Column("content_id", CleanText, nullable=False),
    Column("inline", Boolean, nullable=False),
    Index(None, "message_id"),
    sqlite_autoincrement=True,
)

placements = Table(
    f"{PREFIX}placements",
    metadata,
    id_column(),
    ref("account_id", "accounts"),
    ref("mailbox_id", "mailboxes"),
    Column("uid_validity", BigInt, nullable=False),
    Column("uid", BigInt),  # NULL while a move or copy waits for its delivery
    ref("message_id", "messages"),
    Column("mod_seq", BigInt, nullable=False, server_default="0"),
    Column("base_flags", Integer, nullable=False),  # what the server last said: system flags as bits
    Column("base_keywords", CleanText, nullable=False),  # and keywords, sorted, joined by blanks
    Column("flags", Integer, nullable=False),  # the same with undelivered Operations applied
    Column("keywords", CleanText, nullable=False),
    Column("operation_id", BigInt),  # the outbox row that this place waits for
    Column("hidden", Boolean, nullable=False, server_default="0"),  # a move away waits
    UniqueConstraint("account_id", "mailbox_id", "uid_validity", "uid"),
    # Whether a message lies in a mailbox, and how many do, is answered by these alone.
    Index("ix_mailhelper_placements_of_message", "message_id", "mailbox_id", "hidden", "flags"),
    Index("ix_mailhelper_placements_of_mailbox", "mailbox_id", "hidden", "flags"),
    sqlite_autoincrement=True,
)
