"""Decide which stored message a new uid is, before its body is fetched; pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailhelper_core.model.source.held import HeldMessage
from mailhelper_core.model.source.remote import RemoteFlags, RemoteMetadata

# Octets: the databases' integers hold no more, and no message is larger.
MAX_SIZE = 2**62


@dataclass(frozen=True, slots=True)
class Arrival:
    """A new uid, as far as it is known without its body."""

    metadata: RemoteMetadata
    match_key: bytes
    has_message_id: bool = True
    message_id: bytes = b""  # the field as it stands in the header

    @property
    def uid(self) -> int:
        """The uid."""
        return self.metadata.uid

    @property
    def size(self) -> int:
        """The size in octets that the server names."""
        size = self.metadata.size
        return size if size <= MAX_SIZE else MAX_SIZE

    @property
    def flags(self) -> RemoteFlags:
        """What the server says of it besides."""
        return RemoteFlags(self.metadata.uid, self.metadata.keywords, self.metadata.mod_seq)


def identify(arrivals: Sequence[Arrival], held: Iterable[HeldMessage]) -> dict[int, int]:
    """Answer {uid: id of the stored message that it is}; the bodies of the others must be fetched.

    The server's own identity decides where there is one and the mail agrees. Else a match of key and size that is
    unique on both sides.
    """
    by_remote: dict[str, HeldMessage] = {}
    by_key: dict[tuple[bytes, int], list[HeldMessage]] = defaultdict(list)
    for message in held:
        if message.remote_id:
            by_remote[message.remote_id] = message
        by_key[message.match_key, message.size].append(message)
    rivals = Counter((arrival.match_key, arrival.size) for arrival in arrivals)
    found: dict[int, int] = {}
    for arrival in arrivals:
        named = by_remote.get(arrival.metadata.remote_id)
        if named is not None and not is_other(arrival, named):  # one name for all mail would hide all but one
            found[arrival.uid] = named.id
            continue
        key = (arrival.match_key, arrival.size)
        same = by_key[key]
        if rivals[key] == 1 and len(same) == 1 and _is_same(arrival, same[0]):
            found[arrival.uid] = same[0].id
    return found


def is_other(arrival: Arrival, message: HeldMessage) -> bool:
    """Say whether a place holds another mail than the one that is stored for it.

    A copy may have another INTERNALDATE, and so another key, than the place at which its message was met first.
    """
    if arrival.match_key == message.match_key:
        return False
    named = arrival.message_id.decode("utf-8", "replace").strip("<> ")
    has_same_name = bool(named) and named == message.message_id.strip("<> ")
    return arrival.size != message.size or not has_same_name


def _is_same(arrival: Arrival, message: HeldMessage) -> bool:
    """Say whether a unique match may be trusted unseen; if not, digests decide.

    Two mails of one second with one subject happen: in one mailbox at a time, or without a Message-ID.
    """
    if arrival.metadata.remote_id and message.remote_id and arrival.metadata.remote_id != message.remote_id:
        return False  # the server says that they differ
    return not message.is_here and (arrival.has_message_id or not message.is_placed)
