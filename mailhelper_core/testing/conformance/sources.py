"""Does a mail source keep its contract? It is read through, then synced, then synced again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from mailhelper_core.hookspecs import hookimpl
from mailhelper_core.model.extension import SourceType
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.testing.environment import Environment


def check_source(
    source: SourceType,
    url: str,
    raws: Sequence[bytes],
    *,
    username: str = "",
    password: str = "",
    database: str = "",
) -> None:
    """Check a source whose mailboxes together hold these messages, on a SQLite file or the database of a URL.

    Listed mailboxes can be opened; metadata, bodies and headers say the same of each uid; what was put there is
    synced to the octet; a second sync fetches nothing and changes nothing.
    """
    plugin = _Plugin(source)
    with TemporaryDirectory() as folder, Environment.start(Path(folder), plugins=(plugin,), database=database) as env:
        account = env.ada.accounts.add(url, username=username, password=password)
        with closing(env.helper._wiring.sources.open(account)) as session:
            for mailbox in session.mailboxes():
                if mailbox.selectable:
                    _check_mailbox(session, mailbox.name)
        first = env.ada.sync(account.id)
        assert not first.errors, f"the first sync noted {first.errors[0].code} at {first.errors[0].where}"
        stored = env.ada.search("", limit=200)
        got = [env.ada.messages.raw(message.id) for message in stored if message.account_id == account.id]
        assert set(got) == set(raws), f"of {len(set(raws))} messages {len(set(raws) & set(got))} came as they are"
        second = env.ada.sync(account.id)
        changed = (second.new, second.updated, second.moved, second.deleted)
        assert changed == (0, 0, 0, 0), f"a second sync of the same mail changed {changed}"
        assert second.body_bytes == 0, f"a second sync fetched {second.body_bytes} octets again"


class _Plugin:
    """A plugin with one source."""

    def __init__(self, source: SourceType) -> None:
        self._source = source

    @hookimpl
    def register_sources(self) -> Sequence[SourceType]:
        """Answer the source."""
        return [self._source]


def _check_mailbox(session: MailSession, name: str) -> None:
    opened = session.open(name)
    uids = session.uids()
    found = {one.uid: one for one in session.metadata(uids)}
    bodies = dict(session.bodies(uids))
    headers = dict(session.headers(uids))
    assert opened.status.messages == len(found), f"{name}: status counts otherwise than metadata"
    assert found.keys() == bodies.keys() == headers.keys(), f"{name}: not every uid has metadata, body and header"
    for uid, one in found.items():
        assert uid > 0, f"{name}: a uid is a positive number"
        assert one.size >= 0, f"{name}: a size is negative"
        assert one.received_at is None or one.received_at.tzinfo is not None, f"{name}: a time has no zone"
        start = headers[uid].rstrip(b"\r\n").replace(b"\r\n", b"\n")
        assert bodies[uid].replace(b"\r\n", b"\n").startswith(start), f"{name}: a header is not that of its body"
    assert {one.uid for one in session.flags(uids)} == found.keys(), f"{name}: not every uid has flags"
