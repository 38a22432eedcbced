"""What a journey has left in a database, to be compared: the same whoever made it, whenever, under which ids.

Left out is what another order may do otherwise, and nobody could call wrong: ids and the order in which they were
drawn, uids, times, tokens and attempts; how many changes there are (a run of rules that was cut in slices makes one a
slice; what its entries are is compared); revisions of models, and candidates that do not answer (each training that was
asked for makes one; the model that answers is compared, octet by octet); jobs and events, which tell of each slice.
Vectors are compared, and how sure tags are, so a journey has to make the first of them of the same mail: which words
are rare, and how often a tag fits mail that does not bear it, is learned from what is there then.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Select, select

from mailhelper_core import MailHelper
from mailhelper_core.store import tables as t

_m = t.messages.c


def result(helper: MailHelper) -> dict[str, list[str]]:
    """Answer, by name, what is compared: the sorted rows of each part."""
    with helper.jobs.store.read() as connection:
        found = {
            name: sorted(repr(tuple(map(_without_id, row))) for row in connection.execute(statement))
            for name, statement in _statements().items()
        }
        threads: dict[int, list[str]] = {}
        for row in connection.execute(select(_m.thread_id, _m.digest)):
            threads.setdefault(row.thread_id, []).append(repr(row.digest))
    return found | {"threads": sorted(repr(sorted(one)) for one in threads.values())}


def _statements() -> dict[str, Select[Any]]:
    return _mail() | _minds() | _deeds()


def _mail() -> dict[str, Select[Any]]:
    p, b, x = t.placements.c, t.mailboxes.c, t.message_texts.c
    return {
        "messages": select(
            _m.digest, _m.subject, _m.size, _m.spam, _m.category, _m.urgency, _m.importance, _m.language, _m.orphaned_at
        ),
        "placements": select(b.name, _m.digest, p.base_flags, p.base_keywords, p.flags, p.keywords)
        .join(t.mailboxes, b.id == p.mailbox_id)
        .join(t.messages, _m.id == p.message_id),
        "texts": _of_messages(x.message_id, x.text),
        "pending": _of_messages(t.pending.c.message_id, t.pending.c.stage),
    }


def _minds() -> dict[str, Select[Any]]:
    o, c, e, f = t.opinions.c, t.corrections.c, t.learn_examples.c, t.learn_features.c
    models, vectors, profiles = t.learned_models.c, t.embeddings.c, t.embedding_profiles.c
    s, q, d = t.suggested_tags.c, t.tag_suggestions.c, t.drafts.c
    return {
        "opinions": _of_messages(o.message_id, o.kind, o.value, o.confidence, o.said_by, o.version, o.reasons),
        "corrections": _of_messages(c.message_id, c.kind, c.was, c.value, c.signal, c.weight, c.actor, c.undone_at),
        "examples": _of_messages(e.message_id, e.kind, e.value, e.weight),
        "features": _of_messages(f.message_id, f.schema, f.features),
        "models": select(models.task, models.examples, models.accuracy, models.data).where(models.state == "live"),
        "vectors": _of_messages(
            vectors.message_id, profiles.name, profiles.version, profiles.state, vectors.vector
        ).join(t.embedding_profiles, profiles.id == vectors.profile_id),
        "suggestions": _of_messages(s.message_id, q.folded, q.state, s.confidence, s.said_by).join(
            t.tag_suggestions, q.id == s.suggestion_id
        ),
        "drafts": _of_messages(
            d.message_id, d.tone, d.state, d.language, d.mail_type, d.subject, d.body, d.made, d.made_by
        ),
    }


def _deeds() -> dict[str, Select[Any]]:
    g, h, k, y = t.message_tags.c, t.rule_hits.c, t.outbox.c, t.changes.c
    return {
        "tags": _of_messages(g.message_id, t.tags.c.name, g.set_by, g.rule_revision_id, g.confidence).join(
            t.tags, t.tags.c.id == g.tag_id
        ),
        "hits": _of_messages(h.message_id, h.revision_id, h.trace, h.reversed_at),
        "entries": _of_messages(k.message_id, k.kind, k.data, k.decided_by, k.state, y.kind, y.actor, y.state).join(
            t.changes, y.id == k.change_id
        ),
        # Of these the number is compared: one more would have been made twice.
        "changes without entries": select(y.kind, y.state).where(~select(k.id).where(k.change_id == y.id).exists()),
    }


def _without_id(value: Any) -> Any:
    """Answer an operation's fields without its message's id; any other value as it is."""
    if not (isinstance(value, str) and value.startswith('{"message_id"')):
        return value
    return sorted((name, each) for name, each in json.loads(value).items() if name != "message_id")


def _of_messages(message_id: Any, *columns: Any) -> Select[Any]:
    """Ask for columns of what belongs to messages, each with the digest of its message."""
    return select(_m.digest, *columns).join_from(message_id.table, t.messages, _m.id == message_id)
