"""A server that names one EMAILID for different mails hides none of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailhelper_core.settings import Settings
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.testing import Fault, ImapServer
from mailhelper_core.testing.imap.fault_actions import Action
from mailhelper_core.testing.protocol.responses import Fetched, Raw, Response, encode
from tests.contract.sync.conftest import assert_converged
from tests.contract.sync.servers import ImapSources, ServerWorld
from tests.unit.sync.world import Clock, add_account, mail


@dataclass(frozen=True, slots=True)
class OneIdentity(Action):
    """Name one EMAILID for every mail."""

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        if not isinstance(response, Fetched):
            return (response,)
        return (Raw(re.sub(rb"EMAILID \([^)]*\)", b"EMAILID (M1)", encode(response, tag))),)


def test_each_mail_is_stored_with_its_own_body(store: Store, clock: Clock) -> None:
    with ImapServer() as server:
        few = Settings(fetch_batch_messages=1, commit_batch_messages=1)
        world = ServerWorld(store, ImapSources(server), add_account(store), clock, few, server=server)
        # Of one size each, so that only what they say tells them apart.
        raws = {world.inbox.append(raw): raw for raw in (mail(number) for number in range(10, 22))}
        server.faults.add(Fault("UID FETCH", OneIdentity(), times=None, having="EMAILID"))

        report = world.sync()

        assert (report.new, report.errors) == (len(raws), ())
        assert {uid: world.raw("INBOX", uid) for uid in raws} == raws
        assert_converged(world)
