"""Look into a target for copies whose uids nobody told: the metadata of what is new there, and bodies where it must."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from mailhelper_core.actions.connection import Connection
from mailhelper_core.actions.locate import Found, Sought, candidates
from mailhelper_core.actions.presence import listed
from mailhelper_core.errors import MailHelperError, ServerError
from mailhelper_core.mime.identity import header_fields
from mailhelper_core.model.mail.message import Place
from mailhelper_core.model.source.remote import MailSession, RemoteMetadata, RemoteStatus
from mailhelper_core.model.source.uidset import NO_UIDS, UidSet
from mailhelper_core.store.mail import messages
from mailhelper_core.store.work import delivery, identities
from mailhelper_core.store.work.identities import Identity

# So many uids are asked for whether or not there are messages under them: one command, as their listing would be.
ONE_COMMAND = 500
# The copy may be another mail: nothing is removed for it, and nothing sent again.
UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Begun:
    """A copy that may have been made; intent says where it would have appeared, id names it in the answer."""

    id: int
    message_id: int
    identity: Identity
    intent: Mapping[str, int]
    needs_proof: bool

    def from_uid(self, status: RemoteStatus) -> int:
        """Answer the first uid that it can have."""
        return self.intent["uid_next"] if self.is_numbered_as(status) else 1

    def is_numbered_as(self, status: RemoteStatus) -> bool:
        """Say whether the target's uids mean what they meant."""
        return self.intent["uid_validity"] == status.uid_validity


@dataclass(frozen=True, slots=True)
class Arrived:
    """What was found, under which uid_validity; untold: what may be among that of which the server tells nothing."""

    uid_validity: int = 0
    found: Found = field(default_factory=lambda: Found({}))
    untold: frozenset[int] = frozenset()


def look(connection: Connection, target: Place, begun: Sequence[Begun]) -> Arrived:
    """Answer what has appeared in a target; it is the open mailbox afterwards."""
    try:
        status = connection.look_into(target.mailbox)
    except ServerError as exc:
        if exc.code != "no_mailbox":
            raise
        return Arrived()
    session = connection.session
    uids = _where(connection, status, begun)
    told: list[int] = []
    # The target may be renumbered and large: of what can be none of them nothing is kept.
    seen = list(_of_size(session.metadata(uids), {one.identity.size for one in begun}, told)) if uids else []
    ids = [one.message_id for one in begun]
    with connection.ledger.owner.read() as uow:
        there = UidSet.of(one.uid for one in seen)
        taken = delivery.taken(uow, target.mailbox_id, status.uid_validity, there, ids)
        twins = identities.twins(uow, ids) if seen else set()
    sought = [
        Sought(one.id, one.identity, one.from_uid(status), one.needs_proof or one.message_id in twins) for one in begun
    ]
    able = candidates(sought, seen, taken)
    found = able.resolve(digests(session, able.to_read()))
    missing = [one for one in begun if one.id not in found.uids]
    silent = listed(session, uids - UidSet.of(told)) if missing else NO_UIDS
    with connection.ledger.owner.read() as uow:
        silent -= UidSet.of(delivery.taken(uow, target.mailbox_id, status.uid_validity, silent, ids))
    untold = [one.id for one in missing if silent and silent.highest() >= one.from_uid(status)]
    return Arrived(status.uid_validity, found, frozenset(untold))


def digests(session: MailSession, uids: UidSet) -> dict[int, bytes]:
    """Answer by uid the digest of what the open mailbox holds, as they are stored; of what is gone, none."""
    return {uid: sha256(raw).digest() for uid, raw in session.bodies(uids)} if uids else {}


def worth_asking(session: MailSession, uids: UidSet, status: RemoteStatus) -> UidSet:
    """Answer these uids; of more than the open mailbox can hold, those it lists: servers may leave out millions."""
    return uids & session.uids() if len(uids) > max(ONE_COMMAND, status.messages) else uids


def _of_size(told: Iterable[RemoteMetadata], sizes: set[int], uids: list[int]) -> Iterator[RemoteMetadata]:
    for one in told:
        uids.append(one.uid)
        if one.size in sizes:
            yield one


def _where(connection: Connection, status: RemoteStatus, begun: Sequence[Begun]) -> UidSet:
    """Answer which uids may be those of the copies."""
    session = connection.session
    uids = UidSet()
    for one in begun:
        if not one.is_numbered_as(status) and _is_nameable(one.identity.message_id):
            named = session.find_message_id(one.identity.message_id)
            if named or _must_be_found(connection, one):
                uids |= named
                continue
        if one.from_uid(status) < status.uid_next:
            uids |= UidSet(((one.from_uid(status), status.uid_next - 1),))
    return worth_asking(session, uids, status)


def _is_nameable(message_id: str) -> bool:
    """Of another Message-ID than an ASCII one servers find nothing, or not what was written."""
    return message_id.isascii() and bool(message_id.strip("<> "))


def _must_be_found(connection: Connection, one: Begun) -> bool:
    """Say whether its field is what is searched for: not so where it has no brackets, or is mended to make an id."""
    try:
        with connection.ledger.owner.read() as uow:
            raw = messages.raw(uow, one.message_id)
    except MailHelperError:  # not stored, or not to be read just now
        return False
    field_ = header_fields(raw, ("message-id",))[0].strip()
    return field_ == f"<{one.identity.message_id}>".encode()
