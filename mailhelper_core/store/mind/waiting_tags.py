"""Which suggested tags wait for the owner's word: not those that a message bears by now, whoever set them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, select

from mailhelper_core.store import tables as t


def waits() -> ColumnElement[bool]:
    """Say of a suggested tag and its suggestion, both in the query around, whether it waits."""
    tag, mt, s = t.tags.c, t.message_tags.c, t.tag_suggestions.c
    # From the message, which bears few tags; the tag of that name may be on all mail.
    named = (mt.message_id == t.suggested_tags.c.message_id, tag.owner_id == s.owner_id, tag.folded == s.folded)
    joined = select(mt.tag_id).select_from(t.message_tags).join(t.tags, tag.id == mt.tag_id).where(*named)
    return and_(s.state == "waiting", ~exists(joined.correlate(t.suggested_tags, t.tag_suggestions)))
