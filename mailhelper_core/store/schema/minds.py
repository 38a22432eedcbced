"""Model providers and what comes of them: consent, pseudonyms, the ledger, vectors, styles and drafts of replies."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table, UniqueConstraint

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

egress_owners = Table(
    f"{PREFIX}egress_owners",
    metadata,
    ref("owner_id", "owners"),
    Column("secret", Bytes, nullable=False),  # what the marks around mail are made with
    Column("limit_tokens", BigInt, nullable=False),
    Column("limit_cost", BigInt, nullable=False),  # millionths of the currency
    Column("summed_through", BigInt, nullable=False, server_default="0"),  # the last row of the ledger in these sums
    Column("summed_month", Micros, nullable=False, server_default="0"),  # whose sums they are
    Column("summed_tokens", BigInt, nullable=False, server_default="0"),
    Column("summed_cost", BigInt, nullable=False, server_default="0"),
    PrimaryKeyConstraint("owner_id"),
)

egress_consents = Table(
    f"{PREFIX}egress_consents",
    metadata,
    ref("owner_id", "owners"),
    ref("account_id", "accounts"),
    Column("purpose", Key, nullable=False),
    Column("provider", Key, nullable=False),
    Column("level", Key, nullable=False),
    Column("actor", CleanText, nullable=False),
    Column("created_at", Micros, nullable=False),
    PrimaryKeyConstraint("account_id", "purpose"),
)

egress_pseudonyms = Table(
    f"{PREFIX}egress_pseudonyms",
    metadata,
    ref("owner_id", "owners"),
    Column("thread_id", BigInt, nullable=False),
    Column("kind", Key, nullable=False),
    Column("number", Integer, nullable=False),
    Column("value", CleanText, nullable=False),
    PrimaryKeyConstraint("owner_id", "thread_id", "kind", "number"),
)

# No reference to accounts and messages: what left is known after they are gone.
egress_log = Table(
    f"{PREFIX}egress_log",
    metadata,
    id_column(),
    ref("owner_id", "owners"),
    Column("account_id", BigInt, nullable=False),
    Column("message_id", BigInt, nullable=False),
    Column("purpose", Key, nullable=False),
    Column("provider", Key, nullable=False),
    Column("model", Key, nullable=False),
    Column("level", Key, nullable=False),
    Column("digest", Key, nullable=False),  # SHA-256 of what was sent, hexadecimal
    Column("octets", BigInt, nullable=False),
    Column("redactions", CleanText, nullable=False),  # JSON: kind -> how many
    Column("tokens_in", BigInt, nullable=False),  # while it is open: the most it can be
    Column("tokens_out", BigInt, nullable=False),
    Column("cost", BigInt, nullable=False),  # millionths of the currency
    Column("outcome", Key, nullable=False),  # open, answered, or the error's code
    Column("created_at", Micros, nullable=False),
    Column("finished_at", Micros),
    Column("not_before", Micros),  # until when the service wants to be left alone after it
    Index(None, "owner_id", "created_at"),
    Index(None, "owner_id", "id"),
    sqlite_autoincrement=True,
)

embedding_profiles = Table(
    f"{PREFIX}embedding_profiles",
    metadata,
    id_column(),
    ref("owner_id", "owners"),
    Column("name", Key, nullable=False),  # the embedder's
    Column("version", Key, nullable=False),
    Column("dimension", Integer, nullable=False),
    Column("state", Key, nullable=False),  # building, live
    Column("fitted", Bytes, nullable=False),
    Column("revision", BigInt, nullable=False, server_default="0"),  # rises with its vectors; < 0: begun
    Column("created_at", Micros, nullable=False),
    Index(None, "owner_id", "state"),
    sqlite_autoincrement=True,
)

embeddings = Table(
    f"{PREFIX}embeddings",
    metadata,
    ref("profile_id", "embedding_profiles"),
    ref("message_id", "messages"),
    ref("account_id", "accounts"),
    Column("vector", Bytes, nullable=False),  # float32, little-endian, of length 1
    PrimaryKeyConstraint("profile_id", "message_id"),
    Index(None, "message_id"),
)

reply_styles = Table(
    f"{PREFIX}reply_styles",
    metadata,
    id_column(),
    ref("owner_id", "owners"),
    Column("account_id", BigInt, nullable=False),  # 0: every account
    Column("tone", Key, nullable=False),  # empty: every tone
    Column("language", Key, nullable=False),  # empty: every language
    Column("salutation", CleanText, nullable=False),
    Column("closing", CleanText, nullable=False),
    Column("signature", CleanText, nullable=False),
    Column("instructions", CleanText, nullable=False),
    UniqueConstraint("owner_id", "account_id", "tone", "language"),
    sqlite_autoincrement=True,
)

drafts = Table(
    f"{PREFIX}drafts",
    metadata,
    id_column(),
    ref("owner_id", "owners"),
    ref("account_id", "accounts"),
    ref("message_id", "messages"),
    Column("tone", Key, nullable=False),
    Column("state", Key, nullable=False),  # asked, made, saved, none
    Column("language", Key, nullable=False, server_default=""),
    Column("mail_type", Key, nullable=False, server_default=""),
    Column("subject", CleanText, nullable=False, server_default=""),
    Column("body", CleanText, nullable=False, server_default=""),
    Column("made", CleanText, nullable=False, server_default=""),  # the body as it was made, to measure edits
    Column("made_by", Key, nullable=False, server_default=""),  # template, or provider/model
    Column("note", CleanText, nullable=False, server_default=""),  # why so, or what was left blank
    Column("change_id", BigInt),  # the change that saved it
    Column("created_at", Micros, nullable=False),
    Index(None, "owner_id", "state", "id"),
    Index(None, "message_id"),
    sqlite_autoincrement=True,
)
