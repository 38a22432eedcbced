"""A hundred mails through a provider that takes two seconds: consult.py URL COUNT SECONDS; tells the wall time."""

from __future__ import annotations

import json
import sys
import time
from types import SimpleNamespace

from bench.gauge import measured, tell
from mailhelper_core import Completion, CompletionRequest, MailHelper, Provider, hookimpl
from mailhelper_core.store import tables as t
from mailhelper_core.testing import ImapServer, MailboxGenerator

GOOD = json.dumps({"category": "finance", "spam": "no", "urgency": 3, "importance": 2, "confidence": 0.9})


def main() -> None:
    """Let all mail wait for the provider, then process."""
    url, count, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])

    def complete(_: CompletionRequest) -> Completion:
        time.sleep(seconds)
        return Completion(GOOD, "m", 100, 20)

    plugin = SimpleNamespace(
        __name__="slow", register_providers=hookimpl(lambda: [Provider("slow", complete, model="m", local=True)])
    )
    found: dict[str, float] = {}
    with (
        ImapServer(users={"ada": "secret"}) as server,
        MailHelper(url, key=b"k" * 32, plugins=[plugin]) as helper,
    ):
        helper.migrate()
        MailboxGenerator(seed=3).fill(server.store.user("ada"), count=count)
        ada = helper.for_owner("ada")
        account = ada.accounts.add(server.url, username="ada", password="secret")
        ada.run(account.id)
        ada.egress.consent(account.id, "classify", provider="slow", level="none")
        ids = [message.id for message in ada.search("", limit=500)]
        with ada.jobs.owner.begin() as uow:
            rows = [{"stage": "consult", "account_id": account.id, "message_id": id_} for id_ in ids]
            uow.execute(t.pending.delete().where(t.pending.c.stage == "consult"))
            uow.execute(t.pending.insert(), rows)
        with measured(found):
            ada.process(account.id)
        found["calls"] = sum(one.calls for one in helper.admin.egress())
        found["mails"] = len(ids)
    tell(found)


if __name__ == "__main__":
    main()
