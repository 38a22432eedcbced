"""Compare the store with the server, mailbox by mailbox, and bring back together what has come apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256

from mailhelper_core.errors import InvalidError, ServerError, ends_connection
from mailhelper_core.model.source.account import Account, MailboxDifference, Verification
from mailhelper_core.model.source.directory import is_storable_name
from mailhelper_core.model.source.held import BREAKS_CONNECTION, FORGOTTEN_UID_NEXT, NEVER_SEEN, HeldMailbox, HeldUids
from mailhelper_core.model.source.policy import is_wanted
from mailhelper_core.model.source.remote import MailSession, RemoteStatus
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.store.lease import Lease
from mailhelper_core.store.mail import accounts, bodies, mailboxes, placements
from mailhelper_core.store.unit_of_work import OwnerStore
from mailhelper_core.sync.identity import is_other
from mailhelper_core.sync.incoming import read_metadata

# Of a mailbox so many mails are compared, and not only where they lie and how they are flagged: 70 KB.
SAMPLE = 200


def difference(mailbox_id: int, listed: UidSet, stored: UidSet, left_out: UidSet, differing: int) -> MailboxDifference:
    """Answer how a mailbox differs; what the window left out is not missing."""
    return MailboxDifference(mailbox_id, len(listed - stored - left_out), len(stored - listed), differing)


def sample(uids: UidSet) -> UidSet:
    """Answer the newest, where a server that was restored gives uids again, and some of all the others."""
    newest = uids.newest(SAMPLE // 2)
    older = list(uids - newest)
    return newest | UidSet.of(older[:: max(1, -(-len(older) // (SAMPLE // 2)))])


@dataclass(frozen=True, slots=True)
class VerifyService:
    """Verifies one owner's accounts; changes nothing but what `forget` says."""

    owner: OwnerStore

    def verify(self, account: Account, session: MailSession) -> Verification:
        """List every wanted mailbox, read all its flags, and compare. Raises ServerError for a lost connection."""
        messages = 0
        found: list[MailboxDifference] = []
        names = _storable(session, account)
        stored = self._stored(account)
        wanted = [one for one in stored if one.name in names]
        short = self._short(account)
        for held in wanted:
            if held.is_given_up:
                found.append(MailboxDifference(held.id, code=BREAKS_CONNECTION))
                continue
            try:
                count, one = self._compare(held, session, short.get(held.id, ()))
            except (ServerError, InvalidError) as exc:
                if ends_connection(exc):
                    raise
                count, one = 0, MailboxDifference(held.id, code=exc.code)
            messages += count
            found.append(one)
        differing = tuple(one for one in found if one != MailboxDifference(one.mailbox_id))
        not_stored = sorted(names - {one.name for one in stored})
        not_listed = sorted({one.name for one in stored} - names)
        return Verification(len(wanted), messages, differing, tuple(not_stored), tuple(not_listed))

    def forget(self, account: Account, lease: Lease) -> None:
        """Let the next sync list every mailbox and read all its flags, whatever was noted about it before."""
        with self.owner.read() as uow:
            held = mailboxes.held(uow, account.id)
        with self.owner.begin(lease) as uow:
            accounts.change(uow, account.id, prefix_asked_at=None)
        for one in held:
            with self.owner.begin(lease) as uow:
                uids = HeldUids(placements.stored(uow, one), mailboxes.uids(uow, one).left_out)
                known = replace(uids, known=uids.known | uids.left_out)
                # The count says that there are flags to read.
                seen = RemoteStatus(max(1, len(known.known)), FORGOTTEN_UID_NEXT, one.seen.uid_validity)
                forgotten = replace(one, seen=seen, is_complete=False, flags_scanned_at=None, renumberings=0)
                # One that no look has seen has nothing to forget: its first look reads what deliveries put there.
                if one.seen != NEVER_SEEN:
                    mailboxes.save(uow, forgotten, known)
                mailboxes.suspect(uow, one, None)

    def _stored(self, account: Account) -> list[HeldMailbox]:
        with self.owner.read() as uow:
            return [one for one in mailboxes.held(uow, account.id) if is_wanted(one.name, account.policy)]

    def _short(self, account: Account) -> dict[int, list[int]]:
        """Answer the uids, by mailbox, of the messages whose bodies came too short."""
        found: dict[int, list[int]] = defaultdict(list)
        with self.owner.read() as uow:
            for place in bodies.short(uow, account.id):
                found[place.mailbox_id].append(place.uid)
        return found

    def _compare(self, held: HeldMailbox, session: MailSession, short: Iterable[int]) -> tuple[int, MailboxDifference]:
        status = session.open(held.name).status
        listed = session.uids()
        current = replace(held, seen=status)  # places of another uid_validity are no places
        with self.owner.read() as uow:
            stored = placements.stored(uow, current)
            left_out = mailboxes.uids(uow, held).left_out
        told = list(session.flags(listed & stored)) if listed & stored else []
        with self.owner.read() as uow:
            differing = placements.differing_keywords(uow, current, told)
        found = difference(held.id, listed, stored, left_out, differing)
        others = self._others(current, session, sample(listed & stored))
        cut = UidSet.of(short) & listed & stored
        return len(listed), replace(found, other=len(others), short=len(cut - others))

    def _others(self, held: HeldMailbox, session: MailSession, uids: UidSet) -> UidSet:
        """Answer at which of the uids another mail lies than is stored; where only its name differs, digests decide."""
        if not uids:
            return uids
        with self.owner.read() as uow:
            stored = placements.held_at(uow, held, uids)
        told = [read_metadata(one) for one in session.metadata(uids)]
        others = [one for one in told if one.uid in stored and is_other(one, stored[one.uid])]
        alike = UidSet.of(one.uid for one in others if one.size == stored[one.uid].size)
        given = session.bodies(alike) if alike else ()
        same = UidSet.of(uid for uid, raw in given if uid in alike and sha256(raw).digest() == stored[uid].digest)
        return UidSet.of(one.uid for one in others) - same


def _storable(session: MailSession, account: Account) -> set[str]:
    """Answer the names of the wanted mailboxes that the server has; one that no database can hold stays out."""
    listed = [one.name for one in session.mailboxes() if one.selectable]
    return {name for name in listed if is_wanted(name, account.policy) and is_storable_name(name)}
