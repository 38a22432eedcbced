"""See that the server holds messages at another place too, to the last octet: of the last copy nothing is removed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mailhelper_core.actions.arrivals import UNSURE, digests
from mailhelper_core.actions.connection import Connection
from mailhelper_core.actions.presence import UNTOLD, presence
from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.store.work.delivery import Located

# Where a sync has seen the message there is none; the next one finds where it is, or that it is nowhere.
ABSENT = "gone"
RENUMBERED = "uid_validity"
# What is said of a message that is proven nowhere: the first that is true of one of its places.
_WORST_FIRST = (RENUMBERED, UNTOLD, UNSURE, ABSENT)


@dataclass(frozen=True, slots=True)
class Held:
    """A message by its digest, and where else a sync has seen it; id names it in the answer."""

    id: int
    digest: bytes
    places: Sequence[Located]


@dataclass(slots=True)
class _Found:
    """Which are proven, and what was seen at the places of the others."""

    proven: set[int] = field(default_factory=set)
    codes: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))


def unproven(connection: Connection, wanted: Sequence[Held]) -> dict[int, str]:
    """Answer, of those that are proven at none of their places, why; another mailbox is open afterwards."""
    found = _Found()
    by_mailbox: dict[str, list[tuple[Held, Located]]] = defaultdict(list)
    for one in wanted:
        for place in one.places:
            by_mailbox[place.mailbox].append((one, place))
    for name, there in by_mailbox.items():
        left = [(one, place) for one, place in there if one.id not in found.proven]
        if left:
            _look(connection, name, left, found)
    codes = {one.id: found.codes[one.id] for one in wanted if one.id not in found.proven}
    return {id_: next((code for code in _WORST_FIRST if code in seen), ABSENT) for id_, seen in codes.items()}


def _look(connection: Connection, name: str, wanted: Sequence[tuple[Held, Located]], found: _Found) -> None:
    try:
        status = connection.look_into(name)
    except ServerError as exc:
        if exc.code != "no_mailbox":
            raise
        for one, _ in wanted:
            found.codes[one.id].add(ABSENT)
        return
    by_uid = {place.uid or 0: one for one, place in wanted if place.uid_validity == status.uid_validity}
    for one, place in wanted:
        if place.uid_validity != status.uid_validity:
            found.codes[one.id].add(RENUMBERED)
    _compare(connection, by_uid, found)


def _compare(connection: Connection, by_uid: Mapping[int, Held], found: _Found) -> None:
    read = digests(connection.session, UidSet.of(by_uid))
    there = presence(connection.session, UidSet.of(by_uid) - UidSet.of(read))
    for uid, one in by_uid.items():
        if read.get(uid) == one.digest:
            found.proven.add(one.id)
        elif uid in read or uid in there.told:
            found.codes[one.id].add(UNSURE)
        else:
            found.codes[one.id].add(UNTOLD if uid in there.untold else ABSENT)
