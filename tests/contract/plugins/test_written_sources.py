"""What is carried out at a plugin's source: a refusal there is one of the deed, not the end of the connection."""

from __future__ import annotations

from typing import Any

from mailhelper_core import ServerError
from tests.contract.plugins.conftest import Start, plugin
from tests.unit.testing.broken_sources import PASSWORD, RAWS, URL
from tests.unit.testing.written_sources import Box, Writing, written


def refusing(self: Writing, uids: Any, **more: Any) -> Any:
    """Refuse keywords of the first message alone."""
    if 1 in uids:
        raise ServerError("not this one", code="rejected", transient=False)
    return Writing.store(self, uids, **more)


def test_a_source_without_an_inbox_refuses_a_deed_and_carries_out_the_others(start: Start) -> None:
    boxes = {"Letters": Box(dict(enumerate(RAWS, start=1)))}
    kind = written(boxes=boxes, store=refusing)
    env = start(plugin("shop", register_sources=lambda: [kind]))
    account = env.ada.accounts.add(URL, username="ada", password=PASSWORD)
    env.ada.sync(account.id)
    ids = [message.id for message in env.ada.search("in:Letters")]
    env.ada.messages.add_keyword(ids, "work")

    report = env.ada.outbox.deliver(account.id)

    assert (report.delivered, report.conflicted, report.retried) == (len(RAWS) - 1, 1, 0)
    assert env.ada.outbox.pending() == ()
