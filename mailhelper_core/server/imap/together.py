"""Put together what a server says of one message in several FETCH responses (RFC 9051 7.5.2 lets it). Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from mailhelper_core.server.imap.fetched import Fetched

# Octets of header fields that wait for the rest of what is told of their messages; servers send both together.
WAITING_BYTES = 4_000_000


@dataclass(slots=True)
class Together:
    """The messages of which not all metadata came yet."""

    _parts: dict[int, Fetched] = field(default_factory=dict)
    _octets: int = 0

    def add(self, fetched: Fetched) -> Fetched | None:
        """Take a response; answer all that is told of its message once it is whole."""
        before = self._parts.pop(fetched.uid, None)
        if before is not None:
            self._octets -= len(before.body or b"")
            fetched = joined(before, fetched)
        if _is_whole(fetched):
            return fetched
        octets = len(fetched.body or b"")
        if self._octets + octets > WAITING_BYTES:
            return fetched if _is_enough(fetched) else None
        self._parts[fetched.uid] = fetched
        self._octets += octets
        return None

    def rest(self) -> list[Fetched]:
        """Answer, when nothing more comes, the messages of which enough is known; the others are not told of."""
        return [one for one in self._parts.values() if _is_enough(one)]


def joined(before: Fetched, after: Fetched) -> Fetched:
    """Answer what two responses say of one message; where both say something, the later one counts."""
    return Fetched(
        after.uid,
        before.keywords if after.keywords is None else after.keywords,
        after.mod_seq or before.mod_seq,
        before.size if after.size is None else after.size,
        before.received_at if after.received_at is None else after.received_at,
        after.remote_id or before.remote_id,
        after.body if after.has_section else before.body,
        after.has_section or before.has_section,
        after.thread_id or before.thread_id,
    )


def _is_whole(fetched: Fetched) -> bool:
    return _is_enough(fetched) and fetched.keywords is not None and fetched.received_at is not None


def _is_enough(fetched: Fetched) -> bool:
    return fetched.size is not None and fetched.has_section
