"""Keywords that a delivery has brought to the server: what it says since, and what rests on that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import and_, bindparam, case, select, update

from mailhelper_core.model.mail.keyword import pack_keywords
from mailhelper_core.model.source.remote import RemoteFlags
from mailhelper_core.model.work.operation import AddKeyword
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import chunks
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import outbox
from mailhelper_core.store.work.outbox import OutboxRow


def keywords(uow: UnitOfWork, said: Sequence[tuple[int, RemoteFlags]]) -> None:
    """Store what the server said of placements when it carried out a STORE."""
    p = t.placements.c
    rows = []
    for placement_id, told in said:
        flags, others = pack_keywords(told.keywords)
        rows.append({"of_row": placement_id, "flags_": flags, "keywords_": others, "mod_seq_": told.mod_seq})
    if rows:
        newest = case((p.mod_seq < bindparam("mod_seq_"), bindparam("mod_seq_")), else_=p.mod_seq)
        values = {"base_flags": bindparam("flags_"), "base_keywords": bindparam("keywords_"), "mod_seq": newest}
        uow.execute(update(t.placements).where(p.id == bindparam("of_row")).values(values), rows)


def decided_anew(
    uow: UnitOfWork,
    ids: Sequence[int],
    told: Mapping[int, int],
    *,
    add: frozenset[str] = frozenset(),
    remove: frozenset[str] = frozenset(),
) -> None:
    """Note for waiting rows what they rest on since a change of ours: {mailbox: mod_seq}, and the keywords changed."""
    for row in outbox.rows(uow, ids):
        keywords = frozenset((seen | add) - remove for seen in row.decided_keywords)
        values = outbox.decided_values({**row.decided_on, **told}, keywords)
        uow.execute(update(t.outbox).where(t.outbox.c.id == row.id).values(values))


def mirror(uow: UnitOfWork, ended: Sequence[OutboxRow]) -> None:
    """Note that the server has the keywords of mirrored tags: whoever takes one off from now on takes the tag off."""
    carriers: dict[str, list[int]] = defaultdict(list)
    for row in ended:
        if isinstance(row.operation, AddKeyword) and not row.operation.keyword.startswith("\\"):
            carriers[row.operation.keyword].append(row.message_id)
    mt, tag = t.message_tags.c, t.tags.c
    for keyword, ids in carriers.items():
        mirrored = select(tag.id).where(tag.owner_id == uow.owner_id, tag.keyword == keyword)
        for chunk in chunks(ids):
            bears = and_(mt.tag_id.in_(mirrored), mt.message_id.in_(chunk))
            uow.execute(update(t.message_tags).where(bears).values(mirrored=True))
