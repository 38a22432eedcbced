"""Find copies again whose uids the server did not tell: by what identifies a message, never by its position; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mailhelper_core.mime.identity import header_fields, match_key
from mailhelper_core.model.source.remote import RemoteMetadata
from mailhelper_core.store.work.delivery import Identity


@dataclass(frozen=True, slots=True)
class Sought:
    """A message that must have appeared at from_uid or above; id names it in the answer."""

    id: int
    identity: Identity
    from_uid: int


def find_arrivals(sought: Sequence[Sought], seen: Sequence[RemoteMetadata], taken: Collection[int]) -> dict[int, int]:
    """Answer the uid of each sought message that is among those seen; no uid is given twice, none that is taken."""
    by_key: dict[object, list[int]] = defaultdict(list)
    for one in sorted(seen, key=lambda one: one.uid):
        if one.uid not in taken:
            for key in _keys_of_seen(one):
                by_key[key].append(one.uid)
    found: dict[int, int] = {}
    given: set[int] = set()
    for want in sought:
        for key in _keys_of_sought(want.identity):
            uid = next((uid for uid in by_key[key] if uid >= want.from_uid and uid not in given), None)
            if uid is not None:
                found[want.id] = uid
                given.add(uid)
                break
    return found


def _keys_of_seen(one: RemoteMetadata) -> list[object]:
    fields = header_fields(one.header)
    message_id = fields[0].decode("utf-8", "replace").strip("<> ")
    # Servers that give copies a new INTERNALDATE are found by the second key.
    return [match_key(fields, one.received_at), (message_id, one.size)]


def _keys_of_sought(identity: Identity) -> list[object]:
    message_id = identity.message_id.strip("<> ")
    return [identity.match_key, (message_id, identity.size)] if message_id else [identity.match_key]
