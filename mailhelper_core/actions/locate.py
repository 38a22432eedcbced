"""Find copies again whose uids the server did not tell: by what identifies a message, never by its position; pure.

Two mails of one second with the same header happen, so a header that fits is not enough to remove anything for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mailhelper_core.mime.identity import header_fields, match_key
from mailhelper_core.model.source.remote import RemoteMetadata
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.store.work.identities import Identity


@dataclass(frozen=True, slots=True)
class Sought:
    """A message that must have appeared at from_uid or above; id names it in the answer.

    needs_proof: that one message fits is not enough, it must be the same to the last octet.
    """

    id: int
    identity: Identity
    from_uid: int
    needs_proof: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The uids of what is there, and what may be there or not: what fits it cannot be told from another mail."""

    uids: Mapping[int, int]
    unsure: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidates:
    """By sought message the uids that fit by header and size, and those that the server itself says are it."""

    sought: Sequence[Sought]
    fitting: Mapping[int, Sequence[int]]
    told: Mapping[int, Sequence[int]]

    def at_sight(self) -> dict[int, int]:
        """Answer what needs no proof and is told by the server, or unique on both sides.

        No server's word proves it: there are those that give all mail one name.
        """
        found = _assign([want for want in self.sought if not want.needs_proof], self.told, given=())
        given = set(found.values())
        left = [want for want in self.sought if want.id not in found]
        rivals = Counter(uid for want in left for uid in self.fitting[want.id])
        for want in left:
            free = [uid for uid in self.fitting[want.id] if uid not in given]
            if not want.needs_proof and len(free) == 1 and rivals[free[0]] == 1:
                found[want.id] = free[0]
        return found

    def to_read(self) -> UidSet:
        """Answer whose bodies decide what at_sight leaves open."""
        found = self.at_sight()
        given = set(found.values())
        left = [want for want in self.sought if want.id not in found and want.identity.digest]
        return UidSet.of(uid for want in left for uid in self.fitting[want.id] if uid not in given)

    def resolve(self, digests: Mapping[int, bytes]) -> Found:
        """Answer what is found, given the digests of the bodies that were read."""
        found = self.at_sight()
        given = set(found.values())
        left = [want for want in self.sought if want.id not in found]
        free = {want.id: [uid for uid in self.fitting[want.id] if uid not in given] for want in left}
        read = {want.id: [uid for uid in free[want.id] if want.identity.digest and uid in digests] for want in left}
        same = {want.id: [uid for uid in read[want.id] if digests[uid] == want.identity.digest] for want in left}
        found |= _assign(left, same, given=given)
        unsure = (want.id for want in left if want.id not in found and len(read[want.id]) < len(free[want.id]))
        return Found(found, frozenset(unsure))


def candidates(sought: Sequence[Sought], seen: Iterable[RemoteMetadata], taken: Collection[int]) -> Candidates:
    """Answer which of the messages seen may be which one sought; none that is taken by another."""
    by_key: dict[object, list[RemoteMetadata]] = defaultdict(list)
    for one in sorted(seen, key=lambda one: one.uid):
        if one.uid not in taken:
            for key in _keys_of_seen(one):
                by_key[key].append(one)
    fitting: dict[int, list[int]] = {}
    told: dict[int, list[int]] = {}
    for want in sought:
        fits = {one.uid: one for key in _keys_of_sought(want.identity) for one in by_key[key]}
        there = [one for uid, one in sorted(fits.items()) if uid >= want.from_uid]
        fitting[want.id] = [one.uid for one in there]
        told[want.id] = [one.uid for one in there if one.remote_id and one.remote_id == want.identity.remote_id]
    return Candidates(sought, fitting, told)


def _assign(sought: Iterable[Sought], uids: Mapping[int, Sequence[int]], *, given: Collection[int]) -> dict[int, int]:
    """Give each the first of its uids that is free."""
    found: dict[int, int] = {}
    used = set(given)
    for want in sought:
        uid = next((uid for uid in uids[want.id] if uid not in used), None)
        if uid is not None:
            found[want.id] = uid
            used.add(uid)
    return found


def _keys_of_seen(one: RemoteMetadata) -> list[object]:
    fields = header_fields(one.header)
    message_id = fields[0].decode("utf-8", "replace").strip("<> ")
    # Servers that give copies a new INTERNALDATE are found by the second key.
    return [(match_key(fields, one.received_at), one.size), (message_id, one.size)]


def _keys_of_sought(identity: Identity) -> list[object]:
    message_id = identity.message_id.strip("<> ")
    keys: list[object] = [(identity.match_key, identity.size)]
    return [*keys, (message_id, identity.size)] if message_id else keys
