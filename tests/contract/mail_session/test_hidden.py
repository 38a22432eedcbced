"""A real Dovecot whose capabilities are hidden one by one: the same journey, with a fallback in each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mailhelper_core.model.mail.keyword import DELETED
from mailhelper_core.model.source.remote import Resume
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.testing import ImapServer
from tests.contract.mail_session.origins import CAPABILITIES, BundledOrigin, DovecotOrigin, Origin, hidden, mail
from tests.servers.dovecot import Dovecot

FLAGGED = frozenset({"\\Flagged"})


@pytest.mark.servers
@pytest.mark.parametrize("capability", CAPABILITIES)
def test_journey_on_dovecot_without(capability: str, dovecot_with: Callable[[str], Dovecot], dovecot_user: str) -> None:
    origin = DovecotOrigin(dovecot_with(hidden(capability)), dovecot_user)

    assert capability not in _journey(origin)


@pytest.mark.parametrize("capability", [*CAPABILITIES, "OBJECTID", "COMPRESS=DEFLATE"])
def test_journey_on_the_bundled_server_without(capability: str) -> None:
    with ImapServer(without=[capability]) as server:
        assert capability not in _journey(BundledOrigin(server))


def _journey(origin: Origin) -> frozenset[str]:
    """List, read, resynchronize, flag, append, copy, move and expunge; answer the capabilities."""
    for number in range(6):
        origin.put(mail(number))
    session = origin.connect(compress="always")
    session.create("Done")
    assert {box.name for box in session.mailboxes()} >= {"INBOX", "Done"}
    first = session.open("INBOX", writable=True)
    uids = session.uids()
    assert [raw for _, raw in session.bodies(uids)] == [mail(number) for number in range(6)]
    placed = session.append("Done", mail(9), keywords=FLAGGED)
    copied = session.copy(uids.newest(1), "Done")
    moved = session.move(uids.newest(2), "Done")
    (stored,) = session.store(UidSet.of([min(uids)]), add=FLAGGED)
    assert stored.keywords == FLAGGED
    assert session.status("Done").messages == 4
    if session.info.has_uidplus:
        assert [len(one.uids) for one in (placed, copied, moved)] == [1, 1, 2]
    _resume(origin, Resume(first.status.uid_validity, first.status.highest_mod_seq, uids), gone=uids.newest(2))
    session.open("Done", writable=True)
    session.expunge(session.uids().newest(1))
    assert session.status("Done").messages == 3 or not session.info.has_uidplus
    capabilities = session.info.capabilities
    session.close()
    return capabilities


def _resume(origin: Origin, resume: Resume, *, gone: UidSet) -> None:
    session = origin.connect()
    opened = session.open("INBOX", resume=resume)
    left = {found.uid: found.keywords for found in session.flags(session.uids())}
    vanished = {uid for uid in gone if uid not in left or DELETED in left[uid]}
    assert vanished == set(gone)
    if opened.delta:
        assert opened.delta.vanished == gone
        assert FLAGGED in [found.keywords for found in opened.delta.changed]
    session.close()
