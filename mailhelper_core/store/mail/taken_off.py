"""From which messages a rule has taken a tag: what is not there tells as much as what is."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import exists, select

from mailhelper_core.model.mind.opinion import OWNER
from mailhelper_core.model.mind.tag import fold_tag
from mailhelper_core.store import tables as t
from mailhelper_core.store.among import among, constants
from mailhelper_core.store.bulk import chunks
from mailhelper_core.store.prepared import Prepared
from mailhelper_core.store.unit_of_work import UnitOfWork

_TAKES = "remove_tag"


def taken_off(uow: UnitOfWork, ids: Collection[int]) -> set[int]:
    """Answer the messages that lack a tag because a rule took it off, about which the owner has said nothing since.

    ids: those that `MAY_LACK` is true of.
    """
    found: set[int] = set()
    for chunk in chunks(list(ids)):
        rows = _OF_TAGS.rows(uow.connection, {"ids": chunk})
        last = {(id_, fold_tag(json.loads(data)["tag"])): (kind, by) for id_, kind, by, data in rows}
        found |= {id_ for (id_, _), (kind, by) in last.items() if kind == _TAKES and by != OWNER}
    return found


_o = t.outbox.c
# Asked with the row of each message; it is true of few.
MAY_LACK = exists().where(
    _o.message_id == t.messages.c.id, _o.kind == _TAKES, _o.decided_by != OWNER, _o.state == "delivered"
)
_OF_TAGS = Prepared(
    select(_o.message_id, _o.kind, _o.decided_by, _o.data)
    .where(among(_o.message_id, "ids"), _o.state == "delivered", _o.kind.in_(constants(("add_tag", _TAKES))))
    .order_by(_o.id)
)
