"""What a journey has left in a database, as one digest: the same whoever made it, whenever, under which ids."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import select

from mailhelper_core import MailHelper
from mailhelper_core.store import tables as t


def result_hash(helper: MailHelper) -> str:
    """Answer a digest of messages, places, opinions, verdicts, tags, rule hits and operations."""
    m, p, b, o, h = t.messages.c, t.placements.c, t.mailboxes.c, t.opinions.c, t.rule_hits.c
    statements = [
        select(m.digest, m.subject, m.size, m.category, m.urgency, m.importance),
        select(b.name, m.digest, p.base_flags, p.base_keywords)
        .join(t.mailboxes, b.id == p.mailbox_id)
        .join(t.messages, m.id == p.message_id),
        select(m.digest, o.kind, o.value, o.said_by).join(t.messages, m.id == o.message_id),
        select(m.digest, t.tags.c.name)
        .join(t.message_tags, t.message_tags.c.message_id == m.id)
        .join(t.tags, t.tags.c.id == t.message_tags.c.tag_id),
        select(m.digest, h.revision_id).join(t.messages, m.id == h.message_id),
        select(m.digest, t.outbox.c.kind, t.outbox.c.state).join(t.messages, m.id == t.outbox.c.message_id),
        select(t.pending.c.stage, m.digest).join(t.messages, m.id == t.pending.c.message_id),
    ]
    with helper.jobs.store.read() as connection:
        found = [sorted(repr(tuple(row)) for row in connection.execute(statement)) for statement in statements]
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()
