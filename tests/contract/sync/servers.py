"""Sources of the sync contract: the bundled server in three families, reached over a real socket."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field

from mailhelper_core.model.source.account import Account, Endpoint, Verification
from mailhelper_core.server.imap.connection import connect_imap
from mailhelper_core.server.imap.session import ImapSession
from mailhelper_core.sync.verify import VerifyService
from mailhelper_core.testing import ImapServer
from mailhelper_core.testing.mailstore.mailbox import Mailbox
from mailhelper_core.testing.mailstore.store import User
from tests.unit.sync.world import OWNER, World

# What each family lacks.
WITHOUT: dict[str, tuple[str, ...]] = {
    "qresync": (),
    "condstore": ("QRESYNC", "OBJECTID"),
    "neither": ("QRESYNC", "CONDSTORE", "OBJECTID", "LIST-STATUS", "ESEARCH"),
}


@dataclass
class ImapSources:
    """Opens real IMAP sessions to the bundled server."""

    server: ImapServer
    sessions: list[ImapSession] = field(default_factory=list)

    def open(self, account: Account) -> ImapSession:
        endpoint = Endpoint("imap", self.server.host, self.server.port, "", "ada", "none", "secret")
        self.sessions.append(connect_imap(endpoint))
        return self.sessions[-1]


@dataclass
class ServerWorld(World):
    """A world whose server is the bundled one."""

    server: ImapServer = field(kw_only=True)

    @property
    def user(self) -> User:
        return self.server.store.user("ada")

    @property
    def inbox(self) -> Mailbox:
        return self.user.mailbox("INBOX")

    @property
    def archive(self) -> Mailbox:
        return self.user.mailbox("Archive")

    def later(self) -> None:
        """Let enough time pass for a flag scan, which servers without mod_seqs need."""
        self.clock.advance(self.settings.flag_scan_seconds)

    def verify(self) -> Verification:
        """Compare what is stored with what the server holds."""
        with closing(self.sources.open(self.account)) as session:
            return VerifyService(self.store.for_owner(OWNER)).verify(self.account, session)
